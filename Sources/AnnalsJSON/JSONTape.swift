/// The places of all values of the line that was scanned last, in the order in which they begin; an object's keys are strings among them.
///
/// A value is named by its place on the tape, from 0, which is the line's own value. An array or object is followed by what it
/// holds, and knows where that ends; so a member is found without going over the line's bytes again.
///
/// ```swift
/// var scanner = JSONScanner()
/// _ = try scanner.scan(bytes)
/// var members = scanner.tape.members(of: 0)
/// while let member = members.next(in: scanner.tape) {
///     if scanner.tape[member.key].equals("seq", in: bytes) { seq = scanner.tape[member.value].int64(in: bytes) }
/// }
/// ```
public struct JSONTape: Sendable {
    private var slices: [JSONSlice] = []

    /// How many values there are.
    public var count: Int { slices.count }

    /// The value at a place.
    @inlinable
    public subscript(place: Int) -> JSONSlice { slice(place) }

    @usableFromInline
    func slice(_ place: Int) -> JSONSlice { slices[place] }

    /// The members of the object at a place; none of anything else.
    public func members(of place: Int) -> JSONMembers {
        JSONMembers(at: place + 1, end: slices[place].kind == .object ? Int(slices[place].next) : 0)
    }

    /// The elements of the array at a place; none of anything else.
    public func elements(of place: Int) -> JSONElements {
        JSONElements(at: place + 1, end: slices[place].kind == .array ? Int(slices[place].next) : 0)
    }

    /// The place of the value of the member with this key; nil where there is none or the value at `place` is no object.
    public func member(_ name: StaticString, of place: Int, in bytes: RawSpan) -> Int? {
        var members = members(of: place)
        while let member = members.next(in: self) {
            if slices[member.key].equals(name, in: bytes) { return member.value }
        }
        return nil
    }

    /// The place after the value at a place and all that it holds.
    func end(of place: Int) -> Int { Int(slices[place].next) }

    // MARK: Writing

    mutating func removeAll() { slices.removeAll(keepingCapacity: true) }

    @inline(__always)
    mutating func append(_ kind: JSONSlice.Kind, _ start: Int, _ end: Int, isPlain: Bool = false) {
        slices.append(JSONSlice(kind, start, end, isPlain: isPlain, next: slices.count + 1))
    }

    /// Ends the array or object at a place, after all that it holds.
    @inline(__always)
    mutating func close(_ place: Int, _ kind: JSONSlice.Kind, _ start: Int, _ end: Int) {
        slices[place] = JSONSlice(kind, start, end, isPlain: false, next: slices.count)
    }
}

/// Goes once through an object's members, in the order in which they were written.
public struct JSONMembers: Sendable {
    /// The places of a key and of its value.
    public typealias Member = (key: Int, value: Int)

    private var at: Int
    private let end: Int

    init(at: Int, end: Int) {
        self.at = at
        self.end = end
    }

    /// The next member; nil after the last one.
    public mutating func next(in tape: JSONTape) -> Member? {
        guard at < end else { return nil }
        let member = (key: at, value: at + 1)
        at = tape.end(of: at + 1)
        return member
    }
}

/// Goes once through an array's elements.
public struct JSONElements: Sendable {
    private var at: Int
    private let end: Int

    init(at: Int, end: Int) {
        self.at = at
        self.end = end
    }

    /// The place of the next element; nil after the last one.
    public mutating func next(in tape: JSONTape) -> Int? {
        guard at < end else { return nil }
        defer { at = tape.end(of: at) }
        return at
    }
}
