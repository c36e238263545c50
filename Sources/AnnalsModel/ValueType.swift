internal import AnnalsJSON
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
    /// A length of time: ISO 8601 in years, months, weeks and days, `P6M`.
    case duration
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
        /// Whether full text search finds an item by its text.
        public var isSearched: Bool

        public init(_ name: String, _ type: ValueType, required: Bool = false, isSearched: Bool = true) {
            self.name = name
            self.type = type
            self.required = required
            self.isSearched = isSearched
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

    /// The same mismatch, seen from what holds the value under this path.
    func within(_ outer: String) -> ValueMismatch { ValueMismatch(path: outer + path, expected: expected) }
}

extension ValueType {
    /// Throws where `value` does not fit. Members of objects that the type does not know are allowed and kept.
    public func check(_ value: Value, at path: String) throws(ValueMismatch) {
        let bytes = value.canonicalBytes
        var scanner = JSONScanner()
        do throws(JSONError) { try scanner.scan(bytes.span.bytes) } catch { throw mismatch.within(path) }
        do throws(ValueMismatch) { try check(0, of: scanner.tape, in: bytes.span.bytes) } catch { throw error.within(path) }
    }

    /// Throws where the value at a place of a scanned line does not fit; the path begins at that value.
    func check(_ place: Int, of tape: borrowing JSONTape, in bytes: RawSpan) throws(ValueMismatch) {
        let value = tape[place]
        switch self {
        case .text:
            try require(value.kind == .string)
        case .line, .token:
            // A string without escapes has no control characters.
            try require(value.withText(in: bytes) { !$1.isEmpty && (value.isPlain || !hasControl($0, $1)) } ?? false)
        case .date:
            try checkDate(value, bytes)
        case .choice(let words):
            for word in words where value.equals(text: word, in: bytes) { return }
            throw mismatch
        case .integer(let range):
            try require(value.int64(in: bytes).map(range.contains) ?? false)
        case .decimal:
            try require(value.string(in: bytes).map(Self.isDecimal) ?? false)
        case .duration:
            try require(value.string(in: bytes).map { (try? EDTFDuration($0)) != nil } ?? false)
        case .item:
            try require(value.isItemID(in: bytes))
        case .itemOrText:
            let item = tape.member("item", of: place, in: bytes).map { tape[$0].isItemID(in: bytes) } ?? false
            let text = tape.member("text", of: place, in: bytes).map { tape[$0].kind == .string } ?? false
            try require(item != text)
        case .list(let element):
            try require(value.kind == .array)
            try checkElements(element, place, tape, bytes)
        case .object(let parts):
            try require(value.kind == .object)
            for index in parts.indices {
                if let member = tape.member(named: parts[index].name, of: place, in: bytes) {
                    do throws(ValueMismatch) {
                        try parts[index].type.check(member, of: tape, in: bytes)
                    } catch {
                        throw error.within("." + parts[index].name)
                    }
                } else if parts[index].required {
                    throw parts[index].type.mismatch.within("." + parts[index].name)
                }
            }
        }
    }

    private func checkElements(
        _ element: ValueType, _ place: Int, _ tape: borrowing JSONTape, _ bytes: RawSpan
    ) throws(ValueMismatch) {
        var elements = tape.elements(of: place)
        var index = 0
        while let place = elements.next(in: tape) {
            do throws(ValueMismatch) {
                try element.check(place, of: tape, in: bytes)
            } catch {
                throw error.within("[\(index)]")
            }
            index += 1
        }
    }

    private func checkDate(_ value: JSONSlice, _ bytes: RawSpan) throws(ValueMismatch) {
        // Most dates are a day, which needs no parser.
        if value.withText(in: bytes, { CivilDay($0, $1) != nil }) ?? false { return }
        guard let text = value.string(in: bytes) else { throw mismatch }
        do { _ = try EDTF(text) } catch { throw ValueMismatch(path: "", expected: "\(expectation) (\(error))") }
    }

    private func hasControl(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        for at in range where bytes.byte(at) < 0x20 { return true }
        return false
    }

    /// What belongs here, in words.
    public var expectation: String {
        switch self {
        case .text: "text"
        case .line: "one line of text"
        case .token: "a word or address on one line"
        case .date: "an EDTF date such as 2025-08-08 or [2025-08-07..2025-08-08]"
        case .choice(let words) where words.count > 40: "one of \(words.count) codes from \(words[0]) to \(words[words.count - 1])"
        case .choice(let words): "one of " + words.joined(separator: ", ")
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .decimal: "a decimal number such as 12.5"
        case .duration: "a duration such as P6M or P2W"
        case .item(let kinds): kinds.isEmpty ? "an item" : "one of kind " + kinds.joined(separator: " or ")
        case .itemOrText(let kinds): "either an item (\(kinds.joined(separator: ", "))) or a text"
        case .list(let element): "a list, each \(element.expectation)"
        case .object(let parts): "an object with " + parts.map(\.name).joined(separator: ", ")
        }
    }

    private var mismatch: ValueMismatch { ValueMismatch(path: "", expected: expectation) }

    private func require(_ holds: Bool) throws(ValueMismatch) {
        if !holds { throw mismatch }
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
