internal import AnnalsJSON
internal import AnnalsModel
internal import AnnalsWire

/// Gives changes their place in one workspace's log: duplicate? gap? permitted? → seq.
///
/// Groups fill while the one before is being written; nothing is acknowledged before its group is on disk. The order of
/// checks and the meaning of each answer are `Protocol/SPEC.md`, "Taking a change".
struct Sequencer: Sendable {
    /// The log as it is on disk.
    private(set) var durable: LogHead
    /// The group that is being written; nil when the disk is idle.
    private(set) var inFlight: CommitGroup?
    /// The group that fills meanwhile.
    private(set) var filling: CommitGroup?
    /// The log's end with all groups that are not on disk yet.
    private var tail: (seq: Int64, at: Instant)
    /// The replicas that have pushed since the start, each at its place for good.
    private var lanes: [Lane] = []
    private var laneOf: [Name: Int] = [:]
    /// H(seq) of points that were asked for: bases repeat.
    private var hashes: [Int64: ShortHash] = [:]
    /// The base that fitted last.
    private var fitting: Base?
    /// Who waits for a search of the whole log, for which id, and whether a change with it got its place meanwhile.
    private var searches: [SessionID: Search] = [:]
    /// Whether any change ever entered flagged as moved.
    private var hasMoved: Bool
    private let limits: Limits

    private struct Search: Sendable {
        var id: ChangeID
        var isPlaced: Bool
    }

    /// A replica that pushes.
    private struct Lane: Sendable {
        let replica: Name
        /// Its last change, on disk or on its way there.
        var mark: ReplicaMark?
        /// Whether the group that fills has a line of its.
        var isFilling = false
    }

    /// What is the same for all changes of a push.
    final class Submitter: Sendable {
        let session: SessionID
        let user: Name
        let replica: Name
        let fork: Base?
        let moved: Bool
        /// The replica's place among the sequencer's.
        fileprivate let lane: Int
        /// The part of the entries' lines between `at` and the change.
        fileprivate let envelope: EntryCodec.Author

        fileprivate init(_ session: SessionID, _ user: Name, _ header: PushHeader, lane: Int) {
            self.session = session
            self.user = user
            replica = header.replica
            fork = header.fork
            moved = header.moved
            self.lane = lane
            envelope = EntryCodec.Author(user, replica: header.replica)
        }
    }

    enum Verdict: Sendable, Equatable {
        /// It has a place, as accepted or refused; the session hears of it when it is on disk.
        case taken
        /// A duplicate of a change that is not on disk yet: it waits for that group.
        case waits
        /// A duplicate of a change that is on disk.
        case known
        case stopped(ServerMessage.StopCode)
        /// Ask the store for H(seq), `remember` it, and submit again.
        case needsHash(seq: Int64)
        /// Ask the store whether the log holds this id, and submit again with the answer.
        case needsSearch(ChangeID)
        /// The group is full: submit again after the next commit.
        case full
    }

    init(_ head: LogHead, limits: Limits) {
        durable = head
        tail = (head.seq, head.at)
        hasMoved = !head.moved.isEmpty
        self.limits = limits
    }

    /// Who pushes these changes, to be given along with each of them.
    mutating func submitter(_ session: SessionID, user: Name, _ header: PushHeader) -> Submitter {
        let lane: Int
        if let known = laneOf[header.replica] {
            lane = known
        } else {
            lane = lanes.count
            laneOf[header.replica] = lane
            lanes.append(Lane(replica: header.replica, mark: durable.last[header.replica]))
        }
        return Submitter(session, user, header, lane: lane)
    }

    /// - Parameters:
    ///   - line: the change's bytes without LF: they go into the log verbatim.
    ///   - found: the answer to ``Verdict/needsSearch(_:)``; nil where it was not asked.
    ///   - now: the server's clock.
    mutating func submit(
        _ checked: CheckedChange, _ line: RawSpan, from submitter: Submitter, found: Bool?, now: Instant
    ) -> Verdict {
        let (change, digest) = (checked.change, checked.digest)
        var last: Int64 = 0
        if let mark = lanes[submitter.lane].mark {
            if mark.user != submitter.user { return .stopped(.notYours) }
            last = mark.n
            if change.n <= last { return duplicate(change.n, digest.short, submitter, last: mark) }
            if change.n > last + 1 { return .stopped(.gap) }
            // A renamed replica's first change continues the chain that it left, which the fold follows.
            if change.prev != mark.hash { return .stopped(.mismatch) }
        } else if change.n > 1 {
            return .stopped(.gap)
        }
        if filling?.log.bytes.count ?? 0 >= limits.groupBytes { return .full }
        var common: Base?
        switch baseFits(change.base) {
        case nil: return .needsHash(seq: change.base.seq)
        case false?:
            guard let fork = submitter.fork, fork.seq < change.base.seq else { return .stopped(.badBase) }
            switch baseFits(fork) {
            case nil: return .needsHash(seq: fork.seq)
            case false?: return .stopped(.badBase)
            case true?: common = fork
            }
        case true?: break
        }
        var violation = checked.violation?.rule
        if violation == nil, submitter.moved {
            let id = change.id
            guard let found, let search = searches[submitter.session], search.id == id else {
                searches[submitter.session] = Search(id: id, isPlaced: isPending(id))
                return .needsSearch(id)
            }
            if found || search.isPlaced { violation = Self.duplicate }
        } else if violation == nil, hasMoved, enteredMoved(change.id) {
            violation = Self.duplicate
        }
        if !searches.isEmpty { searches[submitter.session] = nil }
        place(change, line, digest, submitter, common: common, violation: violation, now: now)
        return .taken
    }

