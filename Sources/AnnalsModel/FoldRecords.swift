/// The plain records of which a ``Fold`` is made. They name each other by their places in the fold's arrays, so that folding
/// neither allocates nor counts references; -1 is nowhere.

/// A JSON value where it stands among the fold's bytes.
public struct FoldValue: Sendable, Hashable, BitwiseCopyable {
    @usableFromInline let start: Int
    @usableFromInline let count: Int32

    /// Where its bytes stand in ``Fold/bytes``.
    @inlinable public var range: Range<Int> { start..<start + Int(count) }
}

/// ``Stamp``, with names as numbers.
struct StampRecord: Sendable {
    var change: ChangeID
    var index: Int32
    var author: Int32
    var replica: Int32
    var seq: Int64
    var n: Int64
    var base: Int64
    var written: Int64

    var id: ItemID { ItemID(change, Int(index)) }

    func isOperation(_ other: StampRecord) -> Bool { change == other.change && index == other.index }
}

/// ``Write`` or ``Element``, in a list.
struct WriteRecord: Sendable {
    var value: FoldValue
    var stamp: Int32
    /// The stamp's, so that whether somebody saw it is mostly known without going there.
    var seq: Int64
    /// The place of what it closes; -1 for a write that is no `resolve`.
    var closes: Int32 = -1
    var next: Int32 = -1
}

/// The first and last of a list of writes.
struct WriteList: Sendable {
    var first: Int32 = -1
    var last: Int32 = -1

    var isEmpty: Bool { first < 0 }
}

/// Some records that stand one after the other.
struct Stretch: Sendable {
    var first: Int32 = 0
    var end: Int32 = 0

    init(_ range: Range<Int> = 0..<0) {
        first = Int32(truncatingIfNeeded: range.lowerBound)
        end = Int32(truncatingIfNeeded: range.upperBound)
    }

    var indices: Range<Int> { Int(first)..<Int(end) }
}

/// ``Cell``.
struct CellRecord: Sendable {
    var heads = WriteList()
    var past = WriteList()
    /// The highest seq in `past`: who saw as much saw all of it.
    var pastSeq: Int64 = -1
}

/// A cell of an entity, in a list.
struct FieldCellRecord: Sendable {
    var field: Int32
    /// -1 but for class per coder.
    var author: Int32
    var cell = CellRecord()
    var next: Int32 = -1
}

/// The elements of a field of class set or append, in a list of such fields.
struct FieldElementsRecord: Sendable {
    var field: Int32
    var elements = WriteList()
    var next: Int32 = -1
}

/// What the create said of a field of class immutable, in a list.
struct ImmutableRecord: Sendable {
    var field: Int32
    var value: FoldValue
    var next: Int32 = -1
}

/// An element that was retracted before it arrived, in a list.
struct AbsentRecord: Sendable {
    var id: ItemID
    var next: Int32 = -1
}

/// ``Ignored``, in a list.
struct IgnoredRecord: Sendable {
    var stamp: Int32
    var field: Int32
    var reason: Ignored.Reason
    var next: Int32 = -1
}

/// How many entities of a kind a change has made so far.
struct OrdinalRecord: Sendable {
    var kind: Int32
    var count: Int32
}

/// ``Entity``.
struct EntityRecord: Sendable {
    var id: ItemID
    /// -1 while nothing was folded into it.
    var kind: Int32 = -1
    /// The stamp of the first create.
    var created: Int32 = -1
    var ordinal: Int32 = 1
    var existence = CellRecord()
    /// Whether a retract stands in `existence`, heads or past.
    var everRetracted = false
    var immutable: Int32 = -1
    var cells: Int32 = -1
    var elements: Int32 = -1
    var absent: Int32 = -1
    var ignored: Int32 = -1
    var lastIgnored: Int32 = -1
}
