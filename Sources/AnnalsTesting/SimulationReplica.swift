public import AnnalsCore
public import AnnalsModel
public import AnnalsWire

/// A replica file with at most one conversation: what the machine asks of the file is done when the test says so.
public struct SimulationReplica: Sendable {
    public var file: SimulationFile
    public private(set) var machine: ReplicaSync?
    /// Transactions that the machine asked for, in their order.
    public private(set) var storage: [ReplicaSync.Effect] = []
    /// What the machine sent and the wire has not taken.
    public var sent: [UInt8] = []
    public private(set) var reports: [ReplicaSync.Report] = []
    /// How the last conversation ended; nil while there is one, or none was.
    public private(set) var ended: SyncStop??
    /// Whether what the file refused was a damaged batch: a mistake of the machine.
    public private(set) var damage: [String] = []
    /// Ids of changes that the server acknowledged.
    public private(set) var acknowledged: Set<ChangeID> = []

    public init(_ file: SimulationFile) { self.file = file }

    public var isTalking: Bool { machine != nil }

    /// Begins a conversation.
    public mutating func start(live: Bool, limits: Limits, key: SimulationKey, now: Instant) {
        machine = ReplicaSync(
            position: file.position, live: live, authentication: .development(user: file.user), agent: "simulation",
            limits: limits, verifier: key)
        storage = []
        sent = []
        reports = []
        ended = nil
        handle(.connected, now)
    }

    public mutating func handle(_ input: ReplicaSync.Input, _ now: Instant) {
        var effects: [ReplicaSync.Effect] = []
        machine?.handle(input, now: now, into: &effects)
        for effect in effects {
            switch effect {
            case .send(let bytes): sent += bytes
            case .report(let report):
                reports.append(report)
                if case .pushed(let replica, let n) = report {
                    acknowledged.formUnion(file.outbox.filter { $0.replica == replica && $0.n <= n }.map(\.id))
                }
            case .finish(let stop):
                machine = nil
                ended = .some(stop)
            default: storage.append(effect)
            }
        }
    }

    /// Does the next transaction, or lets it fail, and tells the machine.
    public mutating func store(failing: Bool = false, key: SimulationKey, _ now: Instant) {
        guard !storage.isEmpty else { return }
        let effect = storage.removeFirst()
        if failing { return handle(.storageFailed("no space left"), now) }
        switch effect {
        case .bind(let binding): file.bind(binding)
        case .recompute(let last): file.recompute(last)
        case .mark(let replica, let n, let state): file.mark(replica, upTo: n, state)
        case .loadOutbox(let after, let replica, let limit):
            handle(.outbox(file.queued(after: after, replica, limit: limit)), now)
        case .hash(let seq): handle(.hash(seq: seq, file.hash(at: seq)), now)
        case .apply(let batch):
            // A value: what it changed before it threw is not there.
            var changed = file
            do {
                let applied = try changed.apply(batch, verifier: key)
                file = changed
                handle(.applied(applied), now)
            } catch {
                // After a transaction that failed the sync is over; those queued behind it may find nothing to stand on.
                if isTalking { damage.append("\(error)") }
                handle(.storageFailed("\(error)"), now)
            }
        case .send, .report, .finish: break
        }
    }

    /// The process ends: what was not stored is gone.
    public mutating func crash() {
        machine = nil
        storage = []
        sent = []
    }
}
