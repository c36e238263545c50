internal import AnnalsCore
internal import AnnalsModel
internal import GRDB

/// The entities that one transaction touches: loaded once, folded in memory, each written once.
///
/// Visible = canonical ⊕ pending: only the pending changes that touch one of them are folded again.
struct FoldSet {
    let rows: EntityRows
    private(set) var records: [ItemID: EntityRecord]
    /// What the log says.
    var canonical: Fold

    init(_ rows: EntityRows, touching ids: some Sequence<ItemID>, lineage: Lineage) throws {
        self.rows = rows
        records = try rows.load(ids)
        canonical = Fold(vocabulary: rows.schema.vocabulary, lineage: lineage)
        for (id, record) in records { canonical.entities[id] = record.canonicalEntity }
    }

    /// Folds what still waits in the outbox on top, and writes every entity of `ids`.
    func write(_ ids: some Collection<ItemID>, user: Name, generation: Int64, _ turn: Turn = .unlimited) throws {
        let pending = try Outbox(db: rows.db).waiting(touching: ids)
        var visible = canonical
        var isPending: Set<ItemID> = []
        for row in pending where !row.isParked {
            let change = try decodeOwn(row.pending)
            isPending.formUnion(change.entities)
            visible.apply(pending: change, author: user, replica: row.pending.replica, common: row.pending.fork)
        }
        let writer = RowWriter(rows.db, rows.schema)
        var image = EntityImage()
        func write(_ entity: Entity, _ canonical: EntityRecord.Canonical) throws {
            image.take(
                entity, canonical: canonical, rows.schema.table(entity.kind), rows.schema.vocabulary, generation: generation)
            try writer.write(image, at: records[entity.id]?.place)
        }
        for id in ids {
            try turn.step()
            let state = canonical.entities[id]
            if isPending.contains(id), let entity = visible.entities[id] {
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
