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
        var (count, lines): (Int, [String]) = (0, [])
        for entity in try desk.view.entitiesInConflict() {
            let conflicts = desk.view.conflicts(of: entity)
            count += conflicts.count
            if entity.created == nil { continue }
            for conflict in conflicts {
                lines += self.lines(entity, Entity.CellKey(conflict.field, conflict.author), conflict.sides, desk)
            }
        }
        desk.console.lines(lines)
        if !desk.isJSON { desk.console.remark(count == 0 ? "no open conflicts" : "\(count) open conflict\(count == 1 ? "" : "s")") }
        desk.sayAsOf()
    }

    private func lines(_ entity: Entity, _ key: Entity.CellKey, _ heads: [Write], _ desk: Desk) -> [String] {
        if desk.isJSON { return [JSONLine.text(desk.entityJSON.conflict(entity, key, heads))] }
        let text = desk.entityText
        let title = "\(Console.paint("\(text.handle(entity)).\(key.field)", .handle))  \(text.label(entity))"
        let type = desk.vocabulary.field(key.field, of: entity.kind)?.type
        return [title] + Console.paint.table(text.sides(entity, key, heads, type), columns: Console.columns, clip: false, indent: 2)
    }
}
