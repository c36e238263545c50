internal import AnnalsModel

/// The texts of an entity: what full text search finds it by, and what stands for it in a list.
struct EntityTexts {
    let entity: Entity
    let vocabulary: Vocabulary

    /// Labels are cut, for a document's or note's text may be long.
    static let labelLengthMax = 120

    /// Everything of type text or line that shows, all sides of a conflict included.
    var searchBody: String {
        guard entity.created != nil, let kind = vocabulary.kind(entity.kind) else { return "" }
        var texts: [String] = []
        for field in kind.fields {
            switch field.merge {
            case .immutable:
                collect(entity.immutable[field.name], field.type, into: &texts)
            case .latest:
                collect(entity.shown(field.name), field.type, into: &texts)
            case .contested:
                for head in entity.cells[Entity.CellKey(field.name)]?.heads ?? [] {
                    collect(head.value, field.type, into: &texts)
                }
            case .perCoder:
                for coding in entity.codings(field.name) {
                    for head in coding.heads { collect(head.value, field.type, into: &texts) }
                }
            case .set, .append:
                for element in entity.shownElements(field.name, vocabulary) {
                    collect(element.value, field.type, into: &texts)
                }
            }
        }
        return texts.joined(separator: "\n")
    }

    private func collect(_ value: Value?, _ type: ValueType, into texts: inout [String]) {
        switch (type, value) {
        case (.text, .string(let text)), (.line, .string(let text)):
            texts.append(text)
        case (.itemOrText, let value?):
            if let text = value["text"]?.string { texts.append(text) }
        case (.list(let element), .array(let values)):
            for value in values { collect(value, element, into: &texts) }
        case (.object(let parts), let value?):
            for part in parts where part.isSearched { collect(value[part.name], part.type, into: &texts) }
        default: break
        }
    }

    /// What stands for the entity in a list: the kind's label field, its first element or first text.
    var label: String? {
        guard let kind = vocabulary.kind(entity.kind), let field = kind.field(kind.label) else { return nil }
        var texts: [String] = []
        switch field.merge {
        case .set, .append:
            collect(entity.shownElements(field.name, vocabulary).first?.value, field.type, into: &texts)
        default:
            collect(entity.shown(field.name), field.type, into: &texts)
        }
        return texts.first { !$0.isEmpty }.map { String($0.prefix(Self.labelLengthMax)) }
    }
}
