import Annals
import AnnalsModel
import EDTF

/// What changed between two points, in words and as JSON.
struct DifferenceText {
    /// At the later point.
    let desk: Desk

    // MARK: What is recorded

    func rows(_ difference: ItemDifference) -> [EntityText.Row] {
        let item = difference.item
        let fate =
            switch difference.fate {
            case .made: "new"
            case .kept: "changed"
            case .retracted, .restored: difference.fate.rawValue
            }
        let label = DisplayText.clipped(desk.entityText.label(item), to: 120)
        let tone: Paint.Tone? = difference.fate == .retracted ? .alarm : .strong
        let head: EntityText.Row = [(fate, .faint), (desk.name(item.id), .handle), ("\(item.kind)  \(label)", tone)]
        // Of what is new its label says enough; the rest is a look away.
        let fields = difference.fate == .made ? [] : difference.fields
        return [head] + fields.map { [("", nil), ("", nil), (line($0, item), nil)] }
    }

    private func line(_ field: ItemDifference.Field, _ item: Entity) -> String {
        let type = desk.vocabulary.field(field.field, of: item.kind)?.type
        func text(_ value: Value) -> String { DisplayText.clipped(desk.values.text(value, type), to: 160) }
        let name = field.field + (field.author.map { " by \($0)" } ?? "")
        if field.holdsMany {
            return name + ": " + (field.before.map { "− " + text($0) } + field.after.map { "+ " + text($0) }).joined(separator: ", ")
        }
        func side(_ values: [Value]) -> String {
            values.isEmpty ? "nothing" : (values.count > 1 ? "in conflict: " : "") + values.map(text).joined(separator: " | ")
        }
        return "\(name): \(side(field.before)) → \(side(field.after))"
    }

    func json(_ difference: ItemDifference) -> Value {
        let fields = difference.fields.map { field -> Value in
            var members: [(String, Value)] = [
                ("field", .string(field.field)), ("before", .array(field.before)), ("after", .array(field.after)),
            ]
            if let author = field.author { members.append(("author", .string(author.raw))) }
            return .object(members)
        }
        return .object([
            ("handle", .string(desk.name(difference.item.id))), ("id", .string(difference.item.id.raw)),
            ("kind", .string(difference.item.kind)), ("fate", .string(difference.fate.rawValue)), ("fields", .array(fields)),
        ])
    }

    // MARK: What follows from it

    /// An answer that is derived, and another one than before.
    struct Derived {
        var item: ItemID
        var label: String
        var before: String
        var after: String
    }

    /// Of instruments the status, of commitments the state and the end, where they differ.
    func derived(_ before: View, _ after: View, on day: EDTFDay) throws -> [Derived] {
        let old = Dictionary(try answers(before, on: day).map { ($0.id, $0.answer) }) { first, _ in first }
        return try answers(after, on: day).compactMap { id, answer -> Derived? in
            guard let was = old[id], was != answer else { return nil }
            let label = try after.entity(id).map(desk.entityText.label) ?? ""
            return Derived(item: id, label: DisplayText.clipped(label, to: 100), before: was, after: answer)
        }
    }

    private func answers(_ view: View, on day: EDTFDay) throws -> [(id: ItemID, answer: String)] {
        let instruments = try view.instruments().map { instrument, history in
            (id: instrument.id, answer: history.current(on: day)?.status ?? "no status")
        }
        let commitments = try view.ledger(on: day).map { (id: $0.commitment.id, answer: LedgerText.answer($0.standing)) }
        return instruments + commitments
    }

    func row(_ derived: Derived) -> EntityText.Row {
        [(desk.name(derived.item), .handle), ("\(derived.label): \(derived.before) → \(derived.after)", nil)]
    }

    func json(_ derived: Derived) -> Value {
        .object([
            ("handle", .string(desk.name(derived.item))), ("id", .string(derived.item.raw)), ("derived", true),
            ("before", .string(derived.before)), ("after", .string(derived.after)),
        ])
    }
}
