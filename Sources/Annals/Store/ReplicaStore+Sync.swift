internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsWire
internal import GRDB

/// What a sync needs of the file, apart from `apply`.
extension ReplicaStore {
    /// What is known when a conversation begins; nil while the replica has no workspace.
    func syncPosition() throws -> ReplicaSync.Position? {
        try read(.none) { _, meta in Self.position(meta) }
    }

    /// The same for a sync with this workspace; nil where the replica belongs to another one.
    ///
    /// A replica that has met no log yet goes where its first sync goes, so a mistyped name can be mended.
    func syncPosition(workspace: Name) throws -> ReplicaSync.Position? {
        try write(showing: false) { _, meta in
            if meta.log == nil { meta.workspace = workspace }
            return meta.workspace == workspace ? Self.position(meta) : nil
        }
    }

    private static func position(_ meta: Meta) -> ReplicaSync.Position? {
        meta.workspace.map { workspace in
            ReplicaSync.Position(
                workspace: workspace, user: meta.user, log: meta.log, serverKey: meta.serverKey, have: meta.have,
                head: meta.log == nil ? nil : meta.head, replicas: meta.replicas, twin: twin(meta))
        }
    }

    private static func twin(_ meta: Meta) -> SyncStop? {
        guard let replica = meta.twinReplica, let n = meta.twinN else { return nil }
        return .twin(replica: replica, n: n)
    }

    /// The server that this replica last met, as it was written.
    func serverAddress() throws -> String? { try read(.none) { _, meta in meta.server } }

    /// Notes the server that the replica has met.
    func met(_ address: String) throws {
        try write(.normal, showing: false) { _, meta in meta.server = address }
    }

    /// Notes a sync that did all it had to do.
    func finishedSync(with address: String) throws {
        let now = ambient.now()
        try write(.normal, showing: false) { _, meta in
            meta.server = address
            meta.lastSync = now
        }
    }

    /// Binds the replica to the log that it met first.
    func bind(_ binding: ReplicaSync.Binding) throws {
        try write(showing: false) { _, meta in
            guard meta.log == nil || meta.log == binding.log else { throw SyncStop.otherLog }
            if meta.log == nil { meta.head = ChainHash(log: binding.log).head }
            meta.log = binding.log
            meta.epoch = binding.epoch
            meta.serverKey = binding.serverKey
            meta.role = binding.role
        }
    }

    func headHash(at seq: Int64) throws -> Digest? {
        try read(.none) { db, meta in try LogChunks(db: db).hash(at: seq, log: meta.log) }
    }

    /// How many bytes of changes are brought into memory to be sent at a time, and one change at least.
    private static let outboxBytes = 1 << 20

    /// The queued rows after one that was sent, oldest first, as many as fit the memory set aside for them.
    ///
    /// What was written under former ids of this file goes first.
    func outbox(after n: Int64, of replica: Name?, limit: Int) throws -> [PendingRow] {
        try read(.none) { db, meta in
            let former = meta.replicas.filter { $0 != meta.replica }.sorted()
            var rows: [PendingRow] = []
            var bytes = 0
            for name in former + [meta.replica] {
                let statement = try db.cachedStatement(
                    sql: "SELECT \(Outbox.columns) FROM pending WHERE replica = ? AND n > ? AND state = 'queued' ORDER BY n")
                let found = try Row.fetchCursor(statement, arguments: [name.raw, name == replica ? n : 0])
                while rows.count < limit, let row = try found.next() {
                    let pending = try Outbox.decode(row).pending
                    bytes += pending.bytes.count
                    if !rows.isEmpty, bytes > Self.outboxBytes { return rows }
                    rows.append(pending)
                }
            }
            return rows
        }
    }

    /// The rows of this replica id up to n have got at least this far.
    func mark(_ replica: Name, upTo n: Int64, _ state: PendingState) throws {
        try write(.normal, showing: false) { db, _ in
            let before = PendingState.allCases.prefix { $0 != state }.map(\.rawValue)
            if before.isEmpty { return }
            // States go down as n goes up, so what is to be marked ends at n: those before it need not be looked at each time.
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: "SELECT n, state FROM pending WHERE replica = ? AND n <= ? ORDER BY n DESC"),
                arguments: [replica.raw, n])
            var first: Int64?
            while let row = try rows.next() {
                let found: String = row[1]
                if found == Outbox.refused { continue }
                guard before.contains(found) else { break }
                first = row[0]
            }
            guard let first else { return }
            try db.cachedStatement(
                sql: "UPDATE pending SET state = ?1 WHERE replica = ?2 AND n BETWEEN ?3 AND ?4 AND state <> '\(Outbox.refused)'"
            ).execute(arguments: [state.rawValue, replica.raw, first, n])
        }
    }

    /// Computes the state of every waiting row anew from what the server knows.
    func recomputeStates(last: [Name: Int64]) throws {
        try write(.normal, showing: false) { db, _ in
            let replicas = try String.fetchAll(
                db, sql: "SELECT DISTINCT replica FROM pending WHERE state <> ?", arguments: [Outbox.refused])
            for replica in replicas {
                let known = Name(replica).flatMap { last[$0] } ?? 0
                for (state, comparison) in [
                    (StreamRules.state(of: known + 1, serverLast: known), "> ?3"),
                    (StreamRules.state(of: known, serverLast: known), "<= ?3"),
                ] {
                    try db.execute(
                        sql: "UPDATE pending SET state = ?1 WHERE replica = ?2 AND n \(comparison) AND state <> '\(Outbox.refused)'",
                        arguments: [state.rawValue, replica, known])
                }
            }
        }
    }

    /// Notes why sync does not go on by itself; nil when it does.
    func setStop(code: String?, _ text: String? = nil) throws {
        try write(showing: false) { _, meta in
            meta.stopCode = code
            meta.stopText = text
        }
    }

    /// Takes the right to sync this file, of which there is one.
    ///
    /// - Returns: the lock; it is let go when it is unlocked or goes away.
    func takeSyncLock() throws(AnnalsError) -> SyncLock {
        let lock = try FileLock(path: paths.syncLock)
        guard try lock.tryLock() else {
            throw AnnalsError(
                .busy, "another process is syncing this replica", wayOut: "What you record here goes out with it; there is nothing to do.")
        }
        return SyncLock(lock)
    }
}

/// The right to sync a replica file, held while it lives.
final class SyncLock: Sendable {
    private let lock: FileLock

    init(_ lock: FileLock) { self.lock = lock }

    func unlock() { lock.unlock() }
}
