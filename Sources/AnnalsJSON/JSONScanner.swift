/// Checks in one pass that bytes are exactly one JSON value in the strict form that Annals allows (RFC 8259, narrowed).
///
/// ```swift
/// var scanner = JSONScanner()
/// _ = try scanner.scan(line.span.bytes)
/// let id = scanner.tape.member("id", of: 0, in: line.span.bytes).flatMap { scanner.tape[$0].string(in: line.span.bytes) }
/// ```
///
/// Narrower than RFC 8259: no duplicate keys (compared after unescaping), no invalid UTF-8, no escaped lone surrogates,
/// integers within ±(2^53−1) and no other numbers, limited nesting, and no line feed, so that what is taken stands on one
/// line. `-0` is refused: it is a second spelling of 0 as an integer, while readers with floating point keep it apart.
/// Before and after the value there may be blanks (space, tab, CR); ``JSONSlice/range`` leaves them out.
///
/// One scanner serves many lines. It allocates nothing, but for a line that has more than 64 keys open at once, and where its
/// tape has to grow.
public struct JSONScanner: ~Copyable, Sendable {
    /// How deeply arrays and objects may nest; a scalar is at depth 0.
    public let depth: Int
    var keys = JSONKeys()
    /// Where the values of the line stand that was scanned last; of a line that was refused, some of them.
    public private(set) var tape = JSONTape()

    /// The most that ``depth`` can be, so that the scanner's recursion stays within a small stack.
    public static let greatestDepth = 128

    /// The depth where nobody chose another: version 1 of the protocol needs less than 10, the rest is for later vocabularies.
    public static let usualDepth = 32

    /// A scanner that refuses nesting deeper than `depth`.
    public init(depth: Int = JSONScanner.usualDepth) {
        precondition((1...Self.greatestDepth).contains(depth), "a depth from 1 to \(Self.greatestDepth)")
        self.depth = depth
    }

    /// The one value that `bytes` are; the bytes may be read through it and ``tape`` from then on.
    @discardableResult
    public mutating func scan(_ bytes: RawSpan) throws(JSONError) -> JSONSlice {
        // The offsets of keys are kept in 32 bits.
        guard bytes.byteCount <= Int(Int32.max) else { throw JSONError(.tooLong, at: Int(Int32.max)) }
        keys.removeAll()
        tape.start(bytes.byteCount)
        let start = bytes.skippingBlanks(0)
        let end = try value(bytes, start, depth: 0)
        let rest = bytes.skippingBlanks(end)
        guard rest == bytes.byteCount else {
            throw JSONError(bytes.byte(rest) == UInt8(ascii: "\n") ? .lineFeed : .trailingBytes, at: rest)
        }
        return tape[0]
    }

    /// Takes the value that starts at `at` and gives the offset after it.
    mutating func value(_ bytes: RawSpan, _ at: Int, depth: Int) throws(JSONError) -> Int {
        let end: Int
        switch bytes.byte(at) {
        case UInt8(ascii: "\""):
            let string = try JSONScanner.string(bytes, at + 1)
            tape.append(.string, at, string.end + 1, isPlain: string.isPlain)
            return string.end + 1
        case UInt8(ascii: "{"):
            return try object(bytes, at, depth: depth + 1)
        case UInt8(ascii: "["):
            return try array(bytes, at, depth: depth + 1)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            end = try JSONScanner.number(bytes, at)
            tape.append(.integer, at, end)
        case UInt8(ascii: "t"):
            end = try JSONScanner.literal("true", bytes, at)
            tape.append(.bool, at, end)
        case UInt8(ascii: "f"):
            end = try JSONScanner.literal("false", bytes, at)
            tape.append(.bool, at, end)
        case UInt8(ascii: "n"):
            end = try JSONScanner.literal("null", bytes, at)
            tape.append(.null, at, end)
        default:
            throw JSONScanner.unexpected(bytes, at)
        }
        return end
    }

    /// Takes a value inside an array or object: most are strings, which are taken in place.
    @inline(__always)
    private mutating func held(_ bytes: RawSpan, _ at: Int, depth: Int) throws(JSONError) -> Int {
        guard bytes.byte(at) == UInt8(ascii: "\"") else { return try value(bytes, at, depth: depth) }
        let string = try JSONScanner.string(bytes, at + 1)
        tape.append(.string, at, string.end + 1, isPlain: string.isPlain)
        return string.end + 1
    }

