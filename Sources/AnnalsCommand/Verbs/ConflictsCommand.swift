import Annals
import AnnalsModel
import ArgumentParser

struct ConflictsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts", abstract: "List what two people said differently without seeing each other's.",
        discussion: Help.text(
            """
            Every side is kept and shown, with what its author had seen and why, until a person settles it: annals resolve. Nothing else waits for \
            that. --notices lists what needs nobody and should not be lost from sight: values that met a later one unseen, in fields where the later \
            one shows; writes that had no effect; what was written of a locked item without having seen the lock.
            """,
            example: """
                annals conflicts
                annals conflicts --notices --json
                """))

    @Flag(help: "List overwritten values, writes without effect, and what was written beside a lock.") var notices = false

    @OptionGroup var look: LookOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place, look)
        if notices { return try listNotices(desk) }
        let conflicts = try desk.view.conflicts()
        try desk.lookUpReasons(conflicts.flatMap(\.sides).map(\.stamp))
        desk.console.lines(try conflicts.flatMap { try lines($0, desk) })
        let count = conflicts.count
        let hidden = try desk.view.hiddenConflictCount()
        let more = hidden == 0 ? "" : "; \(hidden) hidden until you have handed in your own judgment"
        if !desk.isJSON {
            desk.console.remark((count == 0 ? "no open conflicts" : "\(count) open conflict\(count == 1 ? "" : "s")") + more)
        }
        desk.sayAsOf()
    }

    private func listNotices(_ desk: Desk) throws {
        let all = try desk.view.notices()
        try desk.lookUpReasons(all.map(\.stamp))
        let text = NoticeText(desk: desk)
        desk.console.lines(try all.flatMap { desk.isJSON ? [JSONLine.text(try text.json($0))] : try text.lines($0) })
        if !desk.isJSON { desk.console.remark(all.isEmpty ? "no notices" : "\(all.count) notice\(all.count == 1 ? "" : "s")") }
        desk.sayAsOf()
    }

    private func lines(_ conflict: Conflict, _ desk: Desk) throws -> [String] {
        if desk.isJSON { return [JSONLine.text(try desk.entityJSON.conflict(conflict))] }
        let title = "\(Console.paint("\(conflict.handle).\(conflict.field)", .handle))  \(DisplayText.safe(conflict.label ?? ""))"
        let type = desk.vocabulary.field(conflict.field, of: conflict.kind)?.type
        return [title] + Console.paint.table(try desk.entityText.sides(conflict, type), columns: Console.columns, clip: false, indent: 2)
    }
}
