/// One value inside a scanned line: its kind and where it stands. It holds no bytes; whoever asks brings those that were scanned.
///
/// Reading allocates nothing but the strings that are asked for. What is inside an array or object, ``JSONTape`` says. Of
/// other bytes than those that were scanned it says something or nothing, and neither stops the program nor reads beyond them.
public struct JSONSlice: Sendable, Hashable {
    public enum Kind: UInt8, Sendable {
        case null
        case bool
        case integer
        case string
        case array
        case object
    }

    /// The greatest integer that every reader holds exactly, also one that knows floating point only: 2^53−1.
    public static let greatestInteger: Int64 = 9_007_199_254_740_991

    public let kind: Kind
    /// Whether this is a string without escapes, so that the bytes between its quotes are its text.
    public let isPlain: Bool
    @usableFromInline let start: Int32
    @usableFromInline let end: Int32
    /// The place on the tape after this value and all that it holds.
    @usableFromInline let next: Int32

    /// The value's bytes exactly, with quotes or brackets, without the blanks around it.
    @inlinable public var range: Range<Int> { Range(uncheckedBounds: (Int(start), Int(end))) }

    /// What stands between a string's quotes, or an array's or object's brackets.
    @inlinable public var content: Range<Int> {
        switch kind {
        case .string, .array, .object: inner
        case .null, .bool, .integer: range
        }
    }

    /// The text between the quotes where this is a string without escapes; nil for anything else.
    @inlinable public var plainText: Range<Int>? { isPlain ? inner : nil }

    /// The first and the last byte are the value's own.
    @inlinable var inner: Range<Int> { Range(uncheckedBounds: (Int(start) &+ 1, Int(end) &- 1)) }

    /// - Precondition: the offsets are in order, those of a string, array or object at least two apart, and fit 32 bits, as those of a
    ///   scanned line do.
    @inline(__always)
    init(_ kind: Kind, _ start: Int, _ end: Int, isPlain: Bool, next: Int) {
        self.kind = kind
        self.isPlain = isPlain
        self.start = Int32(truncatingIfNeeded: start)
        self.end = Int32(truncatingIfNeeded: end)
        self.next = Int32(truncatingIfNeeded: next)
    }
}

// MARK: Scalars

extension JSONSlice {
    @inlinable
    public var isNull: Bool { kind == .null }

    /// nil unless this is true or false.
    public func bool(in bytes: RawSpan) -> Bool? {
        kind == .bool ? bytes.byte(Int(start)) == UInt8(ascii: "t") : nil
    }

    /// nil unless this is an integer.
    @inlinable
    public func int64(in bytes: RawSpan) -> Int64? {
        guard kind == .integer else { return nil }
        let isNegative = bytes.byte(Int(start)) == UInt8(ascii: "-")
        var magnitude: Int64 = 0
        for at in (isNegative ? Int(start) + 1 : Int(start))..<max(Int(start) + 1, Int(end)) {
            magnitude = magnitude &* 10 &+ Int64(bytes.byte(at) &- UInt8(ascii: "0"))
        }
        return isNegative ? 0 &- magnitude : magnitude
    }

    /// The text with its escapes resolved; nil unless this is a string.
    public func string(in bytes: RawSpan) -> String? {
        guard kind == .string, content.upperBound <= bytes.byteCount else { return nil }
        if isPlain { return bytes.extracting(content).withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
        return String(decoding: textBytes(in: bytes) ?? [], as: UTF8.self)
    }

    /// The text's UTF-8 bytes with its escapes resolved; nil unless this is a string.
    public func textBytes(in bytes: RawSpan) -> [UInt8]? {
        guard kind == .string, content.upperBound <= bytes.byteCount else { return nil }
        if isPlain { return bytes.extracting(content).withUnsafeBytes { Array($0) } }
        var text = JSONText(content)
        var unescaped: [UInt8] = []
        unescaped.reserveCapacity(content.count)
        while let byte = text.next(in: bytes) { unescaped.append(byte) }
        return unescaped
    }

    /// Whether this is a string with exactly this text.
    @inlinable @inline(__always)
    public func equals(_ text: StaticString, in bytes: RawSpan) -> Bool {
        guard kind == .string else { return false }
        return isPlain ? bytes.equals(Int(start) + 1..<Int(end) - 1, text) : equalsEscaped(text, in: bytes)
    }

    @usableFromInline @inline(never)
    func equalsEscaped(_ text: StaticString, in bytes: RawSpan) -> Bool {
        var rest = JSONText(content)
        for index in 0..<text.utf8CodeUnitCount where rest.next(in: bytes) != text.utf8Start[index] { return false }
        return rest.next(in: bytes) == nil
    }

    /// A copy of the value's bytes, verbatim.
    public func raw(in bytes: RawSpan) -> [UInt8] {
        bytes.extracting(min(Int(start), bytes.byteCount)..<min(Int(end), bytes.byteCount)).withUnsafeBytes { Array($0) }
    }
}
