import Annals
import AnnalsModel
import ArgumentParser

struct AgreementCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agreement", abstract: "How far coders agree on a variable.",
        discussion: Help.text(
            """
            A variable is a field that each coder fills for himself, or a part of it: coding.type of events, reliability of sources. Percent \
            counts pairs of judgments on one item; Cohen's kappa is for each two coders; Krippendorff's alpha (nominal) is for all of them and takes \
            missing judgments. A coefficient is undefined where everybody says the same of everything.
            """,
            example: """
                annals agreement event.coding.type
                annals agreement event.coding.cameo --by aliya,ben --json
                """))

    @Argument(help: "KIND.FIELD or KIND.FIELD.PART.") var variable: String
    @Option(help: ArgumentHelp("Only these coders, with commas.", valueName: "names")) var by: String?
    @Option(help: ArgumentHelp("Only items with this label.", valueName: "tag")) var tag: String?
    @Flag(help: "Only what its coder has submitted.") var submitted = false
    @OptionGroup var look: LookOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place, look)
        let parts = variable.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw CommandFailure.usage("this is no variable", at: variable, do: "give KIND.FIELD, such as event.coding.type")
        }
        let coders = try by.map { Set(try $0.split(separator: ",").map { try InitCommand.name(String($0), "--by") }) }
        let filters = tag.map { [Filter.equals(TagCommand.field, .string($0))] } ?? []
        let agreement = try desk.view.agreement(on: parts[1], of: parts[0], coders: coders, where: filters, submittedOnly: submitted)
        if desk.isJSON {
            desk.console.line(JSONLine.text(json(agreement)))
            return
        }
        desk.console.lines(Console.paint.table(rows(agreement), columns: Console.columns, clip: false))
        if agreement.drafts > 0 {
            desk.console.remark("\(agreement.drafts) of \(agreement.judgments) judgments are drafts; --submitted leaves them out")
        }
        desk.sayAsOf()
    }

    private func rows(_ agreement: Agreement) -> [EntityText.Row] {
        let coders = agreement.coders.map(\.raw).joined(separator: ", ")
        var rows: [EntityText.Row] = [
            [
                (variable, .strong),
                ("\(agreement.units) coded, \(agreement.pairable) by two or more" + (coders.isEmpty ? "" : "; coders: \(coders)"), nil),
            ],
            [("percent", .faint), (percent(agreement), nil)],
            [("Krippendorff's α", .faint), (agreement.alpha?.text(3) ?? "undefined", nil)],
        ]
        for pair in agreement.byPair {
            let text = "\(pair.first), \(pair.second): \(pair.kappa?.text(3) ?? "undefined") (\(pair.agreed) of \(pair.units) agreed)"
            rows.append([(rows.count == 3 ? "Cohen's κ" : "", .faint), (text, nil)])
        }
        return rows
    }

    private func percent(_ agreement: Agreement) -> String {
        guard let percent = agreement.percent else { return "undefined" }
        return "\((percent * Ratio(100)).text(1)) % (\(agreement.agreedPairs) of \(agreement.pairs) pairs)"
    }

    /// Figures as decimals of six places, and as exact fractions.
    private func json(_ agreement: Agreement) -> Value {
        func ratio(_ ratio: Ratio?) -> Value {
            guard let ratio else { return .null }
            let exact = "\(ratio.numerator)/\(ratio.denominator)"
            return .object([("decimal", .string(ratio.text(6))), ("exact", .string(exact))])
        }
        let kappa = agreement.byPair.map { pair in
            Value.object([
                ("coders", .array([pair.first, pair.second].map { .string($0.raw) })), ("units", .integer(Int64(pair.units))),
                ("agreed", .integer(Int64(pair.agreed))), ("kappa", ratio(pair.kappa)),
            ])
        }
        let members: [(String, Value)] = [
            ("variable", .string(variable)), ("coders", .array(agreement.coders.map { .string($0.raw) })),
            ("units", .integer(Int64(agreement.units))), ("pairable", .integer(Int64(agreement.pairable))),
            ("judgments", .integer(Int64(agreement.judgments))), ("drafts", .integer(Int64(agreement.drafts))),
            ("pairs", .integer(Int64(agreement.pairs))), ("agreed", .integer(Int64(agreement.agreedPairs))),
            ("percent", ratio(agreement.percent.map { $0 * Ratio(100) })), ("alpha", ratio(agreement.alpha)), ("kappa", .array(kappa)),
        ]
        return .object(members)
    }
}
