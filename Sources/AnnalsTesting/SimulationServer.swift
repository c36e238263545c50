public import AnnalsCore
public import AnnalsModel
internal import AnnalsWire

/// A server core with a disk whose work ends when the test says so, and wires that hold what was written.
public struct SimulationServer: Sendable {
    /// A read of the disk that has not been answered.
    public enum Job: Sendable {
        case read(SessionID, workspace: Name, seq: Int64)
        case hash(SessionID, workspace: Name, seq: Int64)
        case search(SessionID, workspace: Name, ChangeID)
    }

    /// How far a commit is.
    public enum Commit: Sendable {
        case begun([UnchainedGroup])
        /// On disk, and the core has not heard of it.
        case written(heads: [[Digest]])
        case failed
    }

    public private(set) var core: ServerCore
    public var disk: SimulationDisk
    public var now: Instant
    public private(set) var commit: Commit?
    public private(set) var jobs: [Job] = []
    /// What was written to each session and has not been taken.
    public private(set) var written: [SessionID: [UInt8]] = [:]
    /// Sessions that are to be closed after everything written has left.
    public private(set) var closing: Set<SessionID> = []
    public private(set) var paused: Set<SessionID> = []
    public private(set) var events: [ServerEvent] = []
    /// How often it said that a number was taken before.
    public private(set) var knownAnswers = 0
    /// The most bytes that ever waited to leave, over all sessions.
    public private(set) var mostUnsent = 0
    private var lastSession: UInt64 = 0

    public init(configuration: ServerCore.Configuration, key: SimulationKey, disk: SimulationDisk, now: Instant) {
        core = ServerCore(configuration: configuration, signer: key, heads: disk.heads)
        self.disk = disk
        self.now = now
    }

    /// A new connection.
    public mutating func accept(_ peer: Peer = .loopback, id number: UInt64? = nil) -> SessionID {
        lastSession = number ?? lastSession + 1
        let id = SessionID(lastSession)
        written[id] = []
        handle(.accepted(id, peer))
        return id
    }

    /// Every second session's lines are checked apart, as the shell does where many come at once.
    public mutating func receive(_ bytes: [UInt8], from id: SessionID) {
        guard id.number % 2 == 1 else { return handle(.bytes(id, bytes)) }
        var checker = core.lineChecker
        let checked = checker.check(bytes.span.bytes)
        handle { core, now, effects in core.receive(bytes.span.bytes, checked, from: id, now: now, into: &effects) }
    }

    public mutating func closed(_ id: SessionID) {
        written[id] = nil
        closing.remove(id)
        paused.remove(id)
        handle(.closed(id))
    }

    public mutating func tick() { handle(.tick) }

    /// Takes the first `count` bytes off a session's wire, or all.
    public mutating func take(_ id: SessionID, _ count: Int = .max) -> [UInt8] {
        guard let waiting = written[id], !waiting.isEmpty else { return [] }
        let taken = Array(waiting.prefix(count))
        written[id] = Array(waiting.dropFirst(taken.count))
        if written[id]?.isEmpty == true, !closing.contains(id) { handle(.drained(id)) }
        return taken
    }

    // MARK: The disk

    /// Whether no commit is under way.
    public var isIdle: Bool { if case nil = commit { true } else { false } }

    /// The disk ends the commit under way, well or badly; the core has not heard of it.
    public mutating func write(failing: Bool = false) {
        guard case .begun(let groups) = commit else { return }
        if failing {
            commit = .failed
        } else {
            do {
                let chained = groups.map { $0.chained() }
                try disk.append(chained.map(\.group))
                commit = .written(heads: chained.map(\.heads))
            } catch {
                preconditionFailure("the core made a group that does not follow its log: \(error)")
            }
        }
    }

    /// The core hears how the commit ended.
    public mutating func announce() {
        switch commit {
        case .written(let heads):
            commit = nil
            handle(.committed(heads: heads))
        case .failed:
            commit = nil
            handle(.commitFailed(detail: "no space left", heads: disk.heads))
        case .begun, nil: break
        }
    }

    /// Answers a read.
    public mutating func answer(_ index: Int = 0) {
        guard jobs.indices.contains(index) else { return }
        switch jobs.remove(at: index) {
        case .read(let id, let workspace, let seq):
            handle(.stretch(id, workspace: workspace, disk.stretch(of: workspace, holding: seq)))
        case .hash(let id, let workspace, let seq):
            handle(.hash(id, workspace: workspace, seq: seq, disk.chainHash(of: workspace, at: seq)))
        case .search(let id, let workspace, let change):
            handle(.searched(id, workspace: workspace, change, found: disk.holds(change, in: workspace)))
        }
    }

    /// Answers a search as the log stood before whatever was written meanwhile.
    public mutating func answerSearch(_ index: Int, found: Bool) {
        guard jobs.indices.contains(index), case .search(let id, let workspace, let change) = jobs[index] else { return }
        jobs.remove(at: index)
        handle(.searched(id, workspace: workspace, change, found: found))
    }

    /// Answers a read with a failure of the disk.
    public mutating func failRead(_ index: Int = 0) {
        guard jobs.indices.contains(index) else { return }
        switch jobs.remove(at: index) {
        case .read(let id, _, _), .hash(let id, _, _), .search(let id, _, _):
            handle(.readFailed(id, detail: "input/output error"))
        }
    }

    /// Ends all commits and answers all reads until the disk has nothing to do.
    public mutating func settle() {
        while !isIdle || !jobs.isEmpty {
            write()
            announce()
            answer()
        }
    }

    private mutating func handle(_ input: ServerInput) {
        handle { core, now, effects in core.handle(input, now: now, into: &effects) }
    }

    private mutating func handle(_ body: (inout ServerCore, Instant, inout [ServerEffect]) -> Void) {
        var effects: [ServerEffect] = []
        body(&core, now, &effects)
        for effect in effects { perform(effect) }
    }

    private mutating func perform(_ effect: ServerEffect) {
        switch effect {
        case .write(let id, let bytes):
            written[id]? += bytes
            if bytes.starts(with: "{\"type\":\"known\"".utf8) { knownAnswers += 1 }
            mostUnsent = max(mostUnsent, written[id]?.count ?? 0)
        case .close(let id): if written[id] != nil { closing.insert(id) }
        case .pause(let id): paused.insert(id)
        case .resume(let id): paused.remove(id)
        case .append(let groups):
            precondition(isIdle, "one commit at a time")
            commit = .begun(groups)
        // This disk can always be opened again.
        case .reopen: break
        case .read(let id, let workspace, let seq): jobs.append(.read(id, workspace: workspace, seq: seq))
        case .hash(let id, let workspace, let seq): jobs.append(.hash(id, workspace: workspace, seq: seq))
        case .search(let id, let workspace, let change): jobs.append(.search(id, workspace: workspace, change))
        case .log(let event): events.append(event)
        }
    }
}
