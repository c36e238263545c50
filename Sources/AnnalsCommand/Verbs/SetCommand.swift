import Annals
import AnnalsModel
import ArgumentParser

struct SetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Write a field of an item, or add a value to one that holds many.",
        discussion: Help.text(
            """
            Parts of a value are written part=value. A field in conflict takes no plain value: annals resolve settles it. --clear says that \
            nothing is known; --remove takes a value out of a field that holds many.
            """,
            example: """
                annals set e~2.when 2025-08-08 basis=stated -m "the communiqué names the day"
                annals set e~2.place Washington
                """))

    @Argument(help: ArgumentHelp("The item and its field: e40.when", valueName: "handle.field")) var target: String?
    @Argument(help: "The value, or part=value for each part.") var words: [String] = []
    @Flag(help: "Say that nothing is known.") var clear = false
    @Flag(help: "Take the value out of a field that holds many.") var remove = false
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        let (entity, kind, field) = try desk.field(target, for: "set")
        let path = "\(desk.name(entity.id)).\(field.name)"
        let many = field.merge == .set || field.merge == .append
        if field.merge == .immutable {
            throw CommandFailure(
                "\(kind.name).\(field.name) is said once, at creation", at: path, do: "retract the item and record it anew")
        }
        if clear {
            guard words.isEmpty, !many, !remove else {
                throw CommandFailure.usage("--clear takes no value", at: path, do: many ? "use --remove VALUE" : "leave the value out")
            }
            try desk.record(record, about: path) { try $0.write(.null, to: field, of: entity.id) }
            return
        }
        if remove, !many {
            throw CommandFailure.usage("\(path) holds one value", at: path, do: "use --clear")
        }
        let value = try FieldWords(kind: kind, words: desk.words).value(of: field, from: words)
        if remove {
            let elements = try Self.elements(entity, field, [value], path)
            try desk.record(record, about: path) { try $0.remove(elements, of: field, from: entity.id) }
        } else {
            try desk.record(record, about: path) { try $0.write(value, to: field, of: entity.id) }
        }
    }

    /// The elements that hold these values, all of which must be there.
    static func elements(_ entity: Entity, _ field: FieldRule, _ values: [Value], _ path: String) throws -> [ItemID] {
        let all = entity.elements[field.name] ?? []
        guard values.allSatisfy({ value in all.contains { $0.value == value } }) else {
            throw CommandFailure("\(field.name) has no such value", at: path, do: "see annals show; nothing was recorded")
        }
        return all.filter { values.contains($0.value) }.map(\.id)
    }
}
