import Annals
import AnnalsModel
import ArgumentParser

struct UndoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Undo a change by a new one that says the opposite.",
        discussion: Help.text(
            """
            The change stays in the record, and so does its undoing. Where others wrote on the same fields since, nothing is undone: what they \
            said is theirs.
            """,
            example: """
                annals tag e~2 peace-process
                annals undo @~5 -m "wrong event"
                """))

    @Argument(help: ArgumentHelp("The change: @1043, or @~3 while it is pending.", valueName: "@change")) var change: String?
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        guard let change else {
            throw CommandFailure.usage(
                "no change was given", at: "annals undo", do: "name one, such as @1043 or @~3; see annals log --limit 5")
        }
        let step = try desk.step(change)
        if let seen = record.seen, let done = step.change { try desk.checkUnchanged(Set(done.entities), since: seen) }
        // What was there then is there still, so that it is undone from what is there now.
        var now = record
        now.seen = nil
        try desk.record(now, about: "undoing of \(change)", undoes: step.changeID) { try $0.undo(step.changeID, of: desk.replica) }
    }
}
