import AnnalsModel
import AnnalsWire

/// The state that a log folds to, in the form of `Protocol/vectors/folding.json`.
enum FoldedState {
    static func of(_ lines: [String]) throws -> [String: Value] {
        var fold = Fold()
        var links: [ShortHash: Lineage.Ancestor] = [:]
        for line in lines {
            let entry = try EntryCodec.decode(Array(line.utf8))
            fold.apply(entry) { links[$0] }
            links[entry.link.hash] = .init(replica: entry.replica, n: entry.link.n, author: entry.author)
        }
        return Dictionary(uniqueKeysWithValues: fold.entities.map { ($0.key.raw, value($0.value, fold.vocabulary)) })
    }

    private static func value(_ entity: Entity, _ vocabulary: Vocabulary) -> Value {
        var members: [(String, Value)] = [("kind", .string(entity.kind)), ("present", .bool(entity.isPresent))]
        if let owner = entity.owner { members.append(("owner", .string(owner.raw))) }
        if let handle = entity.handle(vocabulary) { members.append(("handle", .string(handle.description))) }
        func add(_ name: String, _ values: [(String, Value)]) {
            if !values.isEmpty { members.append((name, .object(values))) }
        }
        func add(_ name: String, _ values: [Value]) {
            if !values.isEmpty { members.append((name, .array(values))) }
        }
        let plain = Set(entity.immutable.keys).union(entity.cells.keys.filter { $0.author == nil }.map(\.field))
        add("shown", plain.compactMap { field in entity.shown(field).map { (field, $0) } })
        let coded = Set(entity.cells.keys.filter { $0.author != nil }.map(\.field))
        add(
            "codings",
            coded.compactMap { field in
                let codings = entity.codings(field).map { ($0.author.raw, Value.array($0.heads.map(\.value))) }
                return codings.isEmpty ? nil : (field, .object(codings))
            })
        add(
            "elements",
            entity.elements.keys.compactMap { field in
                let elements = entity.shownElements(field, vocabulary).map { Self.write($0.id, $0.value) }
                return elements.isEmpty ? nil : (field, .array(elements))
            })
        add(
            "heads",
            (entity.cells.filter { !$0.value.heads.isEmpty }.map { (name($0.key), heads($0.value)) })
                + [(Entity.existenceField, heads(entity.existence))])
        add("conflicts", entity.conflicts(vocabulary).map { .string(name($0.key)) }.sorted { $0.string ?? "" < $1.string ?? "" })
        add("overwrites", entity.overwrites(vocabulary).map { .string(name($0.key)) })
        add(
            "ignored",
            entity.ignored.map {
                ["id": .string($0.stamp.id.raw), "field": .string($0.field), "reason": .string($0.reason.rawValue)]
            })
        return .object(members)
    }

    private static func name(_ key: Entity.CellKey) -> String { key.field + (key.author.map { "/" + $0.raw } ?? "") }

    private static func heads(_ cell: Cell) -> Value { .array(cell.heads.map { write($0.stamp.id, $0.value) }) }

    private static func write(_ id: ItemID, _ value: Value) -> Value { ["id": .string(id.raw), "value": value] }
}
