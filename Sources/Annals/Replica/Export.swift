internal import AnnalsModel
internal import AnnalsWire
internal import GRDB

extension Replica {
    /// Writes the state as JSON Lines: a header, then each entity in the order of the ids' bytes, in canonical JSON.
    ///
    /// Two replicas with the same entries and nothing pending export the same bytes, for one vocabulary version.
    ///
    /// - Parameters:
    ///   - point: the state as of then; nil for what shows now, pending changes included.
    ///   - write: takes one line, without LF.
    public func export(asOf point: Point? = nil, to write: ([UInt8]) throws -> Void) throws {
        try write(ExportLine.header(vocabulary))
        try store.read(point == nil ? .all : .none) { db, meta in
            if let point {
                let seq = try Self.seq(of: point, db, meta)
                let fold = try PointInTime(db: db, schema: self.store.schema).fold(point, through: seq)
                for id in fold.ids.sorted() {
                    guard let entity = fold.entity(id), entity.created != nil else { continue }
                    try write(ExportLine(entity: entity, vocabulary: self.vocabulary).bytes)
                }
                return
            }
            let rows = EntityRows(db: db, schema: self.store.schema)
            let ids = try String.fetchCursor(db.makeStatement(sql: "SELECT id FROM entity ORDER BY id"))
            while let text = try ids.next() {
                guard let id = ItemID(text), let record = try rows.load(id) else { throw DamagedState() }
                if record.visible.created == nil { continue }
                try write(ExportLine(entity: record.visible, vocabulary: self.vocabulary).bytes)
            }
        }
    }
}

/// One entity as a line of an export.
struct ExportLine {
    let entity: Entity
    let vocabulary: Vocabulary

    static func header(_ vocabulary: Vocabulary) -> [UInt8] {
        Value.object([("format", "annals-export/1"), ("vocabulary", .integer(vocabulary.version))]).canonicalBytes
    }

    var bytes: [UInt8] {
        var members: [(String, Value)] = [
            ("id", .string(entity.id.raw)), ("kind", .string(entity.kind)),
            ("existence", .string((entity.isPresent ? Existence.present : .retracted).rawValue)),
        ]
        if let handle = entity.handle(vocabulary) { members.append(("handle", .string(handle.description))) }
        if let created = entity.created {
            members.append(
                (
                    "created",
                    .object([
                        ("by", .string(created.author.raw)), ("at", .string(created.written.description)),
                        created.place,
                    ])
                ))
        }
        add("fields", fields, to: &members)
        add("sets", sets, to: &members)
        add("codings", codings, to: &members)
        let conflicts = entity.conflicts(vocabulary).map(Self.conflict)
        if !conflicts.isEmpty { members.append(("conflicts", .array(conflicts))) }
        return Value.object(members).canonicalBytes
    }

    private func add(_ name: String, _ parts: [(String, Value)], to members: inout [(String, Value)]) {
        if !parts.isEmpty { members.append((name, .object(parts))) }
    }

    private var fields: [(String, Value)] {
        let names = Set(entity.immutable.keys).union(entity.cells.keys.filter { $0.author == nil }.map(\.field))
        return names.compactMap { name in entity.shown(name).map { (name, $0) } }
    }

    private var sets: [(String, Value)] {
        entity.elements.keys.map { field in
            let shown = entity.shownElements(field, vocabulary).map { element in
                Value.object([
                    ("id", .string(element.id.raw)), ("by", .string(element.stamp.author.raw)), ("value", element.value),
                ])
            }
            return (field, .array(shown))
        }
    }

    /// Each coder's judgment; a list where the coder's own machines disagree.
    private var codings: [(String, Value)] {
        Set(entity.cells.keys.filter { $0.author != nil }.map(\.field)).compactMap { field in
            let cells = entity.codings(field).map { coding in
                (coding.author.raw, entity.judgment(field, by: coding.author) ?? .array(coding.heads.map(\.value)))
            }
            return cells.isEmpty ? nil : (field, .object(cells))
        }
    }

    private static func conflict(_ key: Entity.CellKey, _ heads: [Write]) -> Value {
        var members: [(String, Value)] = [
            ("field", .string(key.field)),
            (
                "sides",
                .array(
                    heads.map { head in
                        .object([
                            ("write", .string(head.stamp.id.raw)), ("by", .string(head.stamp.author.raw)),
                            head.stamp.place, ("written", .string(head.stamp.written.description)),
                            ("value", head.value),
                        ])
                    })
            ),
        ]
        if let author = key.author { members.append(("author", .string(author.raw))) }
        return .object(members)
    }
}

extension Stamp {
    /// Its seq; for what is pending the number in its replica.
    fileprivate var place: (String, Value) {
        isPending ? ("pending", .integer(n)) : ("seq", .integer(seq))
    }
}
