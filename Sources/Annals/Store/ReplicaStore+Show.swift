internal import AnnalsCore
internal import AnnalsModel
internal import GRDB
internal import UV

/// The truth first: what is recorded goes to disk as a row of the outbox, and the rows that show it follow.
///
/// A person who records waits for a sync of the disk anyway, and for each page that a commit writes. Rows, their indexes and what says who
/// touches whom are nine pages; the truth is one. So the rows follow for several recordings together: with the next read that
/// needs them, with every other write, with the eighth recording in a row, and by themselves in a moment. No reader of this library
/// sees the difference. How far the rows have come is `shown_n` in `meta`.
extension ReplicaStore {
    /// How many recordings in a row wait to be shown, at most.
    static let unshownMax: Int64 = 8

    /// How long nobody must have written before what was recorded shows by itself.
    static let showMilliseconds = 20

    /// Which rows a read needs.
    enum RowsRead {
        /// None: what is asked stands in the outbox, the log and what the file knows about itself.
        case none
        /// Those of one entity.
        case of(ItemID)
        case all
    }

    /// Whether something was recorded that the rows to be read do not show yet.
    func lacks(_ rows: RowsRead, _ db: Database, _ recorded: RecordedRange) throws -> Bool {
        if recorded.isEmpty { return false }
        switch rows {
        case .none: return false
        case .all: return true
        case .of(let id): return try entities(of: recorded, db).contains(id)
        }
    }

    /// What the changes touch: known where this process recorded them, and read otherwise.
    private func entities(of recorded: RecordedRange, _ db: Database) throws -> Set<ItemID> {
        if let known = touched.withLock({ $0.entities(of: recorded) }) { return known }
        let changes = try unshown(db, Meta(db))
        let found = RecordedEntities(
            range: recorded, entities: changes.reduce(into: []) { $0.formUnion($1.change.entities) })
        touched.withLock { $0 = found }
        return found.entities
    }

    private func unshown(_ db: Database, _ meta: Meta) throws -> [(row: PendingRow, change: Change)] {
        try Outbox(db: db).rows("WHERE replica = ? AND n > ? ORDER BY n", [meta.replica.raw, meta.shown.n])
            .map { (row: $0.pending, change: try decodeOwn($0.pending)) }
    }

    /// Notes what was recorded as shown, where all is folded anew.
    func touchUnshown(_ db: Database, _ meta: inout Meta) throws {
        for (row, change) in try unshown(db, meta) { try Outbox(db: db).touch(row, change.entities) }
        meta.showRecorded()
    }

    /// Folds what was recorded and does not show yet on top of what shows, which has all earlier pending changes in it already.
    func show(_ db: Database, _ meta: inout Meta) throws {
        guard !meta.recorded.isEmpty else { return }
        let changes = try unshown(db, meta)
        let outbox = Outbox(db: db)
        let rows = EntityRows(db: db, schema: schema)
        var ids: [ItemID] = []
        var records: [ItemID: EntityRecord] = [:]
        var known: Set<ItemID> = []
        for (row, change) in changes {
            let entities = change.entities
            try outbox.touch(row, entities)
            for id in entities where known.insert(id).inserted {
                ids.append(id)
                records[id] = try rows.load(id)
            }
        }
        var fold = Fold(
            vocabulary: vocabulary, lineage: try LineageTable(db: db).load(), entities: records.values.map(\.visible))
        for (row, change) in changes { fold.apply(pending: change, author: meta.user, replica: row.replica, common: row.fork) }
        let writer = RowWriter(db, schema, textsLaterThan: meta.texts)
        var maker = ImageMaker(schema)
        for id in ids {
            guard let place = fold.place(of: id) else { continue }
            let base =
                switch records[id]?.canonical {
                case nil, .absent?: [UInt8]()
                case .visible?: records[id].map { EntityState.base($0.visible) } ?? []
                case .state(let state)?: EntityState.base(state)
                }
            maker.take(fold, at: place, base: base, generation: meta.generation, log: records[id]?.log ?? [])
            try writer.write(maker.image, at: records[id]?.place)
        }
        try writer.finish()
        meta.showRecorded()
    }
}

/// The own changes whose effect does not stand in the rows yet.
struct RecordedRange: Sendable, Equatable {
    /// The last one that shows, and the last one that there is.
    var shownN: Int64
    var lastN: Int64

    var count: Int64 { lastN - shownN }
    var isEmpty: Bool { count == 0 }
}

/// What such changes touch.
struct RecordedEntities: Sendable {
    private(set) var range: RecordedRange
    private(set) var entities: Set<ItemID>

    static let none = RecordedEntities(range: RecordedRange(shownN: 0, lastN: 0), entities: [])

    init(range: RecordedRange, entities: Set<ItemID>) {
        (self.range, self.entities) = (range, entities)
    }

    /// nil where these are other changes.
    func entities(of range: RecordedRange) -> Set<ItemID>? { self.range == range ? entities : nil }

    /// Takes a change in that this process recorded. What others did before it makes the next read look it up.
    mutating func add(_ change: Change, shownN: Int64) {
        if shownN == change.n - 1 {
            self = RecordedEntities(range: RecordedRange(shownN: shownN, lastN: change.n), entities: Set(change.entities))
        } else if range == RecordedRange(shownN: shownN, lastN: change.n - 1) {
            range.lastN = change.n
            entities.formUnion(change.entities)
        }
    }
}
