internal import AnnalsModel
internal import AnnalsWire
internal import FoundationEssentials
internal import GRDB

/// Reads entities from their rows, within one transaction.
struct EntityRows {
    let db: Database
    let schema: Schema
    let decoder: EntityDecoder

    init(db: Database, schema: Schema, decoder: EntityDecoder = EntityDecoder()) {
        (self.db, self.schema, self.decoder) = (db, schema, decoder)
    }

    // MARK: Reading

    static let placeSQL = "SELECT row, kind FROM entity WHERE id = ?"

    /// Where an entity stands; nil where the file does not have it.
    ///
    /// - Parameter directory: a statement of ``placeSQL``.
    static func place(_ id: ItemID, _ directory: BoundStatement) throws -> EntityPlace? {
        var found: EntityPlace?
        directory.bind(1, id.raw)
        try directory.forEachRow { found = EntityPlace(row: $0.integer(0), kind: $0.text(1)) }
        return found
    }

    /// The same, for who looks for one.
    static func place(_ id: ItemID, _ db: Database) throws -> EntityPlace? {
        try place(id, BoundStatement(db, placeSQL))
    }

    func load(_ id: ItemID) throws -> EntityRecord? {
        guard let place = try Self.place(id, db) else { return nil }
        return try load(place.row, schema.table(place.kind))
    }

    /// Where the entities stand that have rows in a table of theirs: `conflict` or `notice`.
    func places(listedIn table: String) throws -> [EntityPlace] {
        var places: [EntityPlace] = []
        let sql = "SELECT row, kind FROM entity WHERE id IN (SELECT entity_id FROM \(table)) ORDER BY row"
        try BoundStatement(db, sql).forEachRow { places.append(EntityPlace(row: $0.integer(0), kind: $0.text(1))) }
        return places
    }

    /// The record of a row that is there.
    func load(_ row: Int64, _ table: KindTable) throws -> EntityRecord {
        let statement = try BoundStatement(db, table.selectRow)
        statement.bind(1, row)
        var record: EntityRecord?
        try statement.forEachRow { record = try decode($0, table) }
        guard let record else { throw DamagedState() }
        return record
    }

    /// What is known of a stored entity whose state by the log alone was brought into a fold.
    struct Loaded {
        var place: EntityPlace
        var log: [UInt8]
    }

    /// Brings an entity's state by the log alone into a fold, as bytes. The fold has it where the log knows it.
    func load(_ id: ItemID, at place: EntityPlace, into fold: inout Fold) throws -> Loaded {
        let (row, kind) = (place.row, place.kind)
        let table = schema.table(kind)
        let statement = try BoundStatement(db, table.selectRow)
        statement.bind(1, row)
        var loaded: Loaded?
        try statement.forEachRow { found in
            func outside(_ field: String) -> [UInt8]? {
                guard let index = table.outsideColumns.firstIndex(where: { $0.field == field }) else { return nil }
                return found.isNull(Int32(7 + index)) ? nil : Value.string(found.text(Int32(7 + index))).canonicalBytes
            }
            do {
                if found.isNull(5) {
                    try fold.load(state: found.bytes(4), of: id, kind: kind, outside: outside)
                } else if !found.bytes(5).isEmpty {
                    var reader = ByteReader([UInt8](found.bytes(5)))
                    let kind = try reader.string()
                    try reader.rest.withUnsafeBytes { rest in
                        try fold.load(state: rest, of: id, kind: kind, outside: outside)
                    }
                }
            } catch is DamagedFoldState {
                throw DamagedState()
            }
            loaded = Loaded(place: place, log: [UInt8](found.bytes(6)))
        }
        guard let loaded else { throw DamagedState() }
        return loaded
    }

    /// Makes a record of a row selected by `KindTable.selectList`.
    func decode(_ row: BoundRow, _ table: KindTable) throws -> EntityRecord {
        guard let id = row.item(1) else { throw DamagedState() }
        func outside(_ field: String) -> Value? {
            guard let index = table.outsideColumns.firstIndex(where: { $0.field == field }) else { return nil }
            return row.isNull(Int32(7 + index)) ? nil : .string(row.text(Int32(7 + index)))
        }
        let visible = try decoder.read(row.bytes(4), id: id, kind: row.text(2), outside: outside)
        let canonical: EntityRecord.Canonical
        if row.isNull(5) {
            canonical = .visible
        } else if row.bytes(5).isEmpty {
            canonical = .absent
        } else {
            var reader = ByteReader([UInt8](row.bytes(5)))
            let kind = try reader.string()
            canonical = .state(try reader.rest.withUnsafeBytes { try decoder.read($0, id: id, kind: kind, outside: outside) })
        }
        return EntityRecord(
            row: row.integer(0), changed: row.integer(3), visible: visible, canonical: canonical, log: [UInt8](row.bytes(6)))
    }
}

extension BoundRow {
    /// The item that a column names; nil where it names none.
    func item(_ column: Int32) -> ItemID? { ItemID(ascii: bytes(column).bindMemory(to: UInt8.self)) }
}
