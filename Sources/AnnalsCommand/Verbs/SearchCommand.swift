import Annals
import AnnalsModel
import ArgumentParser

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find items by the words in them.",
        discussion: Help.text(
            "All words must be there, in any form of accents and case. The text of documents is searched too.",
            example: """
                annals search peace agreement
                annals search Nakhchivan --kind document
                """))

    @Argument(help: "The words.") var words: [String] = []
    @Option(help: ArgumentHelp("Only this kind; may be given more than once.", valueName: "kind")) var kind: [String] = []
    @Option(help: ArgumentHelp("At most so many.", valueName: "count")) var limit = 20
    @OptionGroup var look: LookOptions
    @OptionGroup var place: PlaceOptions

    /// A snippet for people: without the marks around the words that were found.
    private static func text(_ snippet: String) -> String {
        DisplayText.safe(String(snippet.unicodeScalars.filter { $0 != "\u{2068}" && $0 != "\u{2069}" }.map(Character.init)))
    }

    func run() throws {
        let desk = try Desk(place, look)
        guard !words.isEmpty else { throw CommandFailure.usage("no words were given", at: "annals search", do: "give one or more") }
        guard limit > 0 else { throw CommandFailure.usage("this is no count", at: "--limit", do: "give 1 or more") }
        let kinds = try kind.flatMap { try ListCommand.kinds($0, desk.vocabulary) }.map(\.name)
        let hits = try desk.view.search(words.joined(separator: " "), kinds: kinds, limit: limit)
        if desk.isJSON {
            desk.console.lines(
                hits.map { hit in
                    let name = desk.name(hit.entity.id)
                    return JSONLine.text([
                        ("handle", .string(name)), ("id", .string(hit.entity.id.raw)), ("kind", .string(hit.entity.kind)),
                        ("snippet", .string(hit.snippet)),
                    ])
                })
        } else {
            let rows: [EntityText.Row] = hits.map { hit in
                [(desk.entityText.handle(hit.entity), .handle), (hit.entity.kind, .faint), (Self.text(hit.snippet), nil)]
            }
            desk.console.lines(Console.paint.table(rows, columns: Console.columns, clip: false))
        }
        guard !hits.isEmpty else {
            throw CommandFailure("nothing was found", at: desk.asOf, do: "try fewer words")
        }
        desk.sayAsOf()
    }
}
