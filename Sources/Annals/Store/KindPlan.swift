internal import AnnalsModel

/// A kind's fields by the numbers of their names, and what of each goes where.
struct KindPlan: Sendable {
    /// An object, for it is looked at for every entity: a structure with as many parts is copied each time.
    final class Field: Sendable {
        let number: Int32
        let rule: FieldRule
        let columns: [Column]
        let holdsText: Bool
        /// Whether it names items that no column shows.
        let holdsReferences: Bool

        init(_ number: Int32, _ rule: FieldRule, _ columns: [Column]) {
            self.number = number
            self.rule = rule
            self.columns = columns
            holdsText = KindPlan.holdsText(rule.type)
            holdsReferences = rule.type.namesItems && !columns.contains(where: \.isReference)
        }
    }

    /// In the order of the vocabulary, and so of the table's columns.
    let fields: [Field]
    let label: Field?
    /// How far the coding of it is.
    let state: Field?
    let hasCodings: Bool
    let hasReferences: Bool
    private let inColumns: Set<Int32>
    private let outside: Set<Int32>

    init(_ table: KindTable, _ fold: inout Fold) {
        var fields: [Field] = []
        for rule in table.kind?.fields ?? [] {
            fields.append(Field(fold.fieldNumber(rule.name), rule, table.columns.filter { $0.field == rule.name }))
        }
        self.fields = fields
        label = fields.first { $0.rule.name == table.kind?.label }
        state = fields.first { $0.rule.name == Entity.stateField }
        hasCodings = fields.contains { $0.rule.merge == .perCoder }
        hasReferences = fields.contains(where: \.holdsReferences)
        inColumns = Set(
            fields.filter { field in
                switch field.rule.type {
                case .list: false
                case .object(let parts): parts.allSatisfy { table.column(field.rule.name, $0.name) != nil }
                default: true
                }
            }.map(\.number))
        outside = Set(fields.filter { table.outside.contains($0.rule.name) }.map(\.number))
    }

    /// Whether the table's columns hold all of a field's value.
    func isInColumns(_ field: Int32) -> Bool { inColumns.contains(field) }

    /// Whether a column alone holds a field's value. SQLite's texts end at a NUL, which JSON spells with an escape.
    func isOutside(_ field: Int32, _ fold: borrowing Fold, _ place: Int) -> Bool {
        guard outside.contains(field), let shown = fold.shown(field, at: place) else { return false }
        return fold.withBytes(shown) { bytes in
            bytes.first == UInt8(ascii: "\"") && !bytes.contains(UInt8(ascii: "\\"))
        }
    }

    static func holdsText(_ type: ValueType) -> Bool {
        switch type {
        case .text, .line, .itemOrText: true
        case .list(let element): holdsText(element)
        case .object(let parts): parts.contains { holdsText($0.type) }
        default: false
        }
    }
}
