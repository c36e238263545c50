public import AnnalsModel
internal import AnnalsCore
internal import GRDB

/// How far a recorded change is. Only the stream from the server confirms or refuses it.
public enum ChangeState: Sendable, Hashable {
    /// Waits here for a server.
    case queued
    /// On its way.
    case sent
    /// On the server's disk.
    case accepted
    /// Entry `seq` of the log.
    case confirmed(seq: Int64)
    /// Entry `seq` of the log has it as refused, by the rule with this code; it is kept here for its author.
    case refused(code: String, seq: Int64)
}

/// What recording gives back: the change's name, and how to follow it. It can be had again after a restart.
public struct Receipt: Sendable {
    /// The change's id.
    public let change: ChangeID
    /// The change's number in this replica: `@~3`.
    public let n: Int64
    /// What was on the screen.
    public let base: Base
    /// The entities that it made.
    public let made: [ItemID]
    let store: ReplicaStore

    /// How far it is now.
    public func state() throws -> ChangeState {
        guard let state = try store.state(of: change, n: n) else {
            throw AnnalsError(.notFound, "this replica has no change \(change)")
        }
        return state
    }

    /// The handles of what it made, as they are now: `e~3`, or `e40` once it is confirmed.
    public func handles() throws -> [String] {
        let replica = try store.read(.none) { _, meta in SnapshotMark(meta) }
        let view = View(base: replica.base, vocabulary: store.vocabulary, source: LiveSource(store: store, mark: replica))
        return try made.map { try view.handle(of: $0) }
    }

    /// Returns when the change is on the server's disk, or confirmed.
    ///
    /// - Throws: ``AnnalsError`` `refused` with the rule.
    public func accepted() async throws {
        try await reached { $0 != .queued && $0 != .sent }
    }

    /// Returns the change's seq when the stream has brought it; another process may do the syncing.
    ///
    /// - Throws: ``AnnalsError`` `refused` with the rule.
    @discardableResult
    public func confirmed() async throws -> Int64 {
        let state = try await reached { if case .confirmed = $0 { true } else { false } }
        guard case .confirmed(let seq) = state else { preconditionFailure("it was asked for a confirmed state") }
        return seq
    }

    @discardableResult
    private func reached(_ isEnough: (ChangeState) -> Bool) async throws -> ChangeState {
        for await _ in store.changes() {
            let state = try state()
            if case .refused(let code, let seq) = state {
                throw AnnalsError(
                    .refused, "change @\(seq) was refused (\(code))", wayOut: "It is kept: `annals status @\(seq)` shows it and the rule.")
            }
            if isEnough(state) { return state }
        }
        throw CancellationError()
    }
}

extension Replica {
    /// The receipt of a change that was recorded here; nil for any other.
    public func receipt(of change: ChangeID) throws -> Receipt? {
        try store.read(.none) { db, meta in
            let own: Change
            if let row = try Outbox(db: db).row(change) {
                own = try decodeOwn(row.pending)
            } else {
                let sql = "SELECT seq FROM receipt WHERE change_id = ?"
                guard let seq = try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [change.raw]),
                    let stored = try LogChunks(db: db).entry(seq)?.change
                else { return nil }
                own = stored
            }
            let made = own.operations.indices.filter { own.operations[$0].name == "create" }
            return Receipt(
                change: change, n: own.n, base: own.base, made: made.map { own.entity(ofOperation: $0 + 1) }, store: self.store)
        }
    }
}

extension ReplicaStore {
    /// nil where this file never wrote the change as its n-th.
    func state(of change: ChangeID, n: Int64) throws -> ChangeState? {
        try read(.none) { db, meta in
            let outbox = Outbox(db: db)
            for replica in meta.replicas {
                guard let row = try outbox.row(replica, n), row.pending.id == change else { continue }
                if let code = row.code { return .refused(code: code, seq: row.seq ?? 0) }
                switch row.pending.state {
                case .queued: return .queued
                case .sent: return .sent
                case .accepted: return .accepted
                }
            }
            let sql = "SELECT seq, code FROM receipt WHERE change_id = ?"
            guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [change.raw]) else { return nil }
            return (row[1] as String?).map { .refused(code: $0, seq: row[0]) } ?? .confirmed(seq: row[0])
        }
    }
}
