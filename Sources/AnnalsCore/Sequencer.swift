public import AnnalsModel
public import AnnalsWire

/// Gives changes their place in one workspace's log: duplicate? gap? permitted? → seq.
///
/// Groups fill while the one before is being written; nothing is acknowledged before its group is on disk. The order of
/// checks and the meaning of each answer are `Protocol/SPEC.md`, "Taking a change".
public struct Sequencer: Sendable {
    /// The log as it is on disk.
    public private(set) var durable: LogHead
    /// The group that is being written; nil when the disk is idle.
    public private(set) var inFlight: Group?
    /// The group that fills meanwhile.
    public private(set) var filling: Group?
    /// H(seq) of points that were asked for: bases repeat.
    private var hashes: [Int64: ShortHash] = [:]
    /// Who waits for a search of the whole log, for which id, and whether a change with it got its place meanwhile.
    private var searches: [SessionID: Search] = [:]
    private let rules: ChangeRules
    private let limits: Limits

    private struct Search: Sendable {
        var id: ChangeID
        var isPlaced: Bool
    }

    /// Entries that become durable together, and who waits for them.
    public struct Group: Sendable {
        public var log: LogGroup
        public var waiters: [Waiter] = []
        /// Where the group is cut when it is sent, for it may be larger than a batch.
        var cuts: [Cut] = []

        /// The end of a batch within the group.
        struct Cut: Sendable {
            var count: Int64
            var offset: Int
            var head: Digest
        }
    }

    /// A session that pushed a change, and what it is told when the change is on disk.
    public struct Waiter: Sendable, Equatable {
        public var session: SessionID
        public var replica: Name
        public var n: Int64
        public var id: ChangeID
        public var hash: ShortHash
        public var seq: Int64
        /// The refusal; nil for an accepted change.
        public var violation: RuleViolation?
    }

    /// One change as it came, with what the session knows of its sender.
    public struct Submission: Sendable {
        public var session: SessionID
        public var user: Name
        public var role: Role
        public var replica: Name
        public var fork: Base?
        public var moved: Bool
        public var change: Change
        /// The line's bytes without LF: they go into the log verbatim.
        public var bytes: [UInt8]
        public var digest: Digest

        public init(
            session: SessionID, user: Name, role: Role, replica: Name, fork: Base?, moved: Bool, change: Change,
            bytes: [UInt8], digest: Digest
        ) {
            self.session = session
            self.user = user
            self.role = role
            self.replica = replica
            self.fork = fork
            self.moved = moved
            self.change = change
            self.bytes = bytes
            self.digest = digest
        }
    }

    public enum Verdict: Sendable, Equatable {
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

    public init(_ head: LogHead, rules: ChangeRules, limits: Limits) {
        durable = head
        self.rules = rules
        self.limits = limits
    }

    /// The end of the log with all groups that are not on disk yet.
    private var tail: (seq: Int64, head: Digest, at: Instant) {
        let group = (filling ?? inFlight)?.log
        return group.map { ($0.first + $0.count - 1, $0.head, $0.at) } ?? (durable.seq, durable.head, durable.at)
    }

    /// The replica's last change, on disk or on its way there.
    public func mark(of replica: Name) -> ReplicaMark? {
        filling?.log.last[replica] ?? inFlight?.log.last[replica] ?? durable.last[replica]
    }

    /// - Parameters:
    ///   - found: the answer to ``Verdict/needsSearch(_:)``; nil where it was not asked.
    ///   - now: the server's clock.
    public mutating func submit(_ submission: Submission, found: Bool?, now: Instant) -> Verdict {
        let change = submission.change
        let mark = mark(of: submission.replica)
        if let mark, mark.user != submission.user { return .stopped(.notYours) }
        let last = mark?.n ?? 0
        if change.n <= last { return duplicate(submission, last: mark) }
        if change.n > last + 1 { return .stopped(.gap) }
        // A renamed replica's first change continues the chain that it left, which the fold follows.
        if let mark, change.prev != mark.hash { return .stopped(.mismatch) }
        if filling.map({ $0.log.bytes.count >= limits.groupBytes }) ?? false { return .full }
        switch baseFits(change.base) {
        case nil: return .needsHash(seq: change.base.seq)
        case false?:
            guard let fork = submission.fork, fork.seq < change.base.seq else { return .stopped(.badBase) }
            switch baseFits(fork) {
            case nil: return .needsHash(seq: fork.seq)
            case false?: return .stopped(.badBase)
            case true?: break
            }
        case true?: break
        }
        let onBranch = baseFits(change.base) == false
        var violation: RuleViolation?
        if submission.bytes.count > limits.changeBytes {
            violation = RuleViolation(.size, "a change of more than \(limits.changeBytes) bytes")
        } else {
            do throws(RuleViolation) {
                try rules.check(change, role: submission.role)
                try checkDocumentNames(change)
            } catch {
                violation = error
            }
        }
        if violation == nil, submission.moved {
            guard let found, let search = searches[submission.session], search.id == change.id else {
                searches[submission.session] = Search(id: change.id, isPlaced: isPending(change.id))
                return .needsSearch(change.id)
            }
            if found || search.isPlaced { violation = Self.duplicate }
        } else if violation == nil, enteredMoved(change.id) {
            violation = Self.duplicate
        }
        searches[submission.session] = nil
        place(submission, common: onBranch ? submission.fork : nil, violation: violation, now: now)
        return .taken
    }

    private static let duplicate = RuleViolation(.dup, "the log has a change with this id")

