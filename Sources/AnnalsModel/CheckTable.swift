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
    /// The fields that a create must bring: a bit for each number.
    let required: UInt64
    private let names: PackedNames

    init(_ rule: KindRule) {
        precondition(rule.fields.count <= 64, "a kind of more fields than a word has bits")
        name = rule.name
        role = rule.role
        namedByText = rule.namedByText
        fields = rule.fields
        checks = rule.fields.map { FieldCheck(merge: $0.merge, role: $0.role, form: FieldCheck.Form($0.type)) }
        required = rule.fields.enumerated().reduce(0) { $0 | ($1.element.required ? 1 << UInt64($1.offset) : 0) }
        names = PackedNames(rule.fields.map(\.name))
    }

    /// The number of the field that this string names; nil where the vocabulary does not know it.
    @inline(__always)
    func field(_ name: JSONSlice, in bytes: RawSpan) -> Int? { names.number(of: name, in: bytes) }
}

/// What is asked of one field.
struct FieldCheck: Sendable {
    /// The forms of value that most changes bring. They are only ever taken early: what is not is for ``ValueType`` to decide.
    enum Form: Sendable {
        case text, line, item, date, other

        init(_ type: ValueType) {
            switch type {
            case .text: self = .text
            case .line, .token: self = .line
            case .item: self = .item
            case .date: self = .date
            default: self = .other
            }
        }
    }

    let merge: MergeClass
    let role: Role
    let form: Form

    /// Whether a value certainly fits; false where it must be looked at closely.
    @inline(__always)
    func fits(_ value: JSONSlice, in bytes: RawSpan) -> Bool {
        guard value.kind == .string, value.isPlain else { return false }
        switch form {
        case .text: return true
        // A string without escapes has no control characters.
        case .line: return !value.content.isEmpty
        case .item: return Spelling.isItemID(bytes, value.content)
        case .date: return CivilDay(bytes, value.content) != nil
        case .other: return false
        }
    }
}

/// Names and their numbers, each as two words: its first eight bytes and its last eight.
private struct PackedNames: Sendable {
    private struct Packed: Sendable {
        var first: UInt64
        var last: UInt64
        var count: Int
    }

    private let packed: [Packed]
    private let names: [String]

    init(_ names: [String]) {
        self.names = names
        packed = names.map { name in
            let bytes = Array(name.utf8)
            return Self.packed(bytes.span.bytes, bytes.indices)
        }
    }

    @inline(__always)
    func number(of name: JSONSlice, in bytes: RawSpan) -> Int? {
        guard name.isPlain, name.kind == .string else { return escaped(name, bytes) }
        let wanted = Self.packed(bytes, name.content)
        for number in packed.indices where packed[number].first == wanted.first && packed[number].last == wanted.last {
            // Two words are all of a name of up to sixteen bytes.
            if packed[number].count == wanted.count, wanted.count <= 16 || name.equals(text: names[number], in: bytes) { return number }
        }
        return nil
    }

    @inline(never)
    private func escaped(_ name: JSONSlice, _ bytes: RawSpan) -> Int? {
        names.firstIndex { name.equals(text: $0, in: bytes) }
    }

    @inline(__always)
    private static func packed(_ bytes: RawSpan, _ range: Range<Int>) -> Packed {
        if range.count >= 8 {
            return Packed(first: bytes.word(range.lowerBound), last: bytes.word(range.upperBound - 8), count: range.count)
        }
        var first: UInt64 = 0
        if range.lowerBound + 8 <= bytes.byteCount {
            // What follows the name is shifted out; a name of no bytes is a word of none.
            first = range.isEmpty ? 0 : bytes.word(range.lowerBound) << UInt64(64 - 8 * range.count)
        } else {
            for at in range { first = first >> 8 | UInt64(bytes.byte(at)) << 56 }
        }
        return Packed(first: first, last: 0, count: range.count)
    }
}
