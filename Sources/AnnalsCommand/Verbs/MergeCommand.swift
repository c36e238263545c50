import Annals
import AnnalsModel
import ArgumentParser

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Say that two items are the same one.",
        discussion: Help.text(
            """
            A link is recorded between them, and both stay as they are: annals unmerge parts them again. annals show names an item's doubles.
            """,
            example: """
                annals new event "Draft agreement initialed"
                annals merge e~5 e~2 -m "reported twice"
                """))

    @Argument(help: "The double.") var double: String
    @Argument(help: "What it is the same as.") var other: String
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        let (double, other) = (try desk.find(double), try desk.find(other))
        guard double.id != other.id, sameBytes(double.kind, other.kind) else {
            throw CommandFailure(
                double.id == other.id ? "that is one item" : "\(double.kind.withArticle) is no \(other.kind)",
                at: "\(self.double) \(self.other)",
                do: "name two items of one kind; nothing was recorded")
        }
        if try desk.view.same(as: double.id).contains(other.id) {
            desk.console.remark("they are said to be the same already; nothing was recorded")
            return
        }
        try desk.record(record) { draft in
            _ = try draft.create(
                "relation", fields: [("from", .string(double.id.raw)), ("type", "same_as"), ("to", .string(other.id.raw))])
        }
    }
}

struct UnmergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unmerge", abstract: "Part two items that were said to be the same.",
        discussion: Help.text(
            "The links between the two are retracted. Where a third item still connects them, that is said.",
            example: """
                annals new event "Draft agreement initialed"
                annals merge e~5 e~2
                annals unmerge e~5 e~2
                """))

    @Argument(help: "One item.") var double: String
    @Argument(help: "The other.") var other: String
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        let (double, other) = (try desk.find(double), try desk.find(other))
        let links = try desk.view.entities(kind: "relation", where: .names(double.id), .names(other.id), .equals("type", "same_as"))
        func connecting(_ view: View) throws -> String? {
            let same = try view.same(as: double.id)
            return same.contains(other.id) ? same.filter { $0 != other.id }.map(desk.name).joined(separator: ", ") : nil
        }
        guard !links.isEmpty else {
            if let others = try connecting(desk.view) {
                throw CommandFailure(
                    "they are the same by way of \(others)", at: "\(self.double) \(self.other)", do: "part one of the two from that")
            }
            throw CommandFailure("no link says that they are the same", at: "\(self.double) \(self.other)", do: "see annals show")
        }
        try desk.record(record, about: links.map { desk.name($0.id) }.joined(separator: ", ")) { draft in
            for link in links { try draft.retract(link) }
        }
        if record.dryRun { return }
        if let others = try connecting(desk.refreshed().view) { desk.console.remark("still the same by way of \(others)") }
    }
}
