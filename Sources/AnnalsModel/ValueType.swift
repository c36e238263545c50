internal import EDTF

/// What a field holds: from it follow validation, SQL columns, JSON Schemas and command-line words.
public indirect enum ValueType: Sendable, Hashable {
    /// Free text of any length, found by full text search.
    case text
    /// One line of text, found by full text search.
    case line
    /// A token for machines: a URI, a language tag, a code. One line, not searched.
    case token
    /// An uncertain date in EDTF, level 1 or one of a set.
    case date
    /// One of these words.
    case choice([String])
    case integer(ClosedRange<Int64>)
    /// A decimal number as a string: `-?digits(.digits)?`, because JSON's numbers are not exact everywhere.
    case decimal
    /// The id of an entity of one of these kinds; of any kind where none is named.
    case item([String])
    /// Either `{"item": id}` of one of these kinds or `{"text": …}` as reported.
    case itemOrText([String])
    case list(ValueType)
    case object([Part])

    /// A member of an object.
    public struct Part: Sendable, Hashable {
        public var name: String
        public var type: ValueType
        public var required: Bool

        public init(_ name: String, _ type: ValueType, required: Bool = false) {
            self.name = name
            self.type = type
            self.required = required
        }
    }
}

/// Why a value does not fit its field: the path within the value and what belongs there, never the value itself.
public struct ValueMismatch: Error, Sendable, Hashable, CustomStringConvertible {
    public var path: String
    public var expected: String

    public init(path: String, expected: String) {
        self.path = path
        self.expected = expected
    }

    public var description: String { "\(path): expected \(expected)" }
}

extension ValueType {
    /// Throws where `value` does not fit. Members of objects that the type does not know are allowed and kept.
    public func check(_ value: Value, at path: String) throws(ValueMismatch) {
        switch self {
        case .text:
            try require(value.string != nil, path)
        case .line, .token:
            try require(value.string.map { text in !text.utf8.contains { $0 < 0x20 } && !text.isEmpty } ?? false, path)
        case .date:
            guard let text = value.string else { throw mismatch(path) }
            do { _ = try EDTF(text) } catch { throw ValueMismatch(path: path, expected: "\(expectation) (\(error))") }
        case .choice(let words):
            try require(value.string.map { word in words.contains { sameBytes($0, word) } } ?? false, path)
        case .integer(let range):
            try require(value.integer.map(range.contains) ?? false, path)
        case .decimal:
            try require(value.string.map(Self.isDecimal) ?? false, path)
        case .item:
            try require(value.string.flatMap { ItemID($0) } != nil, path)
        case .itemOrText:
            let item = value["item"]?.string.flatMap { ItemID($0) }
            try require((item != nil) != (value["text"]?.string != nil), path)
        case .list(let element):
            guard let values = value.array else { throw mismatch(path) }
            for (index, value) in values.enumerated() { try element.check(value, at: "\(path)[\(index)]") }
        case .object(let parts):
            guard value.object != nil else { throw mismatch(path) }
            for part in parts {
                if let member = value[part.name] {
                    try part.type.check(member, at: "\(path).\(part.name)")
                } else if part.required {
                    throw ValueMismatch(path: "\(path).\(part.name)", expected: part.type.expectation)
                }
            }
        }
    }

    /// What belongs here, in words.
    public var expectation: String {
        switch self {
        case .text: "text"
        case .line: "one line of text"
        case .token: "a word or address on one line"
        case .date: "an EDTF date such as 2025-08-08 or [2025-08-07..2025-08-08]"
        case .choice(let words): "one of " + words.joined(separator: ", ")
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .decimal: "a decimal number such as 12.5"
        case .item(let kinds): kinds.isEmpty ? "an item" : "one of kind " + kinds.joined(separator: " or ")
        case .itemOrText(let kinds): "either an item (\(kinds.joined(separator: ", "))) or a text"
        case .list(let element): "a list, each \(element.expectation)"
        case .object(let parts): "an object with " + parts.map(\.name).joined(separator: ", ")
        }
    }

    private func mismatch(_ path: String) -> ValueMismatch { ValueMismatch(path: path, expected: expectation) }

    private func require(_ holds: Bool, _ path: String) throws(ValueMismatch) {
        if !holds { throw mismatch(path) }
    }

    static func isDecimal(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let parts = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (1...2).contains(parts.count) && rest.count <= 40
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
    }
}
