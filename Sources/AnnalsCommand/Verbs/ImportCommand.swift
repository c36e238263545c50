import Annals
import AnnalsModel
import AnnalsWire
import ArgumentParser

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Record a document from its text file, annotations from another program, or items of any kind.",
        discussion: Help.text(
            """
            The text is kept as it stands and must be UTF-8. The same text twice is one document, wherever it was imported. --annotations takes \
            JSON Lines with document (a handle or id; this file where it is left out), start and end in Unicode code points, and where wanted \
            exact, note and event (a handle, or the title of a new one). --items takes an item file, as annals export --items writes it: items whose \
            key is here already get what the file says otherwise. One bad line refuses all of them.
            """,
            example: """
                annals import azernews.txt --publisher AzerNews --published 2025-08-09
                annals import --annotations spans.jsonl -m "from the span tagger"
                annals import --items desk.items.jsonl -m "coded by hand"
                """))

    @Argument(help: ArgumentHelp("The text; - for standard input.", valueName: "file")) var file: String?
    @Option(help: ArgumentHelp("The outlet: its name, or a handle.", valueName: "name")) var publisher: String?
    @Option(help: ArgumentHelp("Date of publication, in EDTF.", valueName: "date")) var published: String?
    @Option(help: ArgumentHelp("The headline; the file's name where it is left out.", valueName: "text")) var title: String?
    @Option(help: ArgumentHelp("BCP 47 tag of the text's language.", valueName: "tag")) var language: String?
    @Option(help: ArgumentHelp("Where it was found.", valueName: "uri")) var uri: String?
    @Option(help: ArgumentHelp("The document that this is a newer version of.", valueName: "handle")) var revises: String?
    @Option(help: ArgumentHelp("JSON Lines of annotations.", valueName: "file")) var annotations: String?
    @Option(help: ArgumentHelp("An item file; - for standard input.", valueName: "file")) var items: String?
    @Flag(help: "Of an item file's judgments take only your own: those of others nobody records for them.") var ownJudgments = false
    @OptionGroup var fields: FieldOptions
    @OptionGroup var record: RecordOptions
    @OptionGroup var progress: ProgressOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        guard file != nil || annotations != nil || items != nil else {
            throw CommandFailure.usage("no file was given", at: "annals import", do: "name a text file, --annotations FILE or --items FILE")
        }
        let desk = try Desk(place)
        if let items {
            guard file == nil, annotations == nil else {
                throw CommandFailure.usage(
                    "an item file goes by itself", at: "--items", do: "import the other file with a command of its own")
            }
            return try ItemsImport(items, ownJudgments: ownJudgments, desk).record(record, progress)
        }
        let shown = Progress(desk.console, asked: progress.progress)
        defer { shown.end() }
        shown.say("reading")
        let text = try file.map { try InputFile.text($0) }
        let spans = try annotations.map { try AnnotationImport($0, imported: text, desk) }
        shown.say("recording")
        if let text { try recordDocument(text, desk) }
        if let spans { try spans.record(desk, record) }
    }

    private func recordDocument(_ text: String, _ desk: Desk) throws {
        guard let kind = desk.vocabulary.kind("document") else { return }
        let id = ItemID(document: sha256(text))
        let known = try desk.view.entity(id).flatMap { $0.created == nil ? nil : $0 }
        let assignments = try FieldWords(kind: kind, words: desk.words).read(words(isNew: known == nil))
        guard let known else {
            try desk.record(record) { draft in
                _ = try draft.create(kind, [FieldWords.Assignment(field: kind.fields[1], value: .string(text))] + assignments)
            }
            if revises != nil, !record.dryRun { try sayAnchors(id, desk.refreshed()) }
            return
        }
        let name = desk.name(id)
        let changed = assignments.filter { $0.field.merge != .immutable && known.shown($0.field.name) != $0.value }
        desk.console.remark(
            "this text is \(name) already" + (changed.isEmpty ? "; nothing was recorded" : "; only what differs is recorded"))
        guard !changed.isEmpty else {
            if desk.isJSON { desk.console.line(JSONLine.text([("handle", .string(name)), ("id", .string(id.raw)), ("made", [])])) }
            return
        }
        try desk.record(record, about: name) { draft in
            for assignment in changed { try draft.write(assignment.value, to: assignment.field, of: id) }
        }
    }

    /// What became of the quotes of the older version, and how to look at them.
    private func sayAnchors(_ document: ItemID, _ desk: Desk) throws {
        let anchors = try desk.view.anchors(in: document)
        if anchors.isEmpty { return }
        desk.console.remark("\(AnchorsCommand.summary(anchors)). Look: annals anchors \(desk.name(document))")
    }

    /// The flags as field words; a new document without a title has its file's name.
    private func words(isNew: Bool) -> [String] {
        let fallback = isNew && file != "-" ? file?.split(separator: "/").last.map(String.init) : nil
        let named = [
            ("title", title ?? fallback), ("source", publisher), ("published", published), ("language", language), ("uri", uri),
            ("previous", revises),
        ]
        return named.compactMap { name, value in value.map { "\(name)=\($0)" } } + fields.assignments
    }
}
