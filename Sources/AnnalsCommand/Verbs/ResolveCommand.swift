import Annals
import AnnalsModel
import ArgumentParser

struct ResolveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Settle a conflict, by a side of it or a value of your own.",
        discussion: Help.text(
            """
            It closes the sides that you see, and no others: what arrives meanwhile is another conflict. HANDLE.existence settles whether the \
            item is present or retracted.
            """,
            example: #"annals resolve e40.when --take aliya -m "the communiqué says so""#))

    @Argument(help: ArgumentHelp("The field: e40.when", valueName: "handle.field")) var target: String?
    @Option(help: ArgumentHelp("The side that this user wrote, or that this change holds.", valueName: "name|@change")) var take: String?
    @Option(help: ArgumentHelp("Another value; part=value may be given more than once.", valueName: "value")) var value: [String] = []
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        let (entity, name) = try conflicting(desk)
        let path = "\(desk.name(entity.id)).\(name)"
        let conflicts = desk.view.conflicts(of: entity).filter { sameBytes($0.field, name) }
        let mine = conflicts.first { $0.author == nil || $0.author == desk.replica.user }
        guard let conflict = mine else {
            if let coder = conflicts.first?.author {
                throw CommandFailure(
                    "only \(coder) settles what \(coder) said differently", at: path, do: "ask them; your own coding is annals code")
            }
            throw CommandFailure("\(path) is not in conflict", at: desk.asOf, do: "see annals conflicts; annals set writes it")
        }
        guard (take == nil) != value.isEmpty else {
            let sides = try desk.entityText.sides(conflict, desk.vocabulary.field(name, of: entity.kind)?.type)
            if take == nil { sides.forEach { desk.console.error($0.map(\.text).joined(separator: "  ")) } }
            throw CommandFailure.usage("a conflict is settled by a side or a value", at: path, do: "give --take WHO or --value VALUE")
        }
        let settled = try take.map { try SideWords.side($0, of: conflict.sides, at: path).value } ?? own(name, of: entity, desk)
        try desk.record(record, about: path) { try $0.resolve(entity, name, settled) }
    }

    private func own(_ name: String, of entity: Entity, _ desk: Desk) throws -> Value {
        if sameBytes(name, Entity.existenceField) { return .string(value.joined()) }
        guard let kind = desk.vocabulary.kind(entity.kind), let field = kind.field(name) else { throw desk.unknownKind(entity) }
        return try FieldWords(kind: kind, words: desk.words).value(of: field, from: value)
    }

    /// The field that is named, or the only one of the item that is in conflict.
    private func conflicting(_ desk: Desk) throws -> (Entity, String) {
        let (entity, name) = try desk.target(target, for: "resolve")
        if let name { return (entity, name) }
        let fields = entity.conflicts(desk.vocabulary).map(\.key.field)
        if fields.count == 1 { return (entity, fields[0]) }
        let handle = desk.name(entity.id)
        throw CommandFailure.usage(
            "a field is missing", at: handle,
            do: fields.isEmpty
                ? "\(handle) has no conflict; see annals conflicts"
                : "name one of \(fields.map { "\(handle).\($0)" }.joined(separator: ", "))")
    }
}