    /// Ids that entered flagged as moved are a small set, kept in memory; any other push is checked only against it.
    private func enteredMoved(_ id: ChangeID) -> Bool {
        durable.moved.contains(id) || (inFlight?.log.moved.contains(id) ?? false)
            || (filling?.log.moved.contains(id) ?? false)
    }

    private func isPending(_ id: ChangeID) -> Bool {
        [inFlight, filling].contains { $0?.waiters.contains { $0.id == id && $0.violation == nil } ?? false }
    }

    private mutating func duplicate(_ submission: Submission, last: ReplicaMark?) -> Verdict {
        let n = submission.change.n
        let hash = submission.digest.short
        if n == last?.n, hash != last?.hash { return .stopped(.mismatch) }
        if n <= durable.last[submission.replica]?.n ?? 0 { return .known }
        let isWritten = n <= inFlight?.log.last[submission.replica]?.n ?? 0
        guard let original = (isWritten ? inFlight : filling)?.waiter(of: submission.replica, n) else { return .known }
        // An ack for other bytes would be a lie.
        if original.hash != hash { return .stopped(.mismatch) }
        if isWritten {
            inFlight?.join(original, submission.session)
        } else {
            filling?.join(original, submission.session)
        }
        return .waits
    }

    /// nil where the store must be asked.
    private func baseFits(_ base: Base) -> Bool? {
        if base.seq == 0, base.hash == nil { return true }
        if base.seq > durable.seq || base.seq < 0 { return false }
        if base.seq == durable.seq { return base.hash == durable.head.short }
        return hashes[base.seq].map { $0 == base.hash }
    }

    /// Takes the store's answer to ``Verdict/needsHash(seq:)``.
    public mutating func remember(_ hash: ShortHash, at seq: Int64) {
        if hashes.count >= 4096 { hashes.removeAll(keepingCapacity: true) }
        hashes[seq] = hash
    }

    private mutating func place(_ submission: Submission, common: Base?, violation: RuleViolation?, now: Instant) {
        let end = tail
        let at = max(now, end.at)
        let envelope = EntryCodec.Envelope(
            seq: end.seq + 1, at: at, author: submission.user, replica: submission.replica,
            common: violation == nil ? common : nil, moved: submission.moved && violation == nil)
        let line: [UInt8]
        if let violation {
            let refusal = Refusal(
                id: submission.change.id, n: submission.change.n, code: violation.code.rawValue,
                digest: submission.digest, prev: submission.change.prev)
            line = EntryCodec.encode(envelope, refusal)
        } else {
            line = EntryCodec.encode(envelope, change: submission.bytes)
        }
        let head = chainHash(after: end.head, line: line)
        let mark = ReplicaMark(n: submission.change.n, hash: submission.digest.short, user: submission.user)
        var group =
            filling
            ?? Group(
                log: LogGroup(
                    workspace: durable.workspace, first: end.seq + 1, count: 0, bytes: [], head: end.head, at: at, last: [:]))
        filling = nil
        group.log.count += 1
        group.log.bytes += line
        group.log.bytes.append(UInt8(ascii: "\n"))
        group.log.head = head
        group.log.at = at
        group.log.last[submission.replica] = mark
        if envelope.moved { group.log.moved.insert(submission.change.id) }
        group.waiters.append(
            Waiter(
                session: submission.session, replica: submission.replica, n: submission.change.n,
                id: submission.change.id, hash: mark.hash, seq: end.seq + 1, violation: violation))
        let cut = group.cuts.last
        if group.log.bytes.count - (cut?.offset ?? 0) >= limits.turnBytes
            || group.log.count - (cut?.count ?? 0) >= Int64(limits.batchLines)
        {
            group.cuts.append(.init(count: group.log.count, offset: group.log.bytes.count, head: head))
        }
        filling = group
        guard violation == nil else { return }
        for session in searches.keys where searches[session]?.id == submission.change.id {
            searches[session]?.isPlaced = true
        }
    }

    /// The session is gone, and nothing waits for it any more.
    public mutating func forget(_ session: SessionID) {
        searches[session] = nil
    }

    /// Hands the filled group over to be written; nil where there is none or one is still being written.
    public mutating func startWriting() -> LogGroup? {
        guard inFlight == nil, let group = filling else { return nil }
        inFlight = group
        filling = nil
        return group.log
    }

    /// The group in flight is on disk.
    ///
    /// - Returns: the group, with those who wait for it.
    public mutating func committed() -> Group? {
        guard let group = inFlight else { return nil }
        inFlight = nil
        durable.seq = group.log.first + group.log.count - 1
        durable.head = group.log.head
        durable.at = group.log.at
        durable.last.merge(group.log.last) { $1 }
        durable.moved.formUnion(group.log.moved)
        return group
    }

    /// The log as it was read back after a failed commit: everything uncommitted is dropped.
    public mutating func restart(_ head: LogHead) {
        durable = head
        inFlight = nil
        filling = nil
        hashes = [:]
        searches = [:]
    }
}

extension Sequencer.Group {
    /// Who pushed this change of the group first.
    func waiter(of replica: Name, _ n: Int64) -> Sequencer.Waiter? {
        waiters.first { $0.replica == replica && $0.n == n }
    }

    /// Lets a session that sent a duplicate wait for the original.
    mutating func join(_ original: Sequencer.Waiter, _ session: SessionID) {
        var copy = original
        copy.session = session
        if !waiters.contains(copy) { waiters.append(copy) }
    }
}
