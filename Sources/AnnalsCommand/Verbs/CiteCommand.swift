import Annals
import AnnalsModel
import ArgumentParser

struct CiteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cite", abstract: "Quote a passage of a document, as evidence for an item.",
        discussion: Help.text(
            """
            Quoting forgives dashes, quotation marks, spaces and case, and A...B takes all between; what is kept is the text as it stands. The \
            passage can be evidence for an item that is there (--of e40, --of e40.when) and for a new one (--new KIND "title", whose fields are \
            flags as in annals new).
            """,
            example: """
                annals cite d~1 "the draft Agreement...both countries" \\
                  --new event "Draft initialed" --when "[2025-08-07..2025-08-08]"
                annals cite d~1 "initialed by the foreign ministers" --of e~2.occurrence \\
                  --stance supports --speaker "Foreign Ministry"
                """))

    @Argument(help: "The document.") var document: String?
    @Argument(help: "The passage, in quotes.") var quote: String?
    @Option(help: ArgumentHelp("Which of several places that match, from 1.", valueName: "number")) var nth: Int?
    @Option(help: ArgumentHelp("A new item, as --new event \"title\".", valueName: "kind")) var new: String?
    @Option(help: .hidden) var titled: String?
    @Option(
        name: [.customLong("of"), .customLong("about")],
        help: ArgumentHelp("What it is evidence for; may be given more than once.", valueName: "handle[.field]"))
    var about: [String] = []
    @Option(help: ArgumentHelp("supports or contradicts.", valueName: "stance")) var stance = "supports"
    @Option(help: ArgumentHelp("Who says so: an actor's handle, or a name as reported.", valueName: "name")) var speaker: String?
    @Option(help: ArgumentHelp("What the passage says about the field.", valueName: "text")) var value: String?
    @OptionGroup var fields: FieldOptions
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        let entity = try desk.find(document, kinds: ["document"], for: "cite")
        let passage = try passage(of: entity, desk)
        guard let citation = desk.vocabulary.kind("citation"), let field = citation.field("about") else { throw desk.unknownKind(entity) }
        if new == nil, !fields.assignments.isEmpty || titled != nil {
            throw CommandFailure.usage("fields belong to a new item", at: "annals cite", do: "add --new KIND \"title\"")
        }
        let made = try new.map { name -> (KindRule, [FieldWords.Assignment]) in
            guard let kind = desk.vocabulary.kind(name) else {
                throw CommandFailure.usage(
                    "there is no such kind", at: "--new", do: "use one of \(desk.vocabulary.kinds.map(\.name).joined(separator: ", "))")
            }
            return (kind, try NewCommand.assignments(kind, titled, fields.assignments, desk))
        }
        let targets = try about.map { try desk.target($0, for: "cite") }
        for target in targets {
            if let name = target.field, desk.vocabulary.field(name, of: target.entity.kind) == nil {
                throw CommandFailure.usage(
                    "\(target.entity.kind) has no field \(name)", at: "--of", do: "see annals show \(desk.name(target.entity.id))")
            }
        }
        let words = FieldWords(kind: citation, words: desk.words)
        try desk.record(record) { draft in
            let id = try draft.create(citation.name, fields: Self.fields(passage, of: entity.id))
            var evidence = targets.map { ($0.entity.id, $0.field) }
            if let (kind, assignments) = made { evidence.append((try draft.create(kind, assignments), nil)) }
            for (item, name) in evidence {
                try draft.write(try about(item, name, field, words), to: field, of: id)
            }
        }
    }

    /// One thing that the passage is evidence for.
    private func about(_ item: ItemID, _ name: String?, _ field: FieldRule, _ words: FieldWords) throws -> Value {
        // Not by way of words: the item may be new, and has no handle yet.
        let parts = [("stance", stance), ("speaker", speaker), ("value", value), ("field", name)]
        let said = try parts.reduce(Value.object([("item", .string(item.raw))])) { object, part in
            guard let text = part.1 else { return object }
            return try words.words.adding(text, to: object, field.type, [part.0], at: "citation.about")
        }
        try FieldWords.check(said, field, of: words.kind)
        return said
    }

    /// The one passage that is meant; where several match, a person is asked or told how to say which.
    private func passage(of document: Entity, _ desk: Desk) throws -> Passage {
        let name = desk.name(document.id)
        guard let quote, !quote.isEmpty else {
            throw CommandFailure.usage("the passage is missing", at: name, do: "quote it behind the document, or its ends as \"A...B\"")
        }
        guard let text = document.shown("text")?.string else {
            throw CommandFailure("the document's text is not here", at: name, do: "run annals sync")
        }
        let passages = QuoteMatcher(text: text).passages(matching: quote)
        guard !passages.isEmpty else {
            throw CommandFailure(
                "the passage does not stand in the document", at: name,
                do: "see annals show \(name).text, and quote fewer words or \"A...B\"")
        }
        if let nth {
            guard (1...passages.count).contains(nth) else {
                throw CommandFailure(
                    "\(passages.count) passage\(passages.count == 1 ? " matches" : "s match")", at: name,
                    do: "give --nth 1 to \(passages.count)")
            }
            return passages[nth - 1]
        }
        if passages.count == 1 { return passages[0] }
        let choices = passages.enumerated().map { Picker.Choice(handle: "--nth \($0 + 1)", text: Self.context($1)) }
        if Console.isInteractive {
            let chosen = Picker.ask(choices, desk.console)
            if let chosen, let index = choices.firstIndex(of: chosen) { return passages[index] }
        } else {
            desk.console.lines([])
            for choice in choices.prefix(Picker.shownMax) { desk.console.error("\(choice.handle)  \(choice.text)") }
        }
        throw CommandFailure("\(passages.count) passages match", at: name, do: "say which with --nth, or quote more")
    }

    /// A passage with what stands around it.
    private static func context(_ passage: Passage) -> String {
        let quote = passage.quote
        let exact = DisplayText.width(quote.exact) > 80 ? DisplayText.clipped(quote.exact, to: 80) : quote.exact
        return DisplayText.safe("…\(quote.prefix)[\(exact)]\(quote.suffix)…")
    }

    /// The fields of a citation of this passage.
    static func fields(_ passage: Passage, of document: ItemID) -> [(String, Value)] {
        let quote = passage.quote
        return [
            ("document", .string(document.raw)),
            ("quote", ["exact": .string(quote.exact), "prefix": .string(quote.prefix), "suffix": .string(quote.suffix)]),
            (
                "position",
                ["start": .integer(Int64(passage.position.start)), "end": .integer(Int64(passage.position.end))]
            ),
        ]
    }
}
