import Annals
import AnnalsModel
import ArgumentParser

struct TagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Put free labels on an item, or take them off.",
        discussion: Help.text(
            "A label that is there already is not put twice. A label that someone adds while another removes it stays.",
            example: """
                annals tag e~2 peace-process washington
                annals tag e~2 washington --remove
                """))

    static let field = "tags"

    @Argument(help: "The item.") var handle: String?
    @Argument(help: "The labels.") var tags: [String] = []
    @Flag(help: "Take them off.") var remove = false
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        let tagged = desk.vocabulary.kinds.filter { $0.field(Self.field)?.merge == .set }
        let entity = try desk.find(handle, kinds: tagged.map(\.name), for: "tag")
        guard let kind = desk.vocabulary.kind(entity.kind), let field = kind.field(Self.field) else { throw desk.unknownKind(entity) }
        let path = "\(desk.name(entity.id)).\(field.name)"
        guard !tags.isEmpty else { throw CommandFailure.usage("a label is missing", at: path, do: "give one or more words") }
        let values = tags.map(Value.string)
        for value in values { try FieldWords.check(value, field, of: kind) }
        if remove {
            let elements = try SetCommand.elements(entity, field, values, path)
            try desk.record(record, about: path) { try $0.remove(elements, of: field, from: entity.id, kind.name) }
            return
        }
        var there = Set(entity.shownElements(field.name, desk.vocabulary).map(\.value))
        let new = values.filter { there.insert($0).inserted }
        guard !new.isEmpty else {
            desk.console.remark("\(path) has this already; nothing was recorded")
            return
        }
        try desk.record(record, about: path) { draft in
            for value in new { try draft.write(value, to: field, of: entity.id, kind.name) }
        }
    }
}
