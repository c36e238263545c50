/// Where one write stands in the record: what is needed to tell who saw what.
public struct Stamp: Sendable, Hashable {
    /// The operation that made the write.
    public var id: ItemID
    /// The entry's seq; for a pending change ``Stamp/pending`` + n, so that it comes after everything received.
    public var seq: Int64
    public var author: Name
    public var replica: Name
    /// The change's counter in its replica.
    public var n: Int64
    /// The operation's number in its change, from 1.
    public var index: Int
    /// The last seq that was on the author's screen, in this log's numbering.
    public var base: Int64
    /// The author's clock.
    public var written: Instant

    public init(
        id: ItemID, seq: Int64, author: Name, replica: Name, n: Int64, index: Int, base: Int64, written: Instant
    ) {
        self.id = id
        self.seq = seq
        self.author = author
        self.replica = replica
        self.n = n
        self.index = index
        self.base = base
        self.written = written
    }

    /// Added to n to make the seq of a change that no server has confirmed.
    public static let pending: Int64 = 1 << 53

    /// Whether no server has confirmed it.
    public var isPending: Bool { seq >= Self.pending }
}

/// Which replica continues which: a renamed replica's first change keeps the `prev` of the chain that it left.
public struct Lineage: Sendable, Hashable {
    /// For a replica that continues another: the other, and the last n of it that belongs to its past.
    public private(set) var parents: [Name: Ancestor] = [:]

    public struct Ancestor: Sendable, Hashable {
        public var replica: Name
        public var n: Int64
        public var author: Name

        public init(replica: Name, n: Int64, author: Name) {
            self.replica = replica
            self.n = n
            self.author = author
        }
    }

    public init() {}

    public mutating func record(_ replica: Name, continues ancestor: Ancestor) {
        parents[replica] = ancestor
    }

    /// Whether the author of `a` had `b` on the screen: B.seq ≤ A.base, or B is an earlier change of the same replica,
    /// or of its ancestor along `prev` by the same author, or an earlier operation of the same change.
    ///
    /// No clock decides it.
    public func saw(_ a: Stamp, _ b: Stamp) -> Bool {
        if b.seq <= a.base { return true }
        if a.replica == b.replica { return b.n < a.n || (b.n == a.n && b.index < a.index) }
        guard a.author == b.author, !parents.isEmpty else { return false }
        var replica = a.replica
        // A chain of parents is finite: each is recorded once, before its child's first change.
        for _ in 0..<parents.count {
            guard let parent = parents[replica], parent.author == a.author else { return false }
            if parent.replica == b.replica { return b.n <= parent.n }
            replica = parent.replica
        }
        return false
    }
}