    private static let duplicate = RuleViolation(.dup, "the log has a change with this id")

    /// Ids that entered flagged as moved are a small set, kept in memory; any other push is checked only against it.
    private func enteredMoved(_ id: ChangeID) -> Bool {
        durable.moved.contains(id) || (inFlight?.log.moved.contains(id) ?? false)
            || (filling?.log.moved.contains(id) ?? false)
    }

    private func isPending(_ id: ChangeID) -> Bool {
        [inFlight, filling].contains { $0?.accepted(id) ?? false }
    }

    private mutating func duplicate(
        _ n: Int64, _ hash: ShortHash, _ submitter: Submitter, last: ReplicaMark
    ) -> Verdict {
        if n == last.n, hash != last.hash { return .stopped(.mismatch) }
        if n <= durable.last[submitter.replica]?.n ?? 0 { return .known }
        let isWritten = n <= inFlight?.log.last[submitter.replica]?.n ?? 0
        guard let original = (isWritten ? inFlight : filling)?.hash(of: submitter.replica, n) else { return .known }
        // An ack for other bytes would be a lie.
        if original != hash { return .stopped(.mismatch) }
        if isWritten {
            inFlight?.join(submitter.session, submitter.replica, n)
        } else {
            filling?.join(submitter.session, submitter.replica, n)
        }
        return .waits
    }

    /// nil where the store must be asked.
    private mutating func baseFits(_ base: Base) -> Bool? {
        if base == fitting { return true }
        if base.seq == 0, base.hash == nil { return true }
        if base.seq > durable.seq || base.seq < 0 { return false }
        let hash = base.seq == durable.seq ? durable.head.short : hashes[base.seq]
        guard let hash else { return nil }
        guard hash == base.hash else { return false }
        fitting = base
        return true
    }

    /// Takes the store's answer to ``Verdict/needsHash(seq:)``.
    mutating func remember(_ hash: ShortHash, at seq: Int64) {
        if hashes.count >= 4096 { hashes.removeAll(keepingCapacity: true) }
        hashes[seq] = hash
    }

    private mutating func place(
        _ change: ChangeHead, _ line: RawSpan, _ digest: Digest, _ submitter: Submitter, common: Base?,
        violation: RuleViolation?, now: Instant
    ) {
        let seq = tail.seq + 1
        let at = max(now, tail.at)
        if filling == nil {
            // Groups of a busy time are of about the same size; one that grows by doubling would be copied again and again.
            filling = CommitGroup(
                workspace: durable.workspace, first: seq, expected: inFlight.map { ($0.log.bytes.count, $0.log.count) } ?? (0, 0))
        }
        filling?.cut(limits)
        let mark = ReplicaMark(n: change.n, hash: digest.short, user: submitter.user)
        if let violation {
            let refusal = Refusal(
                id: change.id, n: change.n, code: violation.code.rawValue, digest: digest, prev: change.prev)
            filling?.append(refusal, at: at, submitter.envelope)
            filling?.refused(violation, submitter.session, submitter.replica, change, mark.hash)
        } else {
            filling?.append(line, at: at, submitter.envelope, common: common, moved: submitter.moved)
            filling?.accepted(submitter.session, submitter.replica, change, mark.hash)
            if submitter.moved {
                filling?.log.moved.insert(change.id)
                hasMoved = true
            }
            if !searches.isEmpty { notePlaced(change.id) }
        }
        tail = (seq, at)
        lanes[submitter.lane].mark = mark
        if !lanes[submitter.lane].isFilling {
            lanes[submitter.lane].isFilling = true
            filling?.lanes.append(submitter.lane)
        }
    }

    private mutating func notePlaced(_ id: ChangeID) {
        for session in searches.keys where searches[session]?.id == id { searches[session]?.isPlaced = true }
    }

    /// The session is gone, and nothing waits for it any more.
    mutating func forget(_ session: SessionID) {
        if !searches.isEmpty { searches[session] = nil }
    }

    /// Hands the filled group over to be written; nil where there is none or one is still being written.
    mutating func startWriting() -> UnchainedGroup? {
        guard inFlight == nil, var group = filling else { return nil }
        filling = nil
        group.log.last.reserveCapacity(group.lanes.count)
        for lane in group.lanes {
            group.log.last[lanes[lane].replica] = lanes[lane].mark
            lanes[lane].isFilling = false
        }
        // Nothing is in flight, so the group follows what is on disk.
        group.log.head = durable.head
        inFlight = group
        return group.unchained
    }

    /// The group in flight is on disk.
    ///
    /// - Parameter heads: H at each of its cuts and at its end.
    /// - Returns: the group, with those who wait for it.
    mutating func committed(_ heads: [Digest]) -> CommitGroup? {
        guard var group = inFlight else { return nil }
        inFlight = nil
        group.chained(heads)
        durable.seq = group.log.first + group.log.count - 1
        durable.head = group.log.head
        durable.at = group.log.at
        for (replica, mark) in group.log.last { durable.last[replica] = mark }
        if !group.log.moved.isEmpty { durable.moved.formUnion(group.log.moved) }
        return group
    }

    /// The log as it was read back after a failed commit: everything uncommitted is dropped.
    mutating func restart(_ head: LogHead) {
        durable = head
        tail = (head.seq, head.at)
        hasMoved = !head.moved.isEmpty
        inFlight = nil
        filling = nil
        for lane in lanes.indices { lanes[lane] = Lane(replica: lanes[lane].replica, mark: head.last[lanes[lane].replica]) }
        hashes = [:]
        fitting = nil
        searches = [:]
    }
}
