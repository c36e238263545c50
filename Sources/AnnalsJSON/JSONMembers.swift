/// Goes once through an object's members, in the order in which they were written.
///
/// ```swift
/// var members = root.members
/// while let member = members.next(in: bytes) {
///     if member.key.equals("seq", in: bytes) { seq = member.value.int64(in: bytes) }
/// }
/// ```
public struct JSONMembers: Sendable {
    public struct Member: Sendable, Hashable {
        public let key: JSONSlice
        public let value: JSONSlice
    }

    private var at: Int
    private let end: Int

    init(_ content: Range<Int>) {
        at = content.lowerBound
        end = content.upperBound
    }

    /// The next member; nil after the last one.
    public mutating func next(in bytes: RawSpan) -> Member? {
        let start = bytes.skippingSeparators(at, until: end)
        guard start < end, bytes.byte(start) == UInt8(ascii: "\"") else { return nil }
        let key = JSONSlice(at: start, in: bytes)
        let valueStart = bytes.skippingSeparators(key.range.upperBound, until: end)
        guard valueStart < end else { return nil }
        let value = JSONSlice(at: valueStart, in: bytes)
        // Bytes that were never scanned could make a value empty; going on must get on.
        at = max(value.range.upperBound, valueStart + 1)
        return Member(key: key, value: value)
    }
}

/// Goes once through an array's elements.
public struct JSONElements: Sendable {
    private var at: Int
    private let end: Int

    init(_ content: Range<Int>) {
        at = content.lowerBound
        end = content.upperBound
    }

    /// The next element; nil after the last one.
    public mutating func next(in bytes: RawSpan) -> JSONSlice? {
        let start = bytes.skippingSeparators(at, until: end)
        guard start < end else { return nil }
        let element = JSONSlice(at: start, in: bytes)
        at = max(element.range.upperBound, start + 1)
        return element
    }
}

extension JSONSlice {
    /// The members of an object; none of anything else.
    public var members: JSONMembers { JSONMembers(kind == .object ? content : 0..<0) }

    /// The elements of an array; none of anything else.
    public var elements: JSONElements { JSONElements(kind == .array ? content : 0..<0) }

    /// The value of the member with this key; nil where there is none or this is no object.
    public func member(_ name: StaticString, in bytes: RawSpan) -> JSONSlice? {
        var members = members
        while let member = members.next(in: bytes) {
            if member.key.equals(name, in: bytes) { return member.value }
        }
        return nil
    }

    /// How many elements an array or members an object has.
    public func count(in bytes: RawSpan) -> Int {
        var count = 0
        var members = members
        while members.next(in: bytes) != nil { count += 1 }
        var elements = elements
        while elements.next(in: bytes) != nil { count += 1 }
        return count
    }
}