    private mutating func array(_ bytes: RawSpan, _ start: Int, depth: Int) throws(JSONError) -> Int {
        guard depth <= self.depth else { throw JSONError(.tooDeep, at: start) }
        let place = tape.count
        tape.append(.array, start, start + 2)
        var at = bytes.skippingBlanks(start + 1)
        if bytes.byte(at) == UInt8(ascii: "]") {
            tape.close(place, .array, start, at + 1)
            return at + 1
        }
        while true {
            at = bytes.skippingBlanks(try held(bytes, at, depth: depth))
            switch bytes.byte(at) {
            case UInt8(ascii: ","): at = bytes.skippingBlanks(at + 1)
            case UInt8(ascii: "]"):
                tape.close(place, .array, start, at + 1)
                return at + 1
            default: throw JSONScanner.unexpected(bytes, at)
            }
        }
    }

    private mutating func object(_ bytes: RawSpan, _ start: Int, depth: Int) throws(JSONError) -> Int {
        guard depth <= self.depth else { throw JSONError(.tooDeep, at: start) }
        let place = tape.count
        tape.append(.object, start, start + 2)
        var at = bytes.skippingBlanks(start + 1)
        if bytes.byte(at) == UInt8(ascii: "}") {
            tape.close(place, .object, start, at + 1)
            return at + 1
        }
        let first = keys.count
        var seen: UInt64 = 0
        while true {
            guard bytes.byte(at) == UInt8(ascii: "\"") else { throw JSONScanner.unexpected(bytes, at) }
            let key = try JSONScanner.string(bytes, at + 1)
            tape.append(.string, at, key.end + 1, isPlain: key.isPlain)
            try keys.append(at + 1, key.end, isPlain: key.isPlain, openedAt: first, seen: &seen, in: bytes)
            at = bytes.skippingBlanks(key.end + 1)
            guard bytes.byte(at) == UInt8(ascii: ":") else { throw JSONScanner.unexpected(bytes, at) }
            at = bytes.skippingBlanks(try held(bytes, bytes.skippingBlanks(at + 1), depth: depth))
            switch bytes.byte(at) {
            case UInt8(ascii: ","):
                at = bytes.skippingBlanks(at + 1)
            case UInt8(ascii: "}"):
                try keys.close(openedAt: first, in: bytes)
                tape.close(place, .object, start, at + 1)
                return at + 1
            default:
                throw JSONScanner.unexpected(bytes, at)
            }
        }
    }

    private static func literal(_ name: StaticString, _ bytes: RawSpan, _ at: Int) throws(JSONError) -> Int {
        for index in 0..<name.utf8CodeUnitCount {
            guard bytes.byte(at + index) == name.utf8Start[index] else { throw unexpected(bytes, at + index) }
        }
        return at + name.utf8CodeUnitCount
    }

    private static func number(_ bytes: RawSpan, _ start: Int) throws(JSONError) -> Int {
        let isNegative = bytes.byte(start) == UInt8(ascii: "-")
        let first = isNegative ? start + 1 : start
        var at = first
        var magnitude: Int64 = 0
        while true {
            let digit = bytes.byte(at) &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            // Sixteen digits cannot overflow, and no allowed integer has more.
            guard at - first < 16 else { throw JSONError(.integerRange, at: start) }
            magnitude = magnitude &* 10 &+ Int64(digit)
            at += 1
        }
        if at == first { throw unexpected(bytes, at) }
        if at - first > 1, bytes.byte(first) == UInt8(ascii: "0") { throw JSONError(.leadingZero, at: first) }
        switch bytes.byte(at) {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): throw JSONError(.notInteger, at: at)
        default: break
        }
        if magnitude > JSONSlice.greatestInteger { throw JSONError(.integerRange, at: start) }
        if isNegative, magnitude == 0 { throw JSONError(.negativeZero, at: start) }
        return at
    }

    @inline(never)
    static func unexpected(_ bytes: RawSpan, _ at: Int) -> JSONError {
        if at >= bytes.byteCount { return JSONError(.unexpectedEnd, at: bytes.byteCount) }
        return JSONError(bytes.byte(at) == UInt8(ascii: "\n") ? .lineFeed : .unexpectedByte, at: at)
    }
}
