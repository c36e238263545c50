internal import AnnalsJSON

/// What the vocabulary asks of an operation, laid out for ``OperationCheck``: names are found by comparing words of eight bytes, and
/// a rule is one flat record, so that a check counts no references.
final class CheckTable: Sendable {
    let kinds: [KindCheck]
    private let names: PackedNames

    init(_ rules: [KindRule]) {
        kinds = rules.map(KindCheck.init)
        names = PackedNames(rules.map(\.name))
    }

    /// The number of the kind that this string names; nil where the vocabulary does not know it.
    func kind(_ name: JSONSlice, in bytes: RawSpan) -> Int? { names.number(of: name, in: bytes) }
}

/// What is asked of one kind.
final class KindCheck: Sendable {
    let name: String
    let role: Role
    let namedByText: Bool
    let fields: [FieldRule]
    /// In the order of `fields`.
    let checks: [FieldCheck]
    let shapes: ValueShapes
    /// The fields that a create must bring: a bit for each number.
    let required: UInt64
    private let names: PackedNames

    init(_ rule: KindRule) {
        precondition(rule.fields.count <= 64, "a kind of more fields than a word has bits")
        name = rule.name
        role = rule.role
        namedByText = rule.namedByText
        fields = rule.fields
        var shapes = ValueShapes()
        checks = rule.fields.map {
            FieldCheck(merge: $0.merge, role: $0.role, isReserved: !$0.reserved.isEmpty, shape: shapes.add($0.type))
        }
        self.shapes = shapes
        required = rule.fields.enumerated().reduce(0) { $0 | ($1.element.required ? 1 << UInt64($1.offset) : 0) }
        names = PackedNames(rule.fields.map(\.name))
    }

    /// The number of the field that this string names; nil where the vocabulary does not know it.
    @inline(__always)
    func field(_ name: JSONSlice, in bytes: RawSpan) -> Int? { names.number(of: name, in: bytes) }
}

/// What is asked of one field.
struct FieldCheck: Sendable {
    let merge: MergeClass
    let role: Role
    /// Whether some of its values are for curators only.
    let isReserved: Bool
    /// Its type among its kind's ``ValueShapes``.
    let shape: Int
}

/// Names and their numbers.
private struct PackedNames: Sendable {
    private let packed: [PackedName]
    private let names: [String]

    init(_ names: [String]) {
        self.names = names
        packed = names.map(PackedName.init)
    }

    @inline(__always)
    func number(of name: JSONSlice, in bytes: RawSpan) -> Int? {
        guard name.isPlain, name.kind == .string else { return escaped(name, bytes) }
        let wanted = bytes.withUnsafeBytes { PackedName($0, name.content) }
        for number in packed.indices where packed[number] == wanted {
            if wanted.isWhole || name.equals(text: names[number], in: bytes) { return number }
        }
        return nil
    }

    @inline(never)
    private func escaped(_ name: JSONSlice, _ bytes: RawSpan) -> Int? {
        names.firstIndex { name.equals(text: $0, in: bytes) }
    }
}
