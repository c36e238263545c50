import Annals
import AnnalsModel

/// Puts plain words into a field of class set, or takes them out: labels, coders.
struct SetElements {
    let field: String
    /// What one word is called.
    let what: String
    let remove: Bool

    func run(_ handle: String?, _ values: [Value], verb: String, _ desk: Desk, _ record: RecordOptions) throws {
        let kinds = desk.vocabulary.kinds.filter { $0.field(field)?.merge == .set }
        let entity = try desk.find(handle, kinds: kinds.map(\.name), for: verb)
        guard let kind = desk.vocabulary.kind(entity.kind), let field = kind.field(field) else { throw desk.unknownKind(entity) }
        let path = "\(desk.name(entity.id)).\(field.name)"
        guard !values.isEmpty else { throw CommandFailure.usage("\(what) is missing", at: path, do: "give one or more words") }
        for value in values { try FieldWords.check(value, field, of: kind) }
        if remove {
            let elements = try SetCommand.elements(entity, field, values, path)
            try desk.record(record, about: path) { try $0.remove(elements, of: field, from: entity.id) }
            return
        }
        var there = Set(entity.shownElements(field.name, desk.vocabulary).map(\.value))
        let new = values.filter { there.insert($0).inserted }
        guard !new.isEmpty else {
            desk.console.remark("\(path) has this already; nothing was recorded")
            return
        }
        try desk.record(record, about: path) { draft in
            for value in new { try draft.write(value, to: field, of: entity.id) }
        }
    }
}
