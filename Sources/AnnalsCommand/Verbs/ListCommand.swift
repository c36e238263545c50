import Annals
import AnnalsModel
import ArgumentParser
import EDTF

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List items, of one kind or all.",
        discussion: Help.text(
            "Dates are EDTF: an item is listed where its date can fall into what is asked. All sides of a date in conflict count.",
            example: """
                annals list event --since 2025-08 --until 2025-08-31
                annals list event --tag peace-process --json
                annals list --assigned aliya --uncoded
                """))

    @Argument(help: "What kind of item: event, document, …") var kind: String?
    @Option(help: ArgumentHelp("Only items with this label; with all of them where it is given more than once.", valueName: "tag"))
    var tag: [String] = []
    @Option(help: ArgumentHelp("Only items that can be of this date or later.", valueName: "date")) var since: String?
    @Option(help: ArgumentHelp("Only items that can be of this date or earlier.", valueName: "date")) var until: String?
    @Option(help: ArgumentHelp("Only items that this user recorded.", valueName: "name")) var by: String?
    @Option(help: ArgumentHelp("Only items that this user is to code.", valueName: "name")) var assigned: String?
    @Option(
        help: ArgumentHelp(
            "Only items whose coding is in this state: \(Codebooks.codingStates.joined(separator: ", ")).", valueName: "state"))
    var state: String?
    @Flag(help: "Only items that wait for your judgment, or that of --assigned: none is there, or it is a draft.") var uncoded = false
    @Flag(help: "Only items with an open conflict.") var conflicts = false
    @Flag(help: "Retracted items too.") var retracted = false
    @Option(help: ArgumentHelp("The last so many.", valueName: "count")) var limit: Int?
    @OptionGroup var look: LookOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place, look)
        if let limit, limit < 1 { throw CommandFailure.usage("this is no count", at: "--limit", do: "give 1 or more") }
        for rule in try Self.kinds(kind, desk.vocabulary) {
            guard let filters = try filters(rule, desk) else { continue }
            // The last so many are the first from the end.
            let entities = try desk.view.entities(
                kind: rule.name, where: filters, order: limit == nil ? .handle : .handle.reversed, retracted: retracted,
                limit: limit ?? .max
            ).reversed(if: limit != nil)
            if desk.isJSON {
                desk.console.lines(try entities.map { JSONLine.text(try desk.entityJSON.value($0)) })
            } else if !entities.isEmpty {
                let indent = kind == nil ? 2 : 0
                if kind == nil { desk.console.line(Console.paint(rule.plural, .strong)) }
                var rows = entities.map(desk.entityText.listRow)
                // Kinds without a date need no column for it.
                if rows.allSatisfy({ $0[1].text.isEmpty }) { rows = rows.map { [$0[0], $0[2]] } }
                desk.console.lines(Console.paint.table(rows, columns: Console.columns, clip: Console.isTerminalOut, indent: indent))
            }
        }
        desk.sayAsOf()
    }

    /// The conditions as they apply to a kind; nil where none of it can meet them.
    private func filters(_ kind: KindRule, _ desk: Desk) throws -> [Filter]? {
        var filters: [Filter] = []
        if !tag.isEmpty {
            guard kind.field(TagCommand.field) != nil else { return nil }
            filters += tag.map { .equals(TagCommand.field, .string($0)) }
        }
        let days = (try Self.date(since, "--since")?.earliest?.description, try Self.date(until, "--until")?.latest?.description)
        if days.0 != nil || days.1 != nil {
            guard let field = kind.fields.first(where: { Self.holdsDate($0.type) }) else { return nil }
            filters.append(.overlaps(field.name, from: days.0, to: days.1))
        }
        if let assigned {
            guard kind.field(AssignCommand.field) != nil else { return nil }
            filters.append(.equals(AssignCommand.field, .string(try InitCommand.name(assigned, "--assigned").raw)))
        }
        if let state {
            guard kind.field(Entity.stateField) != nil else { return nil }
            guard Codebooks.codingStates.contains(where: { sameBytes($0, state) }) else {
                throw CommandFailure.usage(
                    "there is no such state", at: "--state", do: "use one of \(Codebooks.codingStates.joined(separator: ", "))")
            }
            // Of what nobody has said how far it is, it is a draft.
            let isSaid = Filter.equals(Entity.stateField, .string(state))
            filters.append(state == "draft" ? .any(isSaid, .not(.has(Entity.stateField))) : isSaid)
        }
        if uncoded {
            let coder = try assigned.map { try InitCommand.name($0, "--assigned") } ?? desk.replica.user
            let judged = kind.fields.filter { $0.merge == .perCoder }
            if judged.isEmpty { return nil }
            filters += judged.map { .not(.coded($0.name, by: coder)) }
        }
        if let by { filters.append(.author(try InitCommand.name(by, "--by"))) }
        if conflicts { filters.append(.inConflict) }
        return filters
    }

    private static func holdsDate(_ type: ValueType) -> Bool {
        guard case .object(let parts) = type else { return type == .date }
        return ValueWords.mainPart(parts)?.type == .date
    }

    private static func date(_ word: String?, _ flag: String) throws -> EDTF? {
        guard let word else { return nil }
        do { return try EDTF(word) } catch {
            throw CommandFailure.usage("this is no date: \(error)", at: flag, do: "give one such as 2025-08-08 or 2025-08")
        }
    }

    /// The kind that a word names, in the singular or plural; all kinds where it names none.
    static func kinds(_ word: String?, _ vocabulary: Vocabulary) throws -> [KindRule] {
        guard let word else { return vocabulary.kinds }
        let named = vocabulary.kinds.filter { sameBytes($0.name, word) || sameBytes($0.plural, word) }
        guard !named.isEmpty else {
            throw CommandFailure.usage(
                "there is no such kind", at: "annals list", do: "use one of \(vocabulary.kinds.map(\.name).joined(separator: ", "))")
        }
        return named
    }
}

extension Array {
    fileprivate func reversed(if isReversed: Bool) -> [Element] { isReversed ? Array(reversed()) : self }
}
