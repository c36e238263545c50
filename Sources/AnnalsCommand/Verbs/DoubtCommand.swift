import Annals
import AnnalsModel
import ArgumentParser

struct DoubtCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doubt", abstract: "Say how far an item can be believed: your own judgment beside those of others.",
        discussion: Help.text(
            """
            Credibility is that of the Admiralty system, 1 confirmed by others to 5 improbable, 6 cannot be judged; likelihood and confidence are those \
            of ICD 203: \(Codebooks.likelihoods.joined(separator: " ")); \(Codebooks.confidences.joined(separator: " ")).
            """,
            example: """
                annals doubt e~2 --credibility 3 -m "the article names no persons"
                annals doubt e~2 --likelihood likely --confidence low
                """))

    @Argument(help: "The item.") var handle: String?
    @Option(help: ArgumentHelp("1 to 6.", valueName: "number")) var credibility: String?
    @Option(help: ArgumentHelp("How likely it is.", valueName: "band")) var likelihood: String?
    @Option(help: ArgumentHelp("How much the judgment rests on.", valueName: "level")) var confidence: String?
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        let entity = try desk.find(handle, kinds: [], for: "doubt")
        guard let kind = desk.vocabulary.kind("assessment") else { throw desk.unknownKind(entity) }
        let given = [("credibility", credibility), ("likelihood", likelihood), ("confidence", confidence)]
        let words = given.compactMap { name, word in word.map { "\(name)=\($0)" } }
        guard !words.isEmpty else {
            throw CommandFailure.usage("a judgment is missing", at: "annals doubt", do: "give --credibility, --likelihood or --confidence")
        }
        let judgments = try FieldWords(kind: kind, words: desk.words).read(words)
        // All who judge an item do it in one place.
        let there = try desk.view.entities(kind: kind.name, where: .equals("target", .string(entity.id.raw)), limit: 1).first
        try desk.record(record, about: there.map { desk.name($0.id) }) { draft in
            let id = try there?.id ?? draft.create(kind.name, fields: [("target", .string(entity.id.raw))])
            for judgment in judgments { try draft.write(judgment.value, to: judgment.field, of: id) }
        }
    }
}
