internal import AnnalsCore
internal import AnnalsModel
internal import GRDB

/// The entities that one transaction touches: loaded once, folded in memory, each written once.
///
/// Visible = canonical ⊕ pending: only the pending changes that touch one of them are folded again.
struct FoldSet: ~Copyable {
    private let rows: EntityRows
    /// What the log says.
    private let canonical: Fold
    /// By place in the fold, those that have a row.
    private var records: [Int: EntityRecord] = [:]
    /// Those that the log does not know: a change made them that is gone, or waits.
    private var others: [EntityRecord?] = []
    private var otherIDs: [ItemID] = []
    /// The entries that touch each entity, one place after the other.
    private let seqs: [Int64]
    /// Where those of each place begin, and the end.
    private let starts: [Int]

    /// - Parameters:
    ///   - fold: entries that were prepared to be folded.
    ///   - ids: entities that are shown anew whether they are touched or not.
    init(_ rows: EntityRows, _ fold: consuming Fold, showing ids: some Sequence<ItemID>, _ turn: Turn = .unlimited) throws {
        self.rows = rows
        (seqs, starts) = Self.touches(fold)
        // Nothing need be looked up in an empty file.
        let isEmpty = try Bool.fetchOne(rows.db, sql: "SELECT NOT EXISTS (SELECT 1 FROM entity)") ?? false
        for place in 0..<(isEmpty ? 0 : fold.count) {
            try turn.step()
            guard let record = try rows.load(fold.id(at: place)) else { continue }
            records[place] = record
            if let entity = record.canonicalEntity { fold.load(entity) }
        }
        for id in ids where fold.place(of: id) == nil {
            let record = try rows.load(id)
            if let record, let entity = record.canonicalEntity {
                fold.load(entity)
                records[fold.count - 1] = record
            } else {
                others.append(record)
                otherIDs.append(id)
            }
        }
        fold.foldPrepared()
        canonical = fold
    }

    /// Of each place the seqs that touch it, each once, in order.
    private static func touches(_ fold: borrowing Fold) -> (seqs: [Int64], starts: [Int]) {
        var last = [Int64](repeating: 0, count: fold.count)
        var starts = [Int](repeating: 0, count: fold.count + 1)
        fold.forEachPrepared { seq, place in
            if last[place] != seq { starts[place + 1] += 1 }
            last[place] = seq
        }
        for place in 0..<fold.count { starts[place + 1] += starts[place] }
        var seqs = [Int64](repeating: 0, count: starts[fold.count])
        var next = starts
        for place in last.indices { last[place] = 0 }
        fold.forEachPrepared { seq, place in
            if last[place] != seq {
                seqs[next[place]] = seq
                next[place] += 1
            }
            last[place] = seq
        }
        return (seqs, starts)
    }

    /// Folds what still waits in the outbox on top, and writes every entity.
    func write(user: Name, generation: Int64, _ turn: Turn = .unlimited) throws {
        let outbox = Outbox(db: rows.db)
        let pending = try outbox.isTouching ? outbox.waiting(touching: canonical.ids + otherIDs) : []
        let changes = try pending.filter { !$0.isParked }.map { row in (row, try decodeOwn(row.pending)) }
        let isPending = Set(changes.flatMap { $0.1.entities })
        var visible = Fold(
            vocabulary: canonical.vocabulary, lineage: canonical.lineage, entities: canonical.entities(isPending).values)
        for (row, change) in changes {
            visible.apply(pending: change, author: user, replica: row.pending.replica, common: row.pending.fork)
        }
        let writer = RowWriter(rows.db, rows.schema)
        var image = EntityImage()
        func write(_ entity: Entity, _ canonical: EntityRecord.Canonical, _ record: EntityRecord?, _ seqs: ArraySlice<Int64>) throws {
            image.take(
                entity, canonical: canonical, rows.schema.table(entity.kind), rows.schema.vocabulary, generation: generation,
                log: EntryList.adding(seqs, to: record?.log ?? []))
            try writer.write(image, at: record?.place)
        }
        // Rows that are there in their order, then new ones in the order in which the log makes them.
        let known = records.sorted { $0.value.row < $1.value.row }.map(\.key)
        for place in known + (0..<canonical.count).filter({ records[$0] == nil && canonical.kind(at: $0) != nil }) {
            try turn.step()
            let seqs = place < starts.count - 1 ? self.seqs[starts[place]..<starts[place + 1]] : []
            let id = canonical.id(at: place)
            let isKnown = canonical.kind(at: place) != nil
            if !isPending.isEmpty, isPending.contains(id), let entity = visible.entity(id) {
                try write(entity, isKnown ? .state(canonical.entity(at: place)) : .absent, records[place], seqs)
            } else if isKnown {
                try write(canonical.entity(at: place), .visible, records[place], seqs)
            } else if let record = records[place] {
                try writer.remove(id.raw, record.place)
            }
        }
        for (id, record) in zip(otherIDs, others) {
            if isPending.contains(id), let entity = visible.entity(id) {
                try write(entity, .absent, record, [])
            } else if let record {
                try writer.remove(id.raw, record.place)
            }
        }
        try writer.finish()
    }
}
