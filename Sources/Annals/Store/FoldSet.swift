internal import AnnalsCore
internal import AnnalsModel
internal import GRDB

/// The entities that one transaction touches: loaded once, folded in memory, each written once.
///
/// Visible = canonical ⊕ pending: only the pending changes that touch one of them are folded again.
struct FoldSet: ~Copyable {
    let rows: EntityRows
    private(set) var records: [ItemID: EntityRecord]
    /// What the log says.
    var canonical: Fold
    /// The entries that touched each of them in this transaction.
    var touching: [ItemID: [Int64]] = [:]

    init(_ rows: EntityRows, touching ids: some Sequence<ItemID>, lineage: Lineage) throws {
        self.rows = rows
        records = try rows.load(ids)
        canonical = Fold(
            vocabulary: rows.schema.vocabulary, lineage: lineage, entities: records.values.compactMap(\.canonicalEntity))
    }

    /// Folds what still waits in the outbox on top, and writes every entity of `ids`.
    func write(_ ids: some Collection<ItemID>, user: Name, generation: Int64, _ turn: Turn = .unlimited) throws {
        let pending = try Outbox(db: rows.db).waiting(touching: ids)
        let changes = try pending.filter { !$0.isParked }.map { row in (row, try decodeOwn(row.pending)) }
        let isPending = Set(changes.flatMap { $0.1.entities })
        var visible = Fold(
            vocabulary: canonical.vocabulary, lineage: canonical.lineage, entities: canonical.entities(isPending).values)
        for (row, change) in changes {
            visible.apply(pending: change, author: user, replica: row.pending.replica, common: row.pending.fork)
        }
        let writer = RowWriter(rows.db, rows.schema)
        var image = EntityImage()
        func write(_ entity: Entity, _ canonical: EntityRecord.Canonical) throws {
            image.take(
                entity, canonical: canonical, rows.schema.table(entity.kind), rows.schema.vocabulary, generation: generation,
                log: EntryList.adding(touching[entity.id] ?? [], to: records[entity.id]?.log ?? []))
            try writer.write(image, at: records[entity.id]?.place)
        }
        for id in ids {
            try turn.step()
            let state = canonical.entity(id)
            if isPending.contains(id), let entity = visible.entity(id) {
                try write(entity, state.map { .state($0) } ?? .absent)
            } else if let state {
                try write(state, .visible)
            } else if let record = records[id] {
                try writer.remove(id.raw, record.place)
            }
        }
        try writer.finish()
    }
}
