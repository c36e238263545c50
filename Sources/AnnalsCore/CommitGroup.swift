internal import AnnalsJSON
internal import AnnalsModel
internal import AnnalsWire

/// Entries that become durable together, and who waits for them.
struct CommitGroup: Sendable {
    var log: LogGroup
    /// The accepted changes of one session and replica that follow each other in the group.
    private(set) var runs: [Run] = []
    /// The refused ones; each is answered by itself.
    private(set) var refusals: [Refused] = []
    /// What each line is, in their order.
    private var lines: [Line] = []
    /// Where each line's LF stands.
    private var lineEnds: [Int] = []
    /// The places of the replicas that have a line here, for the sequencer.
    var lanes: [Int] = []
    private var time: EntryCodec.Time

    struct Run: Sendable {
        let session: SessionID
        let replica: Name
        let firstN: Int64
        var lastN: Int64
        var lastSeq: Int64
    }

    struct Refused: Sendable {
        var session: SessionID
        let replica: Name
        let n: Int64
        let hash: ShortHash
        let violation: RuleViolation
    }

    private struct Line: Sendable {
        let id: (UInt64, UInt64)
        let hash: ShortHash
        let isAccepted: Bool
    }

    /// A group that begins with entry `first` and may grow to about the `expected` size. What it follows is said when it is written.
    init(workspace: Name, first: Int64, expected: (bytes: Int, count: Int64)) {
        log = LogGroup(
            workspace: workspace, first: first, count: 0, bytes: [], head: Digest(words: (0, 0, 0, 0)),
            at: Instant(milliseconds: 0), last: [:])
        log.bytes.reserveCapacity(expected.bytes + 4096)
        lines.reserveCapacity(Int(expected.count) + 8)
        lineEnds.reserveCapacity(Int(expected.count) + 8)
        time = EntryCodec.Time(log.at)
    }

    // MARK: Filling

    /// Appends the next line: a change, as it was submitted.
    mutating func append(
        _ change: RawSpan, at now: Instant, _ author: EntryCodec.Author, common: Base?, moved: Bool
    ) {
        begin(now)
        EntryCodec.append(
            seq: log.first + log.count, time, author, common: common, moved: moved, change: change, to: &log.bytes)
        end()
    }

    /// Appends the next line: a refusal.
    mutating func append(_ refusal: Refusal, at now: Instant, _ author: EntryCodec.Author) {
        begin(now)
        EntryCodec.append(seq: log.first + log.count, time, author, refusal, to: &log.bytes)
        end()
    }

    private mutating func begin(_ now: Instant) {
        if now != time.at { time = EntryCodec.Time(now) }
        log.at = now
    }

    private mutating func end() {
        lineEnds.append(log.bytes.count)
        log.bytes.append(UInt8(ascii: "\n"))
        log.count += 1
    }

    /// Notes whose change the last line is.
    mutating func accepted(_ session: SessionID, _ replica: Name, _ change: ChangeHead, _ hash: ShortHash) {
        lines.append(Line(id: change.idBytes, hash: hash, isAccepted: true))
        let seq = log.first + log.count - 1
        if let last = runs.indices.last, runs[last].lastSeq == seq - 1, runs[last].lastN == change.n - 1,
            runs[last].session == session, runs[last].replica == replica
        {
            runs[last].lastN = change.n
            runs[last].lastSeq = seq
        } else {
            runs.append(Run(session: session, replica: replica, firstN: change.n, lastN: change.n, lastSeq: seq))
        }
    }

    /// Notes whose change the last line refuses.
    mutating func refused(
        _ violation: RuleViolation, _ session: SessionID, _ replica: Name, _ change: ChangeHead, _ hash: ShortHash
    ) {
        lines.append(Line(id: change.idBytes, hash: hash, isAccepted: false))
        refusals.append(Refused(session: session, replica: replica, n: change.n, hash: hash, violation: violation))
    }

