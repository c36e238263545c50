internal import AnnalsModel
internal import GRDB
internal import UV

/// A view's entities from the file: as the rows show them while these have not changed since, and folded anew where they have.
final class LiveSource: EntitySource {
    let store: ReplicaStore
    let mark: SnapshotMark
    /// Entities that were folded anew; a snapshot never changes, so they are kept.
    private let refolded = Locked<[ItemID: Entity?]>([:])

    init(store: ReplicaStore, mark: SnapshotMark) {
        self.store = store
        self.mark = mark
    }

    var isPresent: Bool { true }
    var author: Name? { mark.user }
    private var vocabulary: Vocabulary { store.vocabulary }

    func entity(_ id: ItemID) throws -> Entity? {
        try store.look(.of(id)) { db, generation in try self.entity(id, db, generation) }
    }

    private func entity(_ id: ItemID, _ db: Database, _ generation: Int64) throws -> Entity? {
        let record = try store.withDecoder { try EntityRows(db: db, schema: store.schema, decoder: $0).load(id) }
        if generation == mark.generation { return record?.visible }
        if let record, record.changed <= mark.generation { return record.visible }
        return try asTheyStood([id], db)[id]
    }

    func handle(of id: ItemID) throws -> AnnalsModel.Handle? {
        try store.look(.of(id)) { db, generation in
            guard let place = try EntityRows.place(id, db) else { return nil }
            let table = self.store.schema.table(place.kind)
            let sql = "SELECT _seq, _ordinal, _changed FROM \(table.name) WHERE _row = ?"
            guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [place.row]) else { throw DamagedState() }
            let changed: Int64 = row[2]
            guard generation == self.mark.generation || changed <= self.mark.generation else {
                return try self.entity(id, db, generation)?.handle(self.vocabulary)
            }
            guard let seq = row[0] as Int64?, let letter = table.kind?.letter else { return nil }
            return AnnalsModel.Handle(letter: letter, created: seq, ordinal: row[1])
        }
    }

    func entities(_ query: EntityQuery) throws -> [Entity] {
        try store.look { db, generation in
            let isStale = generation != self.mark.generation
            var found = try self.unchanged(query, db, isStale: isStale)
            guard isStale else { return found }
            let stood = try self.asTheyStood(self.changedSince(query.kind, db), db)
            found += stood.values.filter { query.accepts($0, self.vocabulary) }
            return Array(query.order.sorted(found, self.vocabulary).prefix(query.limit))
        }
    }

    /// Entities whose rows still show what the snapshot saw, in order, at most as many as the query's limit.
    private func unchanged(_ query: EntityQuery, _ db: Database, isStale: Bool) throws -> [Entity] {
        var found: [Entity] = []
        if query.limit < 1 { return found }
        let rows = RowQuery(query: query, schema: store.schema)
        try rows.forEachRecord(db, unchangedSince: isStale ? mark.generation : nil) { record in
            if query.accepts(record.visible, vocabulary) { found.append(record.visible) }
            return found.count < query.limit
        }
        return found
    }

    /// The entities that changed since the snapshot: rows written later, and those that refused changes had made.
    private func changedSince(_ kind: String?, _ db: Database) throws -> Set<ItemID> {
        var ids: Set<ItemID> = []
        let tables = kind.map { [store.schema.table($0)] } ?? store.schema.allTables
        for table in tables {
            let found = try String.fetchAll(
                db.cachedStatement(sql: "SELECT _id FROM \(table.name) WHERE _changed > ?"), arguments: [mark.generation])
            ids.formUnion(found.compactMap { ItemID($0) })
        }
        for row in try Outbox(db: db).all() where row.isParked && (row.seq ?? 0) > mark.base.seq {
            ids.formUnion(try decodeOwn(row.pending).entities)
        }
        return ids
    }

    private func asTheyStood(_ ids: Set<ItemID>, _ db: Database) throws -> [ItemID: Entity] {
        let known = refolded.withLock { $0 }
        let missing = ids.filter { known[$0] == nil }
        var stood: [ItemID: Entity] = [:]
        for id in ids { if let entity = known[id] ?? nil { stood[id] = entity } }
        if missing.isEmpty { return stood }
        let folded = try PointInTime(db: db, schema: store.schema).visible(missing, at: mark)
        refolded.withLock { cache in
            for id in missing { cache[id] = .some(folded[id]) }
        }
        return stood.merging(folded) { $1 }
    }

    func id(kind: String, seq: Int64, ordinal: Int) throws -> ItemID? {
        try store.read { db, _ in
            let sql = "SELECT _id FROM \(self.store.schema.table(kind).name) WHERE _seq = ? AND _ordinal = ? AND _kind = ?"
            return try String.fetchOne(db.cachedStatement(sql: sql), arguments: [seq, ordinal, kind]).flatMap { ItemID($0) }
        }
    }

    func near(kind: String, seq: Int64, limit: Int) throws -> [ItemID] {
        try store.read { db, _ in
            let table = self.store.schema.table(kind).name
            let sql = """
                SELECT _id FROM (SELECT * FROM (SELECT _id, _seq FROM \(table) WHERE _seq <= ?1 AND _present ORDER BY _seq DESC LIMIT ?2) \
                UNION ALL SELECT * FROM (SELECT _id, _seq FROM \(table) WHERE _seq > ?1 AND _present ORDER BY _seq LIMIT ?2)) \
                ORDER BY abs(_seq - ?1) LIMIT ?2
                """
            return try String.fetchAll(db, sql: sql, arguments: [seq, limit]).compactMap { ItemID($0) }
        }
    }

    func ids(prefix: String, limit: Int) throws -> [ItemID] {
        try store.read { db, _ in
            let sql = "SELECT id FROM entity WHERE id >= ?1 AND id < ?1 || x'7f' ORDER BY id LIMIT ?2"
            return try String.fetchAll(db.cachedStatement(sql: sql), arguments: [prefix, limit]).compactMap { ItemID($0) }
        }
    }

    func search(_ words: SearchWords, kinds: [String], limit: Int) throws -> [SearchHit] {
        // Where that is not possible at once, what the index lacks is looked through.
        try? store.indexTextsIfFree()
        return try find(words, kinds: kinds, limit: limit)
    }

    /// Searches with the index as it is.
    func find(_ words: SearchWords, kinds: [String], limit: Int) throws -> [SearchHit] {
        try store.read { db, meta in
            let isStale = meta.generation != self.mark.generation
            var hits: [SearchHit] = []
            let rows = EntityRows(db: db, schema: self.store.schema)
            try SearchIndex.forEachHit(db, words, kinds: kinds) { id, snippet in
                guard let id = ItemID(id), let record = try rows.load(id), record.visible.isPresent else { return true }
                if isStale, record.changed > self.mark.generation { return true }
                if !meta.hasAllTexts, !meta.texts.covers(record.visible.updatedSeq) { return true }
                hits.append(SearchHit(entity: record.visible, snippet: snippet))
                return hits.count < limit
            }
            var others: [ItemID: Entity] = [:]
            if !meta.hasAllTexts {
                for record in try TextIndexer(db: db, schema: self.store.schema).due(after: meta.texts)
                where record.changed <= self.mark.generation {
                    others[record.visible.id] = record.visible
                }
            }
            if isStale { others.merge(try self.asTheyStood(self.changedSince(nil, db), db)) { $1 } }
            if others.isEmpty { return hits }
            // First, for they are the latest, and there is no rank that holds for both.
            let latest = try SearchIndex.hits(
                among: others.values.sorted { $0.id < $1.id }, words, kinds: kinds, limit: limit, self.vocabulary)
            return Array((latest + hits).prefix(limit))
        }
    }

    func conflicts() throws -> [Conflict] {
        try store.look { db, generation in
            if generation == self.mark.generation { return try ConflictRows(db: db, schema: self.store.schema).all() }
            return try self.listed(in: "conflict", db, generation).flatMap { $0.openConflicts(self.vocabulary) }
        }
    }

    func notices() throws -> [Notice] {
        try store.look { db, generation in
            let lineage = try LineageTable(db: db).load()
            return try self.listed(in: "notice", db, generation).flatMap { $0.notices(self.vocabulary, lineage) }
        }
    }

    /// The entities that have rows in a table of theirs, and those that may have had some when the snapshot was taken, in the order of handles.
    private func listed(in table: String, _ db: Database, _ generation: Int64) throws -> [Entity] {
        let entities = EntityRows(db: db, schema: store.schema)
        let isStale = generation != mark.generation
        var found = try entities.places(listedIn: table).compactMap { place -> Entity? in
            let record = try entities.load(place.row, store.schema.table(place.kind))
            return !isStale || record.changed <= mark.generation ? record.visible : nil
        }
        if isStale { found += try asTheyStood(changedSince(nil, db), db).values }
        return Order.handle.sorted(found, vocabulary)
    }
}
