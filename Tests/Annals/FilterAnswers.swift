import AnnalsModel

@testable import Annals

/// What a view finds by every value that any of its items says, shown or not.
func filterAnswers(_ view: View) throws -> [String] {
    var lines: [String] = []
    for kind in view.vocabulary.kinds {
        let all = try view.entities(kind: kind.name, retracted: true)
        for field in kind.fields {
            let values = Set(
                all.flatMap { entity in
                    entity.cells.filter { sameBytes($0.key.field, field.name) }.values.flatMap(\.heads).map(\.value)
                        + (entity.elements[field.name] ?? []).map(\.value) + [entity.immutable[field.name]].compactMap(\.self)
                })
            for value in values {
                var filters: [Filter] = [
                    .equals(field.name, value), .has(field.name), .not(.has(field.name)),
                    .any(.equals(field.name, value), .not(.has(field.name))),
                ]
                for member in value.object ?? [] { filters.append(.equals("\(field.name).\(member.key)", member.value)) }
                for text in [value] + (value.object ?? []).map(\.value) {
                    guard let text = text.string else { continue }
                    filters.append(.overlaps(field.name, from: text, to: nil))
                    filters.append(.overlaps(field.name, from: nil, to: text))
                    if let id = ItemID(text) { filters.append(.names(id)) }
                }
                for filter in filters {
                    lines.append("\(kind.name) \(filter.node): \(try view.entities(kind: kind.name, where: filter).map(\.id))")
                }
            }
        }
    }
    return lines.sorted()
}