    /// Cuts the group where a batch is full and another line follows, for it may be larger than a batch when it is sent.
    mutating func cut(_ limits: Limits) {
        let (count, offset) = log.cuts.last.map { ($0.count, $0.offset) } ?? (0, 0)
        if log.bytes.count - offset >= limits.turnBytes || log.count - count >= Int64(limits.batchLines) {
            // Its H is known when the group is chained.
            log.cuts.append(LogCut(count: log.count, offset: log.bytes.count, head: log.head))
        }
    }

    // MARK: Writing

    /// The group for whoever writes it.
    var unchained: UnchainedGroup { UnchainedGroup(log: log, lineEnds: lineEnds) }

    /// Takes H at each cut and at the end.
    mutating func chained(_ heads: [Digest]) {
        precondition(heads.count == log.cuts.count + 1, "a head for each cut and one for the end")
        for index in log.cuts.indices { log.cuts[index].head = heads[index] }
        log.head = heads[log.cuts.count]
    }

    /// The furthest run of each session and replica, in the order in which they began.
    var lastRuns: [Run] {
        var last: [Run] = []
        last.reserveCapacity(runs.count)
        // A session usually pushes for one replica, so its number alone finds the run.
        var places = SessionPlaces(capacity: runs.count)
        for run in runs {
            guard let place = places.place(of: run.session) else {
                places.set(last.count, of: run.session)
                last.append(run)
                continue
            }
            let known =
                last[place].replica == run.replica ? place : last.firstIndex { $0.session == run.session && $0.replica == run.replica }
            if let known {
                if run.lastN >= last[known].lastN { last[known] = run }
            } else {
                last.append(run)
            }
        }
        return last
    }

    // MARK: Duplicates

    /// The hash of this change of the group; nil where the group does not have it.
    func hash(of replica: Name, _ n: Int64) -> ShortHash? {
        if let run = run(of: replica, n) { return lines[Int(run.lastSeq - (run.lastN - n) - log.first)].hash }
        return refusals.first { $0.replica == replica && $0.n == n }?.hash
    }

    /// Whether an accepted change of the group has this id.
    func accepted(_ id: ChangeID) -> Bool {
        lines.contains { $0.isAccepted && $0.id == id.bytes }
    }

    /// Lets a session that sent a duplicate wait for the original.
    mutating func join(_ session: SessionID, _ replica: Name, _ n: Int64) {
        if let original = run(of: replica, n) {
            let seq = original.lastSeq - (original.lastN - n)
            if runs.contains(where: { $0.session == session && $0.replica == replica && ($0.firstN...$0.lastN).contains(n) }) {
                return
            }
            if let last = runs.indices.last, runs[last].session == session, runs[last].replica == replica,
                runs[last].lastN == n - 1, runs[last].lastSeq == seq - 1
            {
                runs[last].lastN = n
                runs[last].lastSeq = seq
            } else {
                runs.append(Run(session: session, replica: replica, firstN: n, lastN: n, lastSeq: seq))
            }
        } else if var copy = refusals.first(where: { $0.replica == replica && $0.n == n }) {
            if refusals.contains(where: { $0.session == session && $0.replica == replica && $0.n == n }) { return }
            copy.session = session
            refusals.append(copy)
        }
    }

    private func run(of replica: Name, _ n: Int64) -> Run? {
        runs.first { $0.replica == replica && ($0.firstN...$0.lastN).contains(n) }
    }
}

extension ChangeID {
    /// Its sixteen characters, as ``ChangeHead`` has them.
    fileprivate var bytes: (UInt64, UInt64) {
        var words: (UInt64, UInt64) = (0, 0)
        for (index, byte) in raw.utf8.enumerated() {
            if index < 8 { words.0 = words.0 << 8 | UInt64(byte) } else { words.1 = words.1 << 8 | UInt64(byte) }
        }
        return words
    }
}
