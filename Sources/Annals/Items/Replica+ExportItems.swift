internal import AnnalsModel
internal import AnnalsWire
internal import GRDB

extension Replica {
    /// Writes the items that show as an item file: the header, then each item in the order of the vocabulary's kinds and of keys.
    ///
    /// What was imported comes out again, the same bytes on every replica, as long as nothing else was recorded.
    ///
    /// - Parameters:
    ///   - point: the items as of then; nil for what shows now, pending changes included.
    ///   - write: takes one line, without LF.
    public func exportItems(asOf point: Point? = nil, to write: ([UInt8]) throws -> Void) throws {
        try write(Value.object([("format", .string(ItemFile.format))]).canonicalBytes)
        try store.read(point == nil ? .all : .none) { db, meta in
            if let point {
                let fold = try PointInTime(db: db, schema: self.store.schema).fold(point, through: Self.seq(of: point, db, meta))
                let items = fold.ids.compactMap { id in fold.entity(id).flatMap { $0.isPresent ? ItemExport.Item($0) : nil } }
                try ItemExport(items, self.vocabulary).write(write) { fold.entity($0) }
            } else {
                let rows = EntityRows(db: db, schema: self.store.schema)
                var items: [ItemExport.Item] = []
                for kind in self.vocabulary.kinds {
                    let sql = "SELECT _id, key FROM \(self.store.schema.table(kind.name).name) WHERE _present = 1 AND _owner IS NOT NULL"
                    try BoundStatement(db, sql).forEachRow { row in
                        guard let id = row.item(0) else { throw DamagedState() }
                        items.append(ItemExport.Item(id: id, kind: kind.name, key: row.isNull(1) ? nil : row.text(1)))
                    }
                }
                try ItemExport(items, self.vocabulary).write(write) { try rows.load($0)?.visible }
            }
        }
    }
}

/// Items that show, as lines of an item file.
struct ItemExport {
    struct Item {
        var id: ItemID
        var kind: String
        var key: String?

        init(id: ItemID, kind: String, key: String?) { (self.id, self.kind, self.key) = (id, kind, key) }

        init(_ entity: Entity) { self.init(id: entity.id, kind: entity.kind, key: entity.shown("key")?.string) }
    }

    private let vocabulary: Vocabulary
    private var names: [ItemID: ItemName] = [:]
    /// In the order of the file.
    private var ids: [ItemID] = []

    init(_ items: [Item], _ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        // Of several with one key the first by id keeps it: any rule will do that is the same everywhere.
        var taken: Set<ItemName> = []
        for item in items.sorted(by: { $0.id < $1.id }) {
            var name = ItemName(kind: item.kind, key: item.key ?? item.id.raw)
            if !taken.insert(name).inserted {
                name.key = item.id.raw
                taken.insert(name)
            }
            names[item.id] = name
        }
        for kind in vocabulary.kinds {
            let own = names.filter { sameBytes($0.value.kind, kind.name) }
            ids += own.sorted { precedes($0.value.key, $1.value.key) }.map(\.key)
        }
    }

    func write(_ write: ([UInt8]) throws -> Void, _ entity: (ItemID) throws -> Entity?) throws {
        for id in ids {
            guard let entity = try entity(id), let name = names[id], let kind = vocabulary.kind(name.kind) else { throw DamagedState() }
            try write(line(entity, kind, name.key).canonicalBytes)
        }
    }

    private func line(_ entity: Entity, _ kind: KindRule, _ key: String) -> Value {
        var (fields, codings): ([(String, Value)], [(String, Value)]) = ([], [])
        var conflicts: [(String, Value)] = []
        let open = entity.conflicts(vocabulary)
        for field in kind.fields where !sameBytes(field.name, "key") {
            func named(_ value: Value) -> Value {
                field.type.renaming(value) { text, _ in ItemID(text).flatMap { names[$0]?.description } ?? text }
            }
            switch field.merge {
            case .immutable, .latest, .contested:
                if let conflict = open.first(where: { $0.key == Entity.CellKey(field.name) }) {
                    conflicts.append((field.name, sides(conflict.heads, named)))
                } else if let value = entity.shown(field.name) {
                    fields.append((field.name, named(value)))
                }
            case .set:
                let values = sorted(entity.shownElements(field.name, vocabulary).map { named($0.value) })
                if !values.isEmpty { fields.append((field.name, .array(values))) }
            case .append:
                let values = entity.shownElements(field.name, vocabulary).map { named($0.value) }
                if !values.isEmpty { fields.append((field.name, .array(values))) }
            case .perCoder:
                let all = entity.codings(field.name).map {
                    (author: $0.author, heads: $0.heads, value: entity.judgment(field.name, by: $0.author))
                }
                let settled = all.compactMap { coding in coding.value.map { (coding.author.raw, named($0)) } }
                let others = all.filter { $0.value == nil }.map { ($0.author.raw, sides($0.heads, named)) }
                if !settled.isEmpty { codings.append((field.name, .object(settled))) }
                if !others.isEmpty { conflicts.append((field.name, .object(others))) }
            }
        }
        var members: [(String, Value)] = [("kind", .string(kind.name)), ("key", .string(key))]
        for (name, part) in [("fields", fields), ("codings", codings), ("conflicts", conflicts)] where !part.isEmpty {
            members.append((name, .object(part)))
        }
        return .object(members)
    }

    private func sides(_ heads: [Write], _ named: (Value) -> Value) -> Value { .array(sorted(heads.map { named($0.value) })) }

    private func sorted(_ values: [Value]) -> [Value] {
        values.map { (value: $0, bytes: $0.canonicalBytes) }.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }.map(\.value)
    }
}
