import Annals
import AnnalsModel
import EDTF

/// Commitments and where they stand, in words and as JSON.
struct LedgerText {
    let desk: Desk

    /// Under a heading for each state.
    func lines(_ ledger: [LedgerLine]) throws -> [String] {
        var rows: [EntityText.Row] = []
        var lines: [String] = []
        func flush() {
            lines += Console.paint.table(rows, columns: Console.columns, clip: false, indent: 2)
            rows = []
        }
        for (index, line) in ledger.enumerated() {
            if index == 0 || ledger[index - 1].standing.state != line.standing.state {
                flush()
                lines.append(Console.paint(Self.name(line.standing.state), .strong))
            }
            rows += try self.rows(line)
        }
        flush()
        return lines
    }

    private static func name(_ state: CommitmentStanding.State) -> String { state.rawValue.replacing("-", with: " ") }

    /// `pending, ends 2026-02-07..2026-02-08`.
    static func answer(_ standing: CommitmentStanding) -> String {
        name(standing.state) + (standing.deadline.map { ", \(standing.begins ? "from" : "ends") \($0)" } ?? "")
    }

    private func rows(_ line: LedgerLine) throws -> [EntityText.Row] {
        let standing = line.standing
        let end =
            (standing.deadline.map { (standing.begins ? "from " : "") + $0.description } ?? "no deadline")
            + (standing.isDisputed ? " (disputed)" : "")
        return try [[(desk.name(line.commitment.id), .handle), (end, nil), (desk.entityText.label(line.commitment), nil)]]
            + details(line).map { [("", nil), ("", nil), ($0, .faint)] }
    }

    /// What the state rests on: everything that a reader would ask next.
    func details(_ line: LedgerLine) throws -> [String] {
        let (commitment, standing) = (line.commitment, line.standing)
        var details = line.doubles.isEmpty ? [] : ["same as \(names(line.doubles))"]
        details += standing.sides.map(deadline)
        for condition in standing.conditions {
            let what = desk.values.text(condition.value["what"] ?? .null, .itemOrText([]))
            let state = condition.isMet ? "met" : condition.isVain ? "cannot come about" : "open"
            details.append("\(condition.value["kind"]?.string ?? "") \(what)\(basis(condition.value)): \(state)")
        }
        // What is expected or requested is so by somebody else.
        let words = ["expectation": "expected", "request": "requested"]
        let modality = commitment.shown("modality")?.string.map { words[$0] ?? $0 }
        let obliged = try labels(standing.acceptedBy + standing.notAcceptedBy)
        if modality != nil || !obliged.isEmpty {
            details.append(([modality].compactMap { $0 } + (obliged.isEmpty ? [] : ["of " + obliged])).joined(separator: " "))
        }
        if !standing.notAcceptedBy.isEmpty { try details.append("no acceptance by \(labels(standing.notAcceptedBy)) is recorded") }
        for judgment in standing.fulfilment {
            let citations = judgment.citations.isEmpty ? "" : " by " + names(judgment.citations)
            details.append("\(judgment.author): fulfilled \(judgment.degree) of \(Codebooks.fulfilment.upperBound)\(citations)")
        }
        for citation in line.evidence {
            details.append("\(desk.name(citation.id)) “\(DisplayText.clipped(desk.entityText.label(citation), to: 100))”")
        }
        return details
    }

    /// `within P6M of e2 (2025-08-07..2025-08-08), implied`.
    private func deadline(_ side: CommitmentStanding.Side) -> String {
        let value = side.value
        let relation = value["relation"]?.string ?? "by"
        if let date = value["date"]?.string { return "\(relation) \(DisplayText.safe(date))\(basis(value))" }
        let anchor = value["anchor"]?.string.flatMap { ItemID($0) }.map(desk.name) ?? "nothing"
        let duration = value["duration"]?.string.map { "\(DisplayText.safe($0)) of " } ?? ""
        let hindrance = side.hindrance.map { $0 == "gone" ? "; retracted, or not here" : "; \($0.replacing("-", with: " "))" } ?? ""
        return "\(relation) \(duration)\(anchor) (\(side.anchor?.description ?? "no date")\(hindrance))\(basis(value))"
    }

    private func basis(_ value: Value) -> String { value["basis"]?.string.map { ", \($0)" } ?? "" }

    private func names(_ items: [ItemID]) -> String { items.map(desk.name).joined(separator: ", ") }

    /// Each with what it is called: `Government of Armenia (a13)`.
    private func labels(_ items: [ItemID]) throws -> String {
        try items.map { item in
            let label = try desk.label(item)
            return label.isEmpty ? desk.name(item) : "\(DisplayText.safe(label)) (\(desk.name(item)))"
        }.joined(separator: ", ")
    }

    func json(_ line: LedgerLine, on day: EDTFDay) -> Value {
        let standing = line.standing
        var members: [(String, Value)] = [
            ("handle", .string(desk.name(line.commitment.id))), ("id", .string(line.commitment.id.raw)),
            ("on", .string(day.description)), ("state", .string(standing.state.rawValue)),
            ("text", line.commitment.shown("text") ?? .null), ("disputed", .bool(standing.isDisputed)),
            ("anchors", ids(standing.anchors)), ("says", .array(standing.sides.map(\.value))),
            ("obligors", ids((standing.acceptedBy + standing.notAcceptedBy).sorted())),
            ("accepted-by", ids(standing.acceptedBy)), ("not-accepted-by", ids(standing.notAcceptedBy)),
            ("evidence", ids(line.evidence.map(\.id))),
            (
                "conditions",
                .array(
                    standing.conditions.map {
                        .object([("condition", $0.value), ("met", .bool($0.isMet)), ("vain", .bool($0.isVain))])
                    })
            ),
            (
                "fulfilment",
                .array(
                    standing.fulfilment.map {
                        .object([("by", .string($0.author.raw)), ("degree", .integer($0.degree)), ("citations", ids($0.citations))])
                    })
            ),
        ]
        if !line.doubles.isEmpty { members.append(("same", ids(line.doubles))) }
        for name in ["modality", "instrument"] {
            if let value = line.commitment.shown(name) { members.append((name, value)) }
        }
        if let deadline = standing.deadline {
            members.append(
                (
                    standing.begins ? "begins" : "deadline",
                    .object(
                        [("earliest", deadline.earliest), ("latest", deadline.latest)].compactMap { name, day in
                            day.map { (name, .string($0.description)) }
                        })
                ))
        }
        return .object(members)
    }

    private func ids(_ items: [ItemID]) -> Value { .array(items.map { .string($0.raw) }) }
}
