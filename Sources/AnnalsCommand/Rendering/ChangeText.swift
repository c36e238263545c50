import AnnalsModel

/// A change in words: what its author did to which item.
struct ChangeText {
    let vocabulary: Vocabulary
    let values: ValueText

    /// One sentence for each operation: `created event e40 "Draft agreement initialed": when 2025-08-08`.
    func lines(_ change: Change) -> [String] {
        change.operations.indices.map { line(change, $0 + 1) }
    }

    /// The first operation, and how many more there are: for a list.
    func summary(_ change: Change) -> String {
        guard !change.operations.isEmpty else { return "nothing" }
        let more = change.operations.count - 1
        return line(change, 1) + (more == 0 ? "" : "  (+\(more) more)")
    }

    private func line(_ change: Change, _ number: Int) -> String {
        let operation = change.operations[number - 1]
        let id = change.entity(ofOperation: number)
        let item = values.name(id)
        func text(_ value: Value, _ field: String) -> String {
            said(value, vocabulary.field(field, of: operation.kind)?.type)
        }
        switch operation.action {
        case .create(_, let fields):
            return "created \(operation.kind) \(item)" + created(fields, operation.kind)
        case .set(_, let field, let value):
            return value.isNull ? "cleared \(item).\(field)" : "set \(item).\(field) to \(text(value, field))"
        case .code(_, let field, let value):
            let name = field == "coding" ? item : "\(item).\(field)"
            return value.isNull ? "took back the coding of \(name)" : "coded \(name) as \(text(value, field))"
        case .add(_, let field, let value), .append(_, let field, let value):
            return "added \(text(value, field)) to \(item).\(field)"
        case .remove(_, let field, let elements), .retractElements(_, let field, let elements):
            return "removed \(elements.count == 1 ? "an element" : "\(elements.count) elements") from \(item).\(field)"
        case .retract:
            return "retracted \(item)"
        case .restore:
            return "restored \(item)"
        case .resolve(_, let field, let value, let closes):
            return "settled \(item).\(field) as \(text(value, field)), closing \(closes.count) values"
        }
    }

    private func created(_ fields: [Value.Member], _ kind: String) -> String {
        let rule = vocabulary.kind(kind)
        var label = ""
        var others: [String] = []
        for member in fields {
            let type = rule?.field(member.key)?.type
            if sameBytes(member.key, rule?.label ?? "") {
                label = " “\(short(values.main(member.value, type)))”"
            } else if rule?.namedByText == true, let text = member.value.string, sameBytes(member.key, "text") {
                others.append("text of \(text.unicodeScalars.count) characters")
            } else {
                others.append("\(member.key) \(said(member.value, type))")
            }
        }
        return label + (others.isEmpty ? "" : ": " + others.joined(separator: "; "))
    }

    /// A value in a sentence: words of a person in quotes.
    private func said(_ value: Value, _ type: ValueType?) -> String {
        let text = short(values.text(value, type))
        return switch type {
        case .text, .line: "“\(text)”"
        default: text
        }
    }

    /// Never more than a line of it.
    private func short(_ text: String) -> String { DisplayText.clipped(DisplayText.safe(text), to: 120) }
}
