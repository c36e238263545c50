import AnnalsModel

/// The vocabulary as `Protocol/VOCABULARY.md` spells it: one heading for each kind, one row for each field.
enum VocabularyText {
    static func lines(_ vocabulary: Vocabulary) -> [String] {
        vocabulary.kinds.flatMap { kind in ["## " + heading(kind)] + notes(kind) + kind.fields.map(row) }
    }

    private static func heading(_ kind: KindRule) -> String { "\(kind.name) (`\(kind.letter)`)" }

    private static func notes(_ kind: KindRule) -> [String] {
        var rules = [kind.summary.prefix(1).uppercased() + kind.summary.dropFirst() + "."]
        if kind.role > .analyst { rules.append("Only a \(kind.role.rawValue) creates, retracts or restores it.") }
        if kind.retractors == .owner { rules.append("Only its owner retracts or restores it.") }
        if kind.namedByText { rules.append("Its id is `sha256:` and the SHA-256 of its text.") }
        return [rules.joined(separator: " ")]
    }

    private static func row(_ field: FieldRule) -> String {
        let reserved = field.reserved.map { "`\($0)`" }.joined(separator: " ")
        let writer =
            field.writers == .owner
            ? "owner" : field.role > .analyst ? field.role.rawValue : reserved.isEmpty ? "" : "curator for \(reserved)"
        let name = "`\(field.name)`" + (field.required ? "*" : "")
        return "| \(name) | \(field.merge.rawValue) | \(spelling(field.type)) | \(writer) | \(field.summary) |"
    }

    private static func spelling(_ type: ValueType) -> String {
        switch type {
        case .text: "text"
        case .line: "line"
        case .token: "token"
        case .date: "date"
        case .choice(Codebooks.ploverTypes): "PLOVER type"
        case .choice(Codebooks.cameoCodes): "CAMEO code"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: " ")
        case .integer(0...Vocabulary.maximumInteger): "count"
        case .integer(let range): "integer \(range.lowerBound) to \(range.upperBound)"
        case .decimal: "decimal"
        case .duration: "duration"
        case .item(let kinds): kinds.isEmpty ? "item" : "item (\(kinds.joined(separator: ", ")))"
        case .itemOrText(let kinds): "item or text (\(kinds.joined(separator: ", ")))"
        case .list(let element): "list of " + spelling(element)
        case .object(let parts):
            "{ " + parts.map { "`\($0.name)`\($0.required ? "*" : ""): \(spelling($0.type))" }.joined(separator: "; ") + " }"
        }
    }
}
