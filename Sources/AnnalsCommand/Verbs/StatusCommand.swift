import Annals
import AnnalsModel
import ArgumentParser

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "What waits, what was refused, what needs a person; or what one change waits for.",
        discussion: Help.text(
            "A change is queued, then sent, then accepted (the server has it), then confirmed (it came back in the log), or refused and kept here.",
            example: """
                annals status
                annals status @~3
                """))

    @Argument(help: ArgumentHelp("A change: @~3", valueName: "@change")) var change: String?
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        if let change { return try show(change, desk) }
        let status = try desk.replica.status()
        if desk.isJSON {
            desk.console.line(JSONLine.text(StatusText.members(status)))
        } else {
            let rows = StatusText.rows(status, now: LocalClock.now(), time: LocalClock.text)
            desk.console.lines(Console.paint.table(rows, columns: Console.columns, clip: false))
        }
    }

    private func show(_ word: String, _ desk: Desk) throws {
        let id = try desk.step(word).changeID
        guard let receipt = try desk.replica.receipt(of: id) else {
            throw CommandFailure("\(word) was not recorded in this replica", at: desk.replica.directory, do: "see annals show \(word)")
        }
        let state = try receipt.state()
        if desk.isJSON {
            desk.console.line(JSONLine.text([("change", .string(id.raw)), ("n", .integer(receipt.n))] + StatusText.members(state)))
        } else {
            desk.console.line("@~\(receipt.n)  \(StatusText.words(state, server: try desk.replica.status().server))")
        }
    }
}
