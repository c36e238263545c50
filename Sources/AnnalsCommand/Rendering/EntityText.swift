import Annals
import AnnalsModel

/// An entity in words: its fields, every side of its conflicts, what each coder says, who recorded it.
struct EntityText {
    let vocabulary: Vocabulary
    let values: ValueText
    /// An instant as the reader's clock shows it.
    let time: (Instant) -> String
    /// Why a write was made.
    let reason: (Stamp) throws -> String?
    /// By fields of an item, how many coders' judgments are hidden.
    let hiddenCounts: (ItemID) throws -> [String: Int]

    typealias Row = [(text: String, tone: Paint.Tone?)]

    /// How people call it.
    func handle(_ entity: Entity) -> String { entity.handle(vocabulary)?.description ?? values.name(entity.id) }

    /// What stands for it in one line: its label field.
    func label(_ entity: Entity) -> String {
        guard let kind = vocabulary.kind(entity.kind) else { return "" }
        guard let field = kind.field(kind.label) else { return "" }
        switch field.merge {
        case .set, .append:
            let parts = entity.shownElements(field.name, vocabulary)
            return parts.map { values.main($0.value, field.type) }.joined(separator: " / ")
        case .perCoder:
            return ""
        case .immutable, .latest, .contested:
            return entity.shown(field.name).map { values.main($0, field.type) } ?? ""
        }
    }

    /// One row of a list: handle, date where the kind has one, label, and a mark for what needs a person.
    func listRow(_ entity: Entity) -> Row {
        let conflicts = entity.conflicts(vocabulary)
        var marks = conflicts.isEmpty ? "" : "conflict: \(conflicts.map(\.key.field).joined(separator: ", ")) · "
        if !entity.isPresent { marks += "retracted · " }
        let label = self.label(entity)
        return [
            (handle(entity), entity.created?.isPending == true ? .pending : .handle), (dates(entity), nil),
            (marks + (label.isEmpty ? "(no \(vocabulary.kind(entity.kind)?.label ?? "label"))" : label), conflicts.isEmpty ? nil : .alarm),
        ]
    }

    /// The first date that the kind has a field for, all sides of it where they differ.
    private func dates(_ entity: Entity) -> String {
        for field in vocabulary.kind(entity.kind)?.fields ?? [] {
            guard let value = entity.shown(field.name) else { continue }
            switch field.type {
            case .date:
                return values.text(value, field.type)
            case .object(let parts):
                guard let part = ValueWords.mainPart(parts), part.type == .date else { continue }
                let heads = entity.cells[Entity.CellKey(field.name)]?.heads.map(\.value) ?? [value]
                var texts: [String] = []
                for head in heads {
                    let text = values.main(head, field.type)
                    if !texts.contains(where: { sameBytes($0, text) }) { texts.append(text) }
                }
                return texts.joined(separator: " | ")
            default: continue
            }
        }
        return ""
    }

    /// Every field that says something, or the one that is asked for.
    func rows(_ entity: Entity, only name: String? = nil) throws -> [Row] {
        var rows: [Row] = []
        let conflicts = entity.conflicts(vocabulary)
        if let name, !sameBytes(name, Entity.existenceField) {
            // Only that field.
        } else if let existence = conflicts.first(where: { sameBytes($0.key.field, Entity.existenceField) }) {
            rows += try sides(handle(entity), existence.key, existence.heads, nil)
        } else if !entity.isPresent {
            rows.append([("existence", .faint), ("retracted", .alarm)])
        }
        for field in vocabulary.kind(entity.kind)?.fields ?? [] where name.map({ sameBytes($0, field.name) }) ?? true {
            switch field.merge {
            case .immutable, .latest, .contested:
                if let conflict = conflicts.first(where: { sameBytes($0.key.field, field.name) }) {
                    rows += try sides(handle(entity), conflict.key, conflict.heads, field.type)
                } else if let value = entity.shown(field.name) {
                    rows.append([(field.name, .faint), (values.text(value, field.type, lines: true), nil)])
                }
            case .set, .append:
                rows += elements(entity, field)
            case .perCoder:
                rows += try codings(entity, field)
            }
        }
        return rows
    }

    private func elements(_ entity: Entity, _ field: FieldRule) -> [Row] {
        let texts = entity.shownElements(field.name, vocabulary).map { values.text($0.value, field.type) }
        switch field.type {
        case .line, .token, .choice, .integer, .item:
            return texts.isEmpty ? [] : [[(field.name, .faint), (texts.joined(separator: ", "), nil)]]
        default:
            return texts.enumerated().map { [($0 == 0 ? field.name : "", .faint), ($1, nil)] }
        }
    }

    private func codings(_ entity: Entity, _ field: FieldRule) throws -> [Row] {
        let codings = entity.codings(field.name)
        var rows = try codings.enumerated().flatMap { index, coding -> [Row] in
            let name = index == 0 ? field.name : ""
            if coding.heads.dropFirst().contains(where: { $0.value != coding.heads[0].value }) {
                return try sides(handle(entity), Entity.CellKey(field.name, coding.author), coding.heads, field.type)
            }
            return [[(name, .faint), ("\(coding.author): " + values.text(coding.heads[0].value, field.type), nil)]]
        }
        if let hidden = try hiddenCounts(entity.id)[field.name] {
            let count = hidden == 1 ? "one other coder has" : "\(hidden) other coders have"
            let wayOut =
                field.hasState ? "submitted yours: annals code \(handle(entity))\(codings.isEmpty ? " TYPE" : "") --submit" : "judged it"
            rows.append([(rows.isEmpty ? field.name : "", .faint), ("\(count) judged it; hidden until you have \(wayOut)", .faint)])
        }
        return rows
    }

    /// All sides of a conflict, who wrote each, when, having seen what and why, and how to settle it.
    func sides(_ conflict: Conflict, _ type: ValueType?) throws -> [Row] {
        try sides(conflict.handle, Entity.CellKey(conflict.field, conflict.author), conflict.sides, type)
    }

    private func sides(_ handle: String, _ key: Entity.CellKey, _ heads: [Write], _ type: ValueType?) throws -> [Row] {
        let title = "conflict: \(heads.count) values" + (key.author.map { " by \($0)" } ?? "")
        let sides = try heads.flatMap { head -> [Row] in
            let side: Row = [("", nil), ("  \(values.text(head.value, type))  — \(source(head.stamp, seen: head.stamp.base))", nil)]
            return [side] + (try reason(head.stamp).map { [[("", nil), ("    because: " + DisplayText.safe($0), .faint)]] } ?? [])
        }
        let first = heads.first?.stamp.author.raw ?? "WHO"
        return [[(key.field, .faint), (title, .alarm)]] + sides + [
            [("", nil), ("  settle it: annals resolve \(handle).\(key.field) --take \(first)", .faint)]
        ]
    }

    /// Who wrote, when, in which entry, and on seeing which, where that is said.
    func source(_ stamp: Stamp, seen base: Int64? = nil) -> String {
        "\(stamp.author), \(time(stamp.written)) (\(Self.change(stamp))\(base.map(Self.seen) ?? ""))"
    }

    static func change(_ stamp: Stamp) -> String { stamp.isPending ? "@~\(stamp.n)" : "@\(stamp.seq)" }

    /// What an author had on the screen.
    static func seen(_ base: Int64) -> String { base == 0 ? ", had seen no entry" : ", had seen entry \(base)" }
}
