import Annals
import AnnalsModel
import ArgumentParser
import EDTF

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "What changed between two points of the record.",
        discussion: Help.text(
            """
            Items that are new or gone, fields that say something else, conflicts that opened or closed; and what follows from it: instruments' \
            statuses, commitments' deadlines and states. A point is an entry (12, @12) or a time; the later one is now where it is left out.
            """,
            example: """
                annals diff 0
                annals diff 2025-08-09 2025-09-01 --json
                """))

    @Argument(help: "The earlier point.") var from: String
    @Argument(help: "The later point; now, with what waits for a server, where it is left out.") var to: String?
    @Option(help: ArgumentHelp("The day for which it is said where commitments stand; today where it is left out.", valueName: "date"))
    var on: String?
    @Flag(help: "Times are those of the authors' clocks, not of the server's receipt.") var byWritten = false
    @OptionGroup var blind: BlindOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place, blind)
        func point(_ word: String) throws -> Point { try Desk.point(word, byWritten: byWritten, at: "annals diff") }
        let (earlier, later) = (try point(from), try to.map(point))
        let differences = try desk.replica.differences(from: earlier, to: later, blindFor: desk.blindFor)
        let before = try desk.replica.view(asOf: earlier, blindFor: desk.blindFor)
        let after = try later.map { try desk.replica.view(asOf: $0, blindFor: desk.blindFor) } ?? desk.view
        let text = DifferenceText(desk: desk.looking(at: after))
        let derived = try text.derived(before, after, on: DueCommand.day(on))
        if desk.isJSON {
            desk.console.lines((differences.map(text.json) + derived.map(text.json)).map { JSONLine.text($0) })
            return
        }
        desk.console.lines(Console.paint.table(differences.flatMap(text.rows), columns: Console.columns, clip: false))
        if !derived.isEmpty {
            desk.console.line(Console.paint("and so", .strong))
            desk.console.lines(Console.paint.table(derived.map(text.row), columns: Console.columns, clip: false, indent: 2))
        }
        // By authors' clocks a point is no entry.
        func name(_ point: Point, _ word: String) throws -> String { byWritten ? word : "entry \(try desk.replica.seq(of: point))" }
        let end = try later.map { try name($0, to ?? "") } ?? "now"
        desk.console.remark((differences.isEmpty ? "nothing changed " : "") + "from \(try name(earlier, from)) to \(end)")
    }
}
