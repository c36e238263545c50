internal import AnnalsCore
internal import AnnalsModel
internal import GRDB

/// The entities that one transaction touches: loaded once, folded in memory, each written once.
///
/// Visible = canonical ⊕ pending: only the pending changes that touch one of them are folded again.
struct FoldSet: ~Copyable {
    private let rows: EntityRows
    /// What the log says.
    private var canonical: Fold
    /// By place in the fold, those that have a row.
    private var records: [Int: EntityRows.Loaded] = [:]
    /// Those that the log does not know: a change made them that is gone, or waits.
    private var others: [EntityRows.Loaded?] = []
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
        fold.placePrepared()
        (seqs, starts) = Self.touches(fold)
        // Nothing need be looked up in an empty file.
        let isEmpty = try Bool.fetchOne(rows.db, sql: "SELECT NOT EXISTS (SELECT 1 FROM entity)") ?? false
        let directory = try BoundStatement(rows.db, EntityRows.placeSQL)
        // In the order of the rows: those that stand together are read together.
        var found: [(place: Int, at: EntityPlace)] = []
        for place in 0..<(isEmpty ? 0 : fold.count) {
            try turn.step()
            if let at = try EntityRows.place(fold.id(at: place), directory) { found.append((place, at)) }
        }
        found.sort { $0.at.row < $1.at.row }
        for (place, at) in found {
            try turn.step()
            records[place] = try rows.load(fold.id(at: place), at: at, into: &fold)
        }
        for id in ids where fold.place(of: id) == nil {
            let loaded = try EntityRows.place(id, directory).map { try rows.load(id, at: $0, into: &fold) }
            if let place = fold.place(of: id) {
                records[place] = loaded
            } else {
                others.append(loaded)
                otherIDs.append(id)
            }
        }
        try fold.foldPrepared { () throws(Turn.Over) in try turn.step(100) }
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
    ///
    /// - Parameter texts: as of ``RowWriter``.
    mutating func write(user: Name, generation: Int64, textsLaterThan texts: TextMark? = nil, _ turn: Turn = .unlimited) throws {
        let outbox = Outbox(db: rows.db)
        let pending = try outbox.isTouching ? outbox.waiting(touching: canonical.ids + otherIDs) : []
        let changes = try pending.filter { !$0.isParked }.map { row in (row, try decodeOwn(row.pending)) }
        let isPending = Set(changes.flatMap { $0.1.entities })
        var visible = Fold(
            vocabulary: canonical.vocabulary, lineage: canonical.lineage, entities: canonical.entities(isPending).values)
        for (row, change) in changes {
            visible.apply(pending: change, author: user, replica: row.pending.replica, common: row.pending.fork)
        }
        let writer = RowWriter(rows.db, rows.schema, textsLaterThan: texts)
        // Rows that are there in their order, then new ones in the order in which the log makes them.
        let (records, seqs, starts) = (records, seqs, starts)
        let known = records.sorted { $0.value.place.row < $1.value.place.row }.map(\.key)
        let order = known + (0..<canonical.count).filter { records[$0] == nil }
        func log(_ place: Int) -> [UInt8] {
            EntryList.adding(place < starts.count - 1 ? seqs[starts[place]..<starts[place + 1]] : [], to: records[place]?.log ?? [])
        }
        func isShown(_ place: Int) -> Bool { !isPending.isEmpty && isPending.contains(canonical.id(at: place)) }
        let line = ImageLine(rows.schema)
        let plain = order.filter { canonical.kindNumber(at: $0) >= 0 && !isShown($0) }
        var shown = ImageMaker(rows.schema)
        try line.run(plain, of: canonical) { maker, fold, place in
            maker.take(fold, at: place, base: nil, generation: generation, log: log(place))
        } _: { next in
            for place in order {
                try turn.step()
                let isKnown = canonical.kindNumber(at: place) >= 0
                let id = canonical.id(at: place)
                if isShown(place), let visiblePlace = visible.place(of: id) {
                    let base = isKnown ? EntityState.base(canonical.entity(at: place)) : []
                    shown.take(visible, at: visiblePlace, base: base, generation: generation, log: log(place))
                    try writer.write(shown.image, at: records[place]?.place)
                } else if isKnown {
                    try next { try writer.write($0, at: records[place]?.place) }
                } else if let record = records[place] {
                    try writer.remove(id.raw, record.place)
                }
            }
        }
        for (id, record) in zip(otherIDs, others) {
            if isPending.contains(id), let place = visible.place(of: id) {
                shown.take(visible, at: place, base: [], generation: generation, log: record?.log ?? [])
                try writer.write(shown.image, at: record?.place)
            } else if let record {
                try writer.remove(id.raw, record.place)
            }
        }
        try writer.finish(turn)
    }
}
