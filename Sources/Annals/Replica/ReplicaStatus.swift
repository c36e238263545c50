public import AnnalsModel
internal import AnnalsCore
internal import GRDB

/// Where a replica stands: what it has, what waits, and what needs a person.
public struct ReplicaStatus: Sendable, Hashable {
    /// A change that is not confirmed.
    public struct Waiting: Sendable, Hashable {
        /// The change's id.
        public var change: ChangeID
        /// Its number in this replica: `@~3`.
        public var n: Int64
        /// How far it is, and so what it waits for.
        public var state: ChangeState
        /// When its author wrote it.
        public var written: Instant
        /// Its author's reason.
        public var why: String?
    }

    /// The folder of the replica.
    public var directory: String
    /// Who records here.
    public var user: Name
    /// What the server lets the user do; nil before the first sync.
    public var role: Role?
    /// The id that this file writes under.
    public var replica: Name
    /// The workspace; nil until one is named.
    public var workspace: Name?
    /// The address of the server last met.
    public var server: String?
    /// The id of the log that the replica is bound to; nil before the first sync.
    public var log: String?
    /// The last entry here.
    public var have: Int64
    /// H(have).
    public var head: Digest?
    /// The last entry that has arrived: more than `have` while a first copy is made, which shows when all of it is here.
    public var received: Int64
    /// Changes that wait, in the order in which they go out.
    public var waiting: [Waiting]
    /// Refused changes, kept for their author.
    public var refused: [Waiting]
    /// How many conflicts wait for a person.
    public var openConflicts: Int
    /// When a sync last brought or finished something.
    public var lastSync: Instant?
    /// Why sync does not go on by itself.
    public var stop: Stop?

    /// A named stop: what it is, and what it waits for.
    public struct Stop: Sendable, Hashable {
        /// The stop's name, such as `twin`.
        public var code: String
        /// What it means and what to do.
        public var text: String
    }

    /// How many wait in each state.
    public func count(_ state: ChangeState) -> Int { waiting.count { $0.state == state } }
}

extension ReplicaStore {
    /// What a server said that its user may do; nil where none has said it.
    func role() throws -> Role? { try read(.none) { _, meta in meta.role } }
}

extension Replica {
    /// Where the replica stands now.
    public func status() throws -> ReplicaStatus {
        try store.read { db, meta in
            var waiting: [ReplicaStatus.Waiting] = []
            var refused: [ReplicaStatus.Waiting] = []
            for (row, why) in try Outbox(db: db).allWithReasons() {
                let state: ChangeState =
                    if let code = row.code {
                        .refused(code: code, seq: row.seq ?? 0)
                    } else {
                        switch row.pending.state {
                        case .queued: .queued
                        case .sent: .sent
                        case .accepted: .accepted
                        }
                    }
                let item = ReplicaStatus.Waiting(
                    change: row.pending.id, n: row.pending.n, state: state, written: row.at, why: why)
                if row.isParked { refused.append(item) } else { waiting.append(item) }
            }
            let conflicts = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM (SELECT DISTINCT entity_id, field, author FROM conflict)")
            return ReplicaStatus(
                directory: self.directory, user: meta.user, role: meta.role, replica: meta.replica,
                workspace: meta.workspace, server: meta.server, log: meta.log, have: meta.have, head: meta.head,
                received: meta.staged?.seq ?? meta.have, waiting: waiting, refused: refused, openConflicts: conflicts ?? 0,
                lastSync: meta.lastSync,
                stop: meta.stopCode.map { ReplicaStatus.Stop(code: $0, text: meta.stopText ?? "") })
        }
    }
}
