/// The places of all values of the line that was scanned last, in the order in which they begin; an object's keys are strings among them.
///
/// A value is named by its place on the tape, from 0, which is the line's own value. An array or object is followed by what it
/// holds, and knows where that ends; so a member is found without going over the line's bytes again.
///
/// ```swift
/// var scanner = JSONScanner()
/// try scanner.scan(bytes)
/// var members = scanner.tape.members(of: 0)
/// while let member = members.next(in: scanner.tape) {
///     if scanner.tape[member.key].equals("seq", in: bytes) { seq = scanner.tape[member.value].int64(in: bytes) }
/// }
/// ```
///
/// It belongs to its scanner and is never copied: a line's values would be copied with it.
public struct JSONTape: ~Copyable, @unchecked Sendable {
    /// Room for every value that a line can hold is made before it is scanned, so writing checks one bound and never grows.
    @usableFromInline var slices: UnsafeMutablePointer<JSONSlice>
    private var capacity: Int
    /// How many values there are.
    public private(set) var count = 0

    /// More room than this is given back after a line that needed it.
    private static let usualCapacity = 1 << 12

    init() {
        capacity = Self.usualCapacity
        slices = .allocate(capacity: capacity)
    }

    deinit { slices.deallocate() }

    /// The value at a place.
    @inlinable
    public subscript(place: Int) -> JSONSlice {
        precondition(place >= 0 && place < count, "a place on the tape")
        return slices[place]
    }

    /// The values one after the other, while `body` runs.
    @inlinable
    public func withSlices<Result>(_ body: (UnsafeBufferPointer<JSONSlice>) -> Result) -> Result {
        body(UnsafeBufferPointer(start: slices, count: count))
    }

    /// The members of the object at a place; none of anything else.
    @inlinable
    public func members(of place: Int) -> JSONMembers { JSONMembers(of: place, self[place]) }

    /// The elements of the array at a place; none of anything else.
    @inlinable
    public func elements(of place: Int) -> JSONElements { JSONElements(of: place, self[place]) }

    /// The place of the value of the member with this key; nil where there is none or the value at `place` is no object.
    public func member(_ name: StaticString, of place: Int, in bytes: RawSpan) -> Int? {
        var members = members(of: place)
        while let member = members.next(in: self) {
            if self[member.key].equals(name, in: bytes) { return member.value }
        }
        return nil
    }

    // MARK: Writing

    /// Forgets what it holds and makes room for a line of so many bytes: each value takes one, and one that parts it from the next.
    mutating func start(_ byteCount: Int) {
        count = 0
        let needed = max(byteCount / 2 + 2, Self.usualCapacity)
        guard needed > capacity || capacity > Self.usualCapacity else { return }
        slices.deallocate()
        capacity = needed
        slices = .allocate(capacity: needed)
    }

    @inline(__always)
    mutating func append(_ kind: JSONSlice.Kind, _ start: Int, _ end: Int, isPlain: Bool = false) {
        precondition(count < capacity, "more values than bytes")
        (slices + count).initialize(to: JSONSlice(kind, start, end, isPlain: isPlain, next: count + 1))
        count += 1
    }

    /// Ends the array or object at a place, after all that it holds.
    @inline(__always)
    mutating func close(_ place: Int, _ kind: JSONSlice.Kind, _ start: Int, _ end: Int) {
        slices[place] = JSONSlice(kind, start, end, isPlain: false, next: count)
    }
}

/// Goes once through an object's members, in the order in which they were written.
public struct JSONMembers: Sendable {
    /// The places of a key and of its value.
    public typealias Member = (key: Int, value: Int)

    @usableFromInline var at: Int
    @usableFromInline let end: Int

    /// Through the members of the value at a place.
    @inlinable
    public init(of place: Int, _ slice: JSONSlice) {
        at = place + 1
        end = slice.kind == .object ? Int(slice.next) : 0
    }

    /// The next member; nil after the last one.
    @inlinable
    public mutating func next(in tape: borrowing JSONTape) -> Member? {
        guard at < end else { return nil }
        let member = (key: at, value: at + 1)
        at = Int(tape[at + 1].next)
        return member
    }

    /// The next member, of values given one after the other.
    @inlinable
    public mutating func next(in slices: UnsafeBufferPointer<JSONSlice>) -> Member? {
        guard at < end else { return nil }
        let member = (key: at, value: at + 1)
        at = Int(slices[at + 1].next)
        return member
    }
}

/// Goes once through an array's elements.
public struct JSONElements: Sendable {
    @usableFromInline var at: Int
    @usableFromInline let end: Int

    /// Through the elements of the value at a place.
    @inlinable
    public init(of place: Int, _ slice: JSONSlice) {
        at = place + 1
        end = slice.kind == .array ? Int(slice.next) : 0
    }

    /// The place of the next element; nil after the last one.
    @inlinable
    public mutating func next(in tape: borrowing JSONTape) -> Int? {
        guard at < end else { return nil }
        defer { at = Int(tape[at].next) }
        return at
    }

    /// The place of the next element, of values given one after the other.
    @inlinable
    public mutating func next(in slices: UnsafeBufferPointer<JSONSlice>) -> Int? {
        guard at < end else { return nil }
        defer { at = Int(slices[at].next) }
        return at
    }
}
