import Annals
import AnnalsModel

/// An entity as one line of JSON: the same facts as the words for people, with full ids.
struct EntityJSON {
    let vocabulary: Vocabulary
    /// The handle of an item.
    let name: (ItemID) -> String
    /// Why a write was made.
    let reason: (Stamp) throws -> String?
    /// By fields of an item, how many coders' judgments are hidden.
    let hiddenCounts: (ItemID) throws -> [String: Int]

    private func handle(_ entity: Entity) -> String { entity.handle(vocabulary)?.description ?? name(entity.id) }

    func value(_ entity: Entity) throws -> Value {
        let rules = vocabulary.kind(entity.kind)?.fields ?? []
        var members: [(String, Value)] = [
            ("handle", .string(handle(entity))), ("id", .string(entity.id.raw)), ("kind", .string(entity.kind)),
            ("present", .bool(entity.isPresent)),
            ("fields", .object(rules.compactMap { rule in entity.shown(rule.name).map { (rule.name, $0) } })),
            ("sets", .object(rules.compactMap { sets(entity, $0) })),
            ("codings", .object(rules.compactMap { codings(entity, $0) })),
            ("conflicts", .array(try entity.conflicts(vocabulary).map { try conflict(handle(entity), entity.id, $0.key, $0.heads) })),
        ]
        let counts = try hiddenCounts(entity.id)
        let hidden = rules.compactMap { rule in counts[rule.name].map { (rule.name, Value.integer(Int64($0))) } }
        if !hidden.isEmpty { members.append(("hidden", .object(hidden))) }
        if let created = entity.created { members.append(("created", .object(stamp(created)))) }
        return .object(members)
    }

    /// What one field says: its value, its elements or every coder's, and its conflicts.
    func field(_ name: String, of entity: Entity) throws -> Value {
        let whole = try value(entity)
        var members: [(String, Value)] = [
            ("handle", .string(handle(entity))), ("id", .string(entity.id.raw)), ("field", .string(name)),
        ]
        for (part, key) in [("fields", "value"), ("sets", "elements"), ("codings", "codings"), ("hidden", "hidden")] {
            if let value = whole[part]?[name] { members.append((key, value)) }
        }
        let conflicts = (whole["conflicts"]?.array ?? []).filter { $0["field"] == .string(name) }
        return .object(members + [("conflicts", .array(conflicts))])
    }

    private func sets(_ entity: Entity, _ rule: FieldRule) -> (String, Value)? {
        let elements = entity.shownElements(rule.name, vocabulary)
        guard !elements.isEmpty else { return nil }
        return (
            rule.name,
            .array(
                elements.map {
                    .object([("value", $0.value), ("element", .string($0.id.raw)), ("by", .string($0.stamp.author.raw))])
                })
        )
    }

    private func codings(_ entity: Entity, _ rule: FieldRule) -> (String, Value)? {
        let codings = entity.codings(rule.name)
        guard !codings.isEmpty else { return nil }
        return (rule.name, .object(codings.map { ($0.author.raw, .array($0.heads.map(\.value))) }))
    }

    /// All sides of an open conflict.
    func conflict(_ conflict: Conflict) throws -> Value {
        try self.conflict(conflict.handle, conflict.item, Entity.CellKey(conflict.field, conflict.author), conflict.sides)
    }

    private func conflict(_ handle: String, _ id: ItemID, _ key: Entity.CellKey, _ heads: [Write]) throws -> Value {
        var members: [(String, Value)] = [
            ("handle", .string(handle)), ("id", .string(id.raw)), ("field", .string(key.field)),
            ("sides", .array(try heads.map(side))),
        ]
        if let author = key.author { members.append(("coder", .string(author.raw))) }
        return .object(members)
    }

    func side(_ head: Write) throws -> Value {
        let why = try reason(head.stamp).map { [("why", Value.string($0))] } ?? []
        let members: [(String, Value)] = [
            ("value", head.value), ("write", .string(head.stamp.id.raw)), ("base", .integer(head.stamp.base)),
        ]
        return .object(members + stamp(head.stamp) + why)
    }

    func stamp(_ stamp: Stamp) -> [(String, Value)] {
        let place: (String, Value) = stamp.isPending ? ("pending", .integer(stamp.n)) : ("seq", .integer(stamp.seq))
        return [place, ("by", .string(stamp.author.raw)), ("written", .string(stamp.written.description))]
    }
}
