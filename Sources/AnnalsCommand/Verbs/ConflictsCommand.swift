import Annals
import AnnalsModel
import ArgumentParser

struct ConflictsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts", abstract: "List what two people said differently without seeing each other's.",
        discussion: Help.text(
            "Every side is kept and shown, until a person settles it: annals resolve. Nothing else waits for that.",
            example: "annals conflicts"))

    @OptionGroup var look: LookOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place, look)
        let conflicts = try desk.view.conflicts()
        desk.console.lines(conflicts.flatMap { lines($0, desk) })
        let count = conflicts.count
        if !desk.isJSON { desk.console.remark(count == 0 ? "no open conflicts" : "\(count) open conflict\(count == 1 ? "" : "s")") }
        desk.sayAsOf()
    }

    private func lines(_ conflict: Conflict, _ desk: Desk) -> [String] {
        if desk.isJSON { return [JSONLine.text(desk.entityJSON.conflict(conflict))] }
        let title = "\(Console.paint("\(conflict.handle).\(conflict.field)", .handle))  \(DisplayText.safe(conflict.label ?? ""))"
        let type = desk.vocabulary.field(conflict.field, of: conflict.kind)?.type
        return [title] + Console.paint.table(desk.entityText.sides(conflict, type), columns: Console.columns, clip: false, indent: 2)
    }
}
