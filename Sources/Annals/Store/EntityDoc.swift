internal import AnnalsModel
internal import AnnalsWire

/// What of an entity has no column of its own, as JSON for people who query the file: sets, codings, lists, unknown fields.
///
/// A set or append field is a list of {id, by, value}, a field of class per coder an object by author, any other its value.
enum EntityDoc {
    static func json(_ entity: Entity, _ table: KindTable, _ vocabulary: Vocabulary) -> String? {
        var members: [(String, Value)] = []
        for (field, _) in entity.elements {
            let shown = entity.shownElements(field, vocabulary).map { element in
                Value.object([
                    ("id", .string(element.id.raw)), ("by", .string(element.stamp.author.raw)), ("value", element.value),
                ])
            }
            members.append((field, .array(shown)))
        }
        for field in Set(entity.cells.keys.filter { $0.author != nil }.map(\.field)) {
            let codings = entity.codings(field).compactMap { coding in
                coding.heads.max { ($0.stamp.seq, $0.stamp.index) < ($1.stamp.seq, $1.stamp.index) }
                    .map { (coding.author.raw, $0.value) }
            }
            if !codings.isEmpty { members.append((field, .object(codings))) }
        }
        let plain = Set(entity.immutable.keys).union(entity.cells.keys.filter { $0.author == nil }.map(\.field))
        for field in plain where !isInColumns(field, table) {
            if let value = entity.shown(field) { members.append((field, value)) }
        }
        if members.isEmpty { return nil }
        return String(decoding: Value.object(members).canonicalBytes, as: UTF8.self)
    }

    /// Whether the table's columns hold all of a field's value.
    private static func isInColumns(_ field: String, _ table: KindTable) -> Bool {
        switch table.kind?.field(field)?.type {
        case nil, .list: false
        case .object(let parts): parts.allSatisfy { table.column(field, $0.name) != nil }
        default: true
        }
    }
}
