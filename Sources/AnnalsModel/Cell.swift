/// One write to a cell.
public struct Write: Sendable, Hashable {
    public var stamp: Stamp
    public var value: Value
    /// For a `resolve`: the writes that it supersedes, and no others.
    public var closes: [ItemID]?

    public init(_ stamp: Stamp, _ value: Value, closes: [ItemID]? = nil) {
        self.stamp = stamp
        self.value = value
        self.closes = closes
    }
}

/// A cell of one field: its heads, and what of its past can still matter.
public struct Cell: Sendable, Hashable {
    /// The writes that no other write superseded, in order of arrival.
    public var heads: [Write] = []
    /// Superseded writes: whoever writes late may have had them on the screen. A field of class latest needs none, for
    /// it has no conflicts, and existence none from before the first retract (``Entity``).
    public var past: [Write] = []

    public init() {}

    public init(heads: [Write], past: [Write]) {
        self.heads = heads
        self.past = past
    }

    /// Whether two heads differ.
    public var isContested: Bool { heads.dropFirst().contains { $0.value != heads[0].value } }

    /// The head with the highest place in the log: what a field of class latest shows.
    public var latest: Write? {
        heads.max { ($0.stamp.seq, $0.stamp.index) < ($1.stamp.seq, $1.stamp.index) }
    }
}

/// Whether an entity is there: itself a contested cell.
public enum Existence: String, Sendable, Hashable {
    case present, retracted
}

/// An element of a field of class set or append.
public struct Element: Sendable, Hashable {
    public var stamp: Stamp
    public var value: Value

    public init(_ stamp: Stamp, _ value: Value) {
        self.stamp = stamp
        self.value = value
    }

    public var id: ItemID { stamp.id }
}

/// A write that has no effect, and why: it is listed, never silently dropped.
public struct Ignored: Sendable, Hashable {
    public var stamp: Stamp
    public var field: String
    public var reason: Reason

    public enum Reason: String, Sendable, Hashable, BitwiseCopyable {
        /// The author had a conflict on the screen: only `resolve` closes it.
        case conflictOnScreen = "conflict-on-screen"
        /// Only the item's owner may write this.
        case notOwner = "not-owner"
        /// The field is said once, at creation.
        case immutable
        /// The operation names another kind than the item's.
        case otherKind = "other-kind"
    }

    public init(_ stamp: Stamp, field: String, reason: Reason) {
        self.stamp = stamp
        self.field = field
        self.reason = reason
    }
}
