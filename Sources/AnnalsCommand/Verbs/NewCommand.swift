import Annals
import AnnalsModel
import ArgumentParser

struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Record a new item of any kind.",
        discussion: Help.text(
            """
            The title fills the field that stands for the item in lists. Every field is a flag: --FIELD VALUE, or --FIELD.PART VALUE for a part \
            of one; fields that hold many values may be given more than once. Items are named by handle.

            \(fields(.current))
            """,
            example: """
                annals new event "Draft initialed" --when "[2025-08-07..2025-08-08]"
                annals new actor "Ilham Aliyev" --kind person --code AZE -m "named in d1"
                """))

    @Argument(help: "What kind of item: event, actor, note, …") var kind: String
    @Argument(help: "Its title, name or text.") var title: String?
    @OptionGroup var fields: FieldOptions
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        guard let kind = desk.vocabulary.kind(kind) else {
            let kinds = desk.vocabulary.kinds.map(\.name).joined(separator: ", ")
            throw CommandFailure.usage("there is no such kind", at: "annals new", do: "use one of \(kinds)")
        }
        guard !kind.namedByText else {
            throw CommandFailure.usage("\(kind.name.withArticle) is recorded from its file", at: "annals new", do: "use annals import FILE")
        }
        let assignments = try Self.assignments(kind, title, fields.assignments, desk)
        try desk.record(record) { _ = try $0.create(kind, assignments) }
    }

    /// The values of a new item: its title in the kind's label field, and the fields that were given.
    static func assignments(_ kind: KindRule, _ title: String?, _ words: [String], _ desk: Desk) throws -> [FieldWords.Assignment] {
        let fields = FieldWords(kind: kind, words: desk.words)
        let named = try title.map { "\(kind.label)=\($0)" }.map { try fields.read([$0]) } ?? []
        let others = try fields.read(words)
        if let label = named.first?.field, label.merge != .set, others.contains(where: { $0.field.name == label.name }) {
            throw CommandFailure.usage("\(kind.name).\(kind.label) is given twice", at: "--\(kind.label)", do: "give it once")
        }
        let all = named + others
        if let missing = kind.fields.first(where: { rule in rule.required && !all.contains { $0.field.name == rule.name } }) {
            throw CommandFailure.usage(
                "\(kind.name) needs \(missing.name)", at: "annals new \(kind.name)", do: "add --\(missing.name): \(missing.summary)")
        }
        return all
    }

    /// The kinds and their fields, for the help.
    static func fields(_ vocabulary: Vocabulary) -> String {
        vocabulary.kinds.filter { !$0.namedByText }
            .map { kind in "\(kind.name): " + kind.fields.map { "--\($0.name)" + ($0.required ? "*" : "") }.joined(separator: " ") }
            .joined(separator: "\n") + "\n(* needed)"
    }
}
