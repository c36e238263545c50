import Annals
import AnnalsModel
import ArgumentParser

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "List the changes, the latest first: of everything or of one item.",
        discussion: Help.text(
            "Changes that wait for a server come first. Times are those of the server's receipt, and of writing for what waits.",
            example: """
                annals log --limit 5
                annals log e~2 --json
                """))

    @Argument(help: "Only changes of this item.") var handle: String?
    @Option(help: ArgumentHelp("Only changes by this user.", valueName: "name")) var by: String?
    @Option(help: ArgumentHelp("The latest so many.", valueName: "count")) var limit: Int?
    @OptionGroup var look: LookOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place, look)
        if let limit, limit < 1 { throw CommandFailure.usage("this is no count", at: "--limit", do: "give 1 or more") }
        let item = try handle.map { try desk.find($0).id }
        let point = try look.point()
        let steps = try desk.replica.latest(limit ?? .max, of: item, through: point) { step in
            by.map { sameBytes(step.author.raw, $0) } ?? true
        }
        let shown = try steps.reversed().map(desk.view.covering)
        if desk.isJSON {
            desk.console.lines(shown.map { JSONLine.text(desk.stepJSON($0)) })
            return
        }
        let rows = shown.map { step -> EntityText.Row in
            let time = (step.received ?? step.change?.at).map(LocalClock.text) ?? ""
            let act = step.change.map(desk.changeText.summary) ?? "a change was refused (\(step.refusal?.code ?? ""))"
            let why = step.change?.why.map { "  — " + DisplayText.safe($0) } ?? ""
            return [(step.handle, step.seq == nil ? .pending : .handle), (time, .faint), (step.author.raw, nil), (act + why, nil)]
        }
        desk.console.lines(Console.paint.table(rows, columns: Console.columns, clip: Console.isTerminalOut))
        desk.sayAsOf()
    }
}
