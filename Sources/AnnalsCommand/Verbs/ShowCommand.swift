import Annals
import AnnalsModel
import ArgumentParser

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an item, one of its fields, or a change.",
        discussion: Help.text(
            """
            Every side of a conflict is shown, with who wrote it and when. The last line says what was on the screen; --seen takes that number \
            when you record from it later.
            """,
            example: """
                annals show e~2
                annals show e~2.when --json
                annals show @~3
                """))

    @Argument(help: "The item, its field (e40.when), or a change (@1043).") var handle: String?
    @OptionGroup var look: LookOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place, look)
        if let handle, handle.hasPrefix("@") { return try showChange(handle, desk) }
        let (entity, name) = try desk.target(handle, for: "show")
        if let name { return try showField(name, of: entity, desk) }
        if desk.isJSON { return try desk.console.line(JSONLine.text(json(entity, desk))) }
        let label =
            Console.isTerminalOut
            ? DisplayText.clipped(desk.entityText.label(entity), to: Console.columns - 20) : desk.entityText.label(entity)
        desk.console.line("\(Console.paint(desk.entityText.handle(entity), .handle))  \(entity.kind)  \(Console.paint(label, .strong))")
        let same = try desk.view.same(as: entity.id).map(desk.name).joined(separator: ", ")
        let doubles: [EntityText.Row] = same.isEmpty ? [] : [[("same as", .faint), (same, .strong)]]
        let rows = try doubles + desk.entityText.rows(entity) + derived(entity, desk) + related(entity, desk) + recorded(entity, desk)
        desk.console.lines(Console.paint.table(rows, columns: Console.columns, clip: false, indent: 2))
        desk.sayAsOf()
    }

    private func json(_ entity: Entity, _ desk: Desk) throws -> Value {
        var members = (try desk.entityJSON.value(entity).object ?? []).map { ($0.key, $0.value) }
        func ids(_ items: [ItemID]) -> Value { .array(items.map { .string($0.raw) }) }
        let same = try desk.view.same(as: entity.id)
        if !same.isEmpty { members.append(("same", ids(same))) }
        let naming = try naming(entity, desk).filter { !$0.items.isEmpty }
        if !naming.isEmpty { members.append(("named-by", .object(naming.map { ($0.kind.plural, ids($0.items.map(\.id))) }))) }
        if let step = try status(entity, desk) { members.append(("status", .string(step.status))) }
        if let line = try line(entity, desk) { members.append(("today", LedgerText(desk: desk).json(line, on: try DueCommand.day(nil)))) }
        return .object(members)
    }

    // MARK: What follows from the record and is not stored

    /// Where an instrument stands today.
    private func status(_ entity: Entity, _ desk: Desk) throws -> InstrumentHistory.Step? {
        entity.kind == "instrument" ? try desk.view.history(of: entity).current(on: DueCommand.day(nil)) : nil
    }

    /// Where a commitment stands today.
    private func line(_ entity: Entity, _ desk: Desk) throws -> LedgerLine? {
        entity.kind == "commitment" ? try desk.view.line(entity, on: DueCommand.day(nil)) : nil
    }

    private func derived(_ entity: Entity, _ desk: Desk) throws -> [EntityText.Row] {
        if let step = try status(entity, desk) {
            let event = step.event.map { " by \(desk.name($0))" } ?? ""
            let when = step.bounds.description == ".." ? "" : ", \(step.bounds)"
            return [[("→ status", .faint), ("\(step.status)\(event)\(when)", .strong)]]
        }
        return try line(entity, desk).map { [[("→ today", .faint), (LedgerText.answer($0.standing), .strong)]] } ?? []
    }

    private func recorded(_ entity: Entity, _ desk: Desk) -> [EntityText.Row] {
        entity.created.map { [[("recorded", .faint), (desk.entityText.source($0), .faint)]] } ?? []
    }

    /// Other items that name this one: the passages that support it, the notes on it.
    private func naming(_ entity: Entity, _ desk: Desk) throws -> [(kind: KindRule, items: [Entity])] {
        try desk.vocabulary.kinds.filter { kind in kind.fields.contains { References.mayName(entity.kind, $0.type) } }
            .map { ($0, try desk.view.entities(kind: $0.name, where: .names(entity.id))) }
    }

    private func related(_ entity: Entity, _ desk: Desk) throws -> [EntityText.Row] {
        try naming(entity, desk).flatMap { kind, items in
            items.enumerated().map { index, other in
                let text = DisplayText.clipped(desk.entityText.label(other), to: 160)
                return [(index == 0 ? kind.plural : "", .faint), ("\(desk.entityText.handle(other))  \(text)", nil)]
            }
        }
    }

    private func showField(_ name: String, of entity: Entity, _ desk: Desk) throws {
        guard sameBytes(name, Entity.existenceField) || desk.vocabulary.field(name, of: entity.kind) != nil else {
            let fields = desk.vocabulary.kind(entity.kind)?.fields.map(\.name).joined(separator: ", ") ?? ""
            throw CommandFailure.usage("\(entity.kind) has no field \(name)", at: handle, do: "use one of \(fields)")
        }
        if desk.isJSON {
            desk.console.line(JSONLine.text(try desk.entityJSON.field(name, of: entity)))
            return
        }
        let rows = try desk.entityText.rows(entity, only: name)
        desk.console.lines(rows.isEmpty ? ["nothing is recorded"] : Console.paint.table(rows, columns: Console.columns, clip: false))
        desk.sayAsOf()
    }

    private func showChange(_ word: String, _ desk: Desk) throws {
        let step = try desk.step(word)
        desk.console.lines(desk.isJSON ? [JSONLine.text(desk.stepJSON(step))] : desk.stepLines(step))
    }
}
