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

    /// The record of a row that is there.
    func load(_ row: Int64, _ table: KindTable) throws -> EntityRecord {
        let statement = try db.cachedStatement(sql: table.selectRow)
        guard let found = try Row.fetchOne(statement, arguments: [row]) else { throw DamagedState() }
        return try decode(found, table)
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
    func decode(_ row: Row, _ table: KindTable) throws -> EntityRecord {
        guard let id = ItemID(row[1] as String) else { throw DamagedState() }
        let kind: String = row[2]
        func outside(_ field: String) -> Value? {
            guard let index = table.outsideColumns.firstIndex(where: { $0.field == field }) else { return nil }
            return (row[7 + index] as String?).map(Value.string)
        }
        let visible = try decoder.read(try Self.bytes(row, 4), id: id, kind: kind, outside: outside)
        let canonical: EntityRecord.Canonical =
            switch (row[5] as DatabaseValue).storage {
            case .null: .visible
            case .blob(let data) where data.isEmpty: .absent
            default: .state(try base(Self.bytes(row, 5), id, outside))
            }
        let log = row.hasNull(atIndex: 6) ? [] : try Self.bytes(row, 6)
        return EntityRecord(row: row[0], changed: row[3], visible: visible, canonical: canonical, log: log)
    }

    private static func bytes(_ row: Row, _ column: Int) throws -> [UInt8] {
        try row.withUnsafeData(atIndex: column) { data in
            guard let data else { throw DamagedState() }
            return [UInt8](data)
        }
    }

    private func base(_ bytes: [UInt8], _ id: ItemID, _ outside: (String) -> Value?) throws -> Entity {
        var reader = ByteReader(bytes)
        let kind = try reader.string()
        return try decoder.read(reader.rest, id: id, kind: kind, outside: outside)
    }
}
