internal import AnnalsCore
internal import AnnalsModel
internal import GRDB
internal import Glibc

/// Where a snapshot stands: an entry of the log, and how far this file's own changes had come.
struct SnapshotMark: Sendable, Hashable {
    var base: Base
    /// The transaction that it saw last.
    var generation: Int64
    var replica: Name
    /// The last change that had been written here.
    var lastN: Int64
    var user: Name

    init(_ meta: Meta) {
        base = meta.base
        generation = meta.generation
        replica = meta.replica
        lastN = meta.nextN - 1
        user = meta.user
    }
}

/// Folds entities from the log as they stood at some point, within one transaction.
struct PointInTime {
    let db: Database
    let vocabulary: Vocabulary

    /// Some entities by the entries up to `seq`; all where none are named.
    func canonical(_ ids: Set<ItemID>?, through seq: Int64) throws -> Fold {
        var fold = Fold(vocabulary: vocabulary, lineage: try LineageTable(db: db).load())
        try LogReader(db: db).forEachEntry(touching: ids, through: seq) { entry, _ in
            fold.apply(entry)
        }
        if let ids { fold.entities = fold.entities.filter { ids.contains($0.key) } }
        return fold
    }

    /// Some entities as a snapshot showed them: its entries, and the changes that were pending then, whatever became of them since.
    func visible(_ ids: Set<ItemID>, at mark: SnapshotMark) throws -> [ItemID: Entity] {
        var fold = try canonical(ids, through: mark.base.seq)
        for row in try pending(at: mark) {
            let change = try decodeOwn(row)
            if ids.isDisjoint(with: change.entities) { continue }
            fold.apply(pending: change, author: mark.user, replica: row.replica, common: row.fork)
        }
        return fold.entities.filter { ids.contains($0.key) }
    }

    /// The changes of this file that were pending at a snapshot, in the order in which they are folded.
    func pending(at mark: SnapshotMark) throws -> [PendingRow] {
        var rows = try Outbox(db: db).all().filter { row in
            row.pending.replica != mark.replica || row.pending.n <= mark.lastN
        }.filter { row in
            // A refusal that the snapshot did not know yet.
            !row.isParked || (row.seq ?? 0) > mark.base.seq
        }.map(\.pending)
        let confirmed = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT seq FROM receipt WHERE seq > ? AND code IS NULL ORDER BY seq"),
            arguments: [mark.base.seq])
        for row in confirmed {
            let seq: Int64 = row[0]
            guard let line = try LogChunks(db: db).line(seq) else { throw DamagedState() }
            let entry = try decodeEntry(line, seq: seq)
            guard let change = entry.change, let range = LogReader.changeRange(line), change.n <= mark.lastN || entry.replica != mark.replica
            else { continue }
            rows.append(
                PendingRow(
                    replica: entry.replica, n: change.n, id: change.id, bytes: Array(line[range]), hash: entry.link.hash,
                    state: .accepted, moved: entry.moved, fork: entry.common))
        }
        return rows.sorted { ($0.replica, $0.n) < ($1.replica, $1.n) }
    }
}
