internal import AnnalsModel
internal import AnnalsWire
internal import FoundationEssentials
internal import GRDB

/// Reads entities from their rows, within one transaction.
struct EntityRows {
    let db: Database
    let schema: Schema

    // MARK: Reading

    func place(_ id: ItemID) throws -> (row: Int64, kind: String)? {
        let statement = try db.cachedStatement(sql: "SELECT row, kind FROM entity WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id.raw]).map { ($0[0], $0[1]) }
    }

    func load(_ id: ItemID) throws -> EntityRecord? {
        guard let (row, kind) = try place(id) else { return nil }
        let table = schema.table(kind)
        let statement = try db.cachedStatement(sql: "SELECT \(table.selectList) FROM \(table.name) WHERE _row = ?")
        guard let found = try Row.fetchOne(statement, arguments: [row]) else { throw DamagedState() }
        return try Self.decode(found, table)
    }

    func load(_ ids: some Sequence<ItemID>) throws -> [ItemID: EntityRecord] {
        var records: [ItemID: EntityRecord] = [:]
        for id in ids { records[id] = try load(id) }
        return records
    }

    /// Makes a record of a row selected by `KindTable.selectList`.
    static func decode(_ row: Row, _ table: KindTable) throws -> EntityRecord {
        guard let id = ItemID(row[1] as String) else { throw DamagedState() }
        let kind: String = row[2]
        func outside(_ field: String) -> Value? {
            guard let index = table.outsideColumns.firstIndex(where: { $0.field == field }) else { return nil }
            return (row[7 + index] as String?).map(Value.string)
        }
        let visible = try StateReader.read(try bytes(row, 4), id: id, kind: kind, outside: outside)
        let canonical: EntityRecord.Canonical =
            switch (row[5] as DatabaseValue).storage {
            case .null: .visible
            case .blob(let data) where data.isEmpty: .absent
            default: .state(try base(bytes(row, 5), id, outside))
            }
        let log = row.hasNull(atIndex: 6) ? [] : try bytes(row, 6)
        return EntityRecord(row: row[0], changed: row[3], visible: visible, canonical: canonical, log: log)
    }

    private static func bytes(_ row: Row, _ column: Int) throws -> [UInt8] {
        try row.withUnsafeData(atIndex: column) { data in
            guard let data else { throw DamagedState() }
            return [UInt8](data)
        }
    }

    private static func base(_ bytes: [UInt8], _ id: ItemID, _ outside: (String) -> Value?) throws -> Entity {
        var reader = ByteReader(bytes)
        let kind = try reader.string()
        return try StateReader.read(reader.rest, id: id, kind: kind, outside: outside)
    }
}
