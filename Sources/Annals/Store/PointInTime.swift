internal import AnnalsCore
internal import AnnalsModel
internal import GRDB

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
        lastN = meta.recorded.lastN
        user = meta.user
    }
}

/// Folds entities from the log as they stood at some point, within one transaction.
struct PointInTime {
    let db: Database
    let schema: Schema

    private var vocabulary: Vocabulary { schema.vocabulary }

    /// The fold of the entries up to `seq`; where entities are named, of those that touch one of them.
    func canonical(_ ids: Set<ItemID>?, through seq: Int64) throws -> Fold {
        let lineage = try LineageTable(db: db).load()
        guard let ids else { return try all(through: seq, lineage) }
        var fold = Fold(vocabulary: vocabulary, lineage: lineage)
        try LogReader(db: db, schema: schema).forEachEntry(touching: ids, through: seq) { entry, _ in
            fold.apply(entry)
        }
        return fold
    }

    /// Everything as it stood at a point, which reaches up to `seq`.
    func fold(_ point: Point, through seq: Int64) throws -> Fold {
        if point.isPrefix { return try canonical(nil, through: seq) }
        var fold = Fold(vocabulary: vocabulary, lineage: try LineageTable(db: db).load())
        try LogReader(db: db, schema: schema).forEachEntry(touching: nil, through: seq) { entry, _ in
            if point.holds(entry.change) { fold.apply(entry) }
        }
        return fold
    }

    private func all(through seq: Int64, _ lineage: Lineage) throws -> Fold {
        var lines = LineFold(vocabulary, lineage: lineage, expecting: Int(clamping: seq))
        try LogChunks(db: db).forEachStretch(through: seq) { first, bytes in
            _ = try lines.prepare(bytes, from: first, through: seq)
            lines.fold.foldPrepared()
        }
        return lines.takeFold()
    }

    /// Some entities as a snapshot showed them: its entries, and the changes that were pending then, whatever became of them since.
    func visible(_ ids: Set<ItemID>, at mark: SnapshotMark) throws -> [ItemID: Entity] {
        var fold = try canonical(ids, through: mark.base.seq)
        for row in try pending(touching: ids, at: mark) {
            fold.apply(pending: try decodeOwn(row), author: mark.user, replica: row.replica, common: row.fork)
        }
        return fold.entities(ids)
    }

    /// The changes of this file that were pending at a snapshot and touch some entities, in the order in which they are folded.
    private func pending(touching ids: Set<ItemID>, at mark: SnapshotMark) throws -> [PendingRow] {
        let outbox = Outbox(db: db)
        var rows = try outbox.waiting(touching: ids).filter { !$0.isParked }.map(\.pending)
        // Those that were refused since, and those that were confirmed since.
        rows += try outbox.rows("WHERE code IS NOT NULL AND seq > ?", [mark.base.seq]).map(\.pending).filter { row in
            try !ids.isDisjoint(with: decodeOwn(row).entities)
        }
        rows += try confirmed(touching: ids, since: mark.base.seq)
        return rows.filter { $0.replica != mark.replica || $0.n <= mark.lastN }
            .sorted { ($0.replica, $0.n) < ($1.replica, $1.n) }
    }

    private func confirmed(touching ids: Set<ItemID>, since seq: Int64) throws -> [PendingRow] {
        let receipts = try Set(
            String.fetchAll(
                db.cachedStatement(sql: "SELECT change_id FROM receipt WHERE seq > ? AND code IS NULL"), arguments: [seq]))
        if receipts.isEmpty { return [] }
        var rows: [PendingRow] = []
        try LogReader(db: db, schema: schema).forEachEntry(touching: ids, from: seq + 1, through: .max) { entry, line in
            guard receipts.contains(entry.changeID.raw), let range = LogReader.changeRange(line) else { return }
            let link = entry.link
            rows.append(
                PendingRow(
                    replica: entry.replica, n: link.n, id: entry.changeID, bytes: Array(line[range]), hash: link.hash,
                    state: .accepted, moved: entry.moved, fork: entry.common))
        }
        return rows
    }
}
