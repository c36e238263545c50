public import AnnalsModel

extension View {
    /// How far coders agree on a variable: a field of class per coder, or a part of it.
    ///
    ///     let agreement = try view.agreement(on: "coding.type", of: "event")
    ///
    /// Lists count as what is in them, whatever their order; whether a coding is submitted is no part of the judgment. A coder whose own machines disagree has not decided and counts as missing; so does
    /// one who coded two items that are said to be the same, and not alike. Doubles are one item.
    ///
    /// - Parameters:
    ///   - coders: only these; all who coded where it is nil.
    ///   - filters: which items count.
    ///   - submittedOnly: whether a coding counts only once it is submitted, in a field that says so.
    /// - Throws: ``AnnalsError`` `usage` where the kind has no such variable.
    public func agreement(
        on variable: String, of kind: String, coders: Set<Name>? = nil, where filters: [Filter] = [], submittedOnly: Bool = false
    ) throws -> Agreement {
        guard let rule = vocabulary.kind(kind) else { throw AnnalsError.unknownKind(kind, vocabulary) }
        let path = FieldPath(variable)
        let judged = rule.fields.filter { $0.merge == .perCoder }
        guard let field = judged.first(where: { sameBytes($0.name, path.field) }) else {
            let names = judged.map(\.name).joined(separator: ", ")
            throw AnnalsError(
                .usage, "coders say nothing of \(kind).\(path.field) for themselves",
                wayOut: names.isEmpty ? "A \(kind) has no such field." : "Fields of class per coder: \(names).")
        }
        if let part = path.part {
            let isState = field.hasState && sameBytes(part, Entity.stateField)
            guard case .object(let parts) = field.type, !isState, parts.contains(where: { sameBytes($0.name, part) }) else {
                let what = isState ? "how far a coding is judges nothing" : "\(kind).\(field.name) has no part of that name"
                throw AnnalsError(.usage, what, wayOut: "Name the field alone, or another of its parts.")
            }
        }
        var drafts = 0
        let units = try distinct(kind, where: filters, doubles()).map { entity in
            entity.codings(field.name).reduce(into: [Name: Value]()) { unit, coding in
                let isDraft = !entity.hasHandedIn(field, by: coding.author)
                guard coders?.contains(coding.author) ?? true, !submittedOnly || !isDraft else { return }
                // What was taken back on one machine and said on another is no decision.
                let heads = entity.cells[Entity.CellKey(field.name, coding.author)]?.heads ?? []
                let said = Set(heads.map { field.hasState ? $0.value.withoutState : $0.value })
                guard said.count == 1, let own = said.first, let value = path.part.map({ own[$0] }) ?? own else { return }
                unit[coding.author] = Self.unordered(value)
                if isDraft { drafts += 1 }
            }
        }
        return Agreement(units, drafts: drafts)
    }

    /// Lists, at any depth, in the order of their elements' bytes, each once.
    private static func unordered(_ value: Value) -> Value {
        switch value {
        case .array(let values):
            let sorted = Set(values.map(unordered)).map { (value: $0, bytes: $0.canonicalBytes) }
            return .array(sorted.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }.map(\.value))
        case .members(let members):
            return .object(members.map { ($0.key, unordered($0.value)) })
        default:
            return value
        }
    }
}
