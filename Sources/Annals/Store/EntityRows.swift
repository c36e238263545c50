internal import AnnalsModel
internal import AnnalsWire
internal import FoundationEssentials
internal import GRDB

/// Reads and writes entities as rows, within one transaction.
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
            return (row[6 + index] as String?).map(Value.string)
        }
        let visible = try StateReader.read(try bytes(row, 4), id: id, kind: kind, outside: outside)
        let canonical: EntityRecord.Canonical =
            switch (row[5] as DatabaseValue).storage {
            case .null: .visible
            case .blob(let data) where data.isEmpty: .absent
            default: .state(try base(bytes(row, 5), id, outside))
            }
        return EntityRecord(row: row[0], changed: row[3], visible: visible, canonical: canonical)
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

    // MARK: Writing

    /// Writes an entity's row, and what of its conflicts, notices and search text differs from `old`.
    func write(
        _ entity: Entity, canonical: EntityRecord.Canonical, replacing old: EntityRecord?, generation: Int64
    ) throws {
        var old = old
        if let found = old, !sameBytes(found.visible.kind, entity.kind) {
            // Its create said that it is something else than what was done to it before: it moves to another table.
            try remove(found)
            old = nil
        }
        let row = try old?.row ?? addToDirectory(entity)
        try writeRow(row, entity, canonical, generation)
        try writeConflicts(entity, old?.visible)
        try writeNotices(entity, old?.visible)
        try writeSearch(row, entity, old?.visible)
    }

    func remove(_ record: EntityRecord) throws {
        let table = schema.table(record.visible.kind)
        let gone = Entity(id: record.visible.id, kind: record.visible.kind)
        try writeConflicts(gone, record.visible)
        try writeNotices(gone, record.visible)
        try writeSearch(record.row, gone, record.visible)
        try db.cachedStatement(sql: "DELETE FROM \(table.name) WHERE _row = ?").execute(arguments: [record.row])
        try db.cachedStatement(sql: "DELETE FROM entity WHERE row = ?").execute(arguments: [record.row])
    }

    private func addToDirectory(_ entity: Entity) throws -> Int64 {
        try db.cachedStatement(sql: "INSERT INTO entity (id, kind) VALUES (?, ?)")
            .execute(arguments: [entity.id.raw, entity.kind])
        return db.lastInsertedRowID
    }

    private func writeRow(
        _ row: Int64, _ entity: Entity, _ canonical: EntityRecord.Canonical, _ generation: Int64
    ) throws {
        let table = schema.table(entity.kind)
        func isOutside(_ state: Entity) -> (String) -> Bool {
            { field in
                guard table.outside.contains(field), case .string(let text)? = state.immutable[field] else { return false }
                // SQLite's texts end at a NUL; and a canonical state that differs from the visible one brings its own.
                return !text.utf8.contains(0) && state.immutable[field] == entity.immutable[field]
            }
        }
        let base: Data? =
            switch canonical {
            case .visible: nil
            case .absent: Data()
            case .state(let state): Data(Self.base(state, isOutside(state)))
            }
        var values: [(any DatabaseValueConvertible)?] = [
            row, entity.id.raw, entity.kind, entity.created?.seq, entity.ordinal, entity.isPresent, entity.owner?.raw,
            entity.created?.written.description, entity.updatedSeq, generation,
            EntityTexts(entity: entity, vocabulary: schema.vocabulary).label,
        ]
        var shown: (field: String, value: Value?) = ("", nil)
        for column in table.columns {
            if column.field != shown.field { shown = (column.field, entity.shown(column.field)) }
            switch column.content(of: shown.value) {
            case .string(let text): values.append(text)
            case .integer(let number): values.append(number)
            default: values.append(nil)
            }
        }
        values += [
            EntityDoc.json(entity, table, schema.vocabulary), Data(StateWriter.write(entity, isOutside: isOutside(entity))), base,
        ]
        try db.cachedStatement(sql: table.insert).execute(arguments: StatementArguments(values))
    }

    /// The canonical state with its kind, which a pending create may have changed.
    private static func base(_ state: Entity, _ isOutside: (String) -> Bool) -> [UInt8] {
        var writer = ByteWriter()
        writer.string(state.kind)
        writer.raw(StateWriter.write(state, isOutside: isOutside))
        return writer.bytes
    }

    private func writeConflicts(_ entity: Entity, _ old: Entity?) throws {
        if let old, !old.conflicts(schema.vocabulary).isEmpty {
            try db.cachedStatement(sql: "DELETE FROM conflict WHERE entity_id = ?").execute(arguments: [entity.id.raw])
        }
        for (key, heads) in entity.conflicts(schema.vocabulary) {
            for head in heads {
                let stamp = head.stamp
                try db.cachedStatement(sql: "INSERT INTO conflict VALUES (?,?,?,?,?,?,?,?,?,?,?)").execute(arguments: [
                    entity.id.raw, entity.kind, key.field, key.author?.raw, stamp.id.raw,
                    String(decoding: head.value.canonicalBytes, as: UTF8.self), stamp.author.raw, stamp.seq, stamp.replica.raw,
                    stamp.n, stamp.written.description,
                ])
            }
        }
    }

    /// Overwrites, and writes without effect: listed, never silently dropped.
    private func writeNotices(_ entity: Entity, _ old: Entity?) throws {
        func notices(_ entity: Entity) -> [Ignored] {
            entity.created == nil ? [] : entity.ignored
        }
        func overwrites(_ entity: Entity) -> [(key: Entity.CellKey, heads: [Write])] {
            entity.created == nil ? [] : entity.overwrites(schema.vocabulary)
        }
        if let old, !notices(old).isEmpty || !overwrites(old).isEmpty {
            try db.cachedStatement(sql: "DELETE FROM notice WHERE entity_id = ?").execute(arguments: [entity.id.raw])
        }
        let insert = "INSERT INTO notice VALUES (?,?,?,?,?,?)"
        for ignored in notices(entity) {
            let stamp = ignored.stamp
            try db.cachedStatement(sql: insert).execute(arguments: [
                entity.id.raw, ignored.field, stamp.id.raw, ignored.reason.rawValue, stamp.author.raw, stamp.seq,
            ])
        }
        for (key, heads) in overwrites(entity) {
            for head in heads where head.stamp.id != entity.cells[key]?.latest?.stamp.id {
                try db.cachedStatement(sql: insert).execute(arguments: [
                    entity.id.raw, key.field, head.stamp.id.raw, "overwritten", head.stamp.author.raw, head.stamp.seq,
                ])
            }
        }
    }

    /// The index is touched only when a text changed.
    private func writeSearch(_ row: Int64, _ entity: Entity, _ old: Entity?) throws {
        let before = old.map { EntityTexts(entity: $0, vocabulary: schema.vocabulary).searchBody } ?? ""
        let after = EntityTexts(entity: entity, vocabulary: schema.vocabulary).searchBody
        if sameBytes(before, after) { return }
        if !before.isEmpty {
            try db.cachedStatement(sql: "DELETE FROM search WHERE rowid = ?").execute(arguments: [row])
        }
        if !after.isEmpty {
            try db.cachedStatement(sql: "INSERT INTO search (rowid, id, kind, body) VALUES (?, ?, ?, ?)")
                .execute(arguments: [row, entity.id.raw, entity.kind, after])
        }
    }
}
