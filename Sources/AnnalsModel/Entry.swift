/// One line of the log: what the server says of a change, and the change or its refusal.
public struct Entry: Sendable, Hashable {
    /// 1, 2, 3 … without gaps: the one total order.
    public var seq: Int64
    /// *Received*: the server's clock, never earlier than the entry before.
    public var at: Instant
    public var author: Name
    public var replica: Name
    /// The fork rule: where the branch that the change was written on left this one.
    public var common: Base?
    /// Whether the change entered renamed, rescued or resubmitted.
    public var moved: Bool
    public var body: Body

    public enum Body: Sendable, Hashable {
        /// An accepted change, with the hash of its bytes.
        case change(Change, hash: ShortHash)
        case refused(Refusal)
    }

    public init(
        seq: Int64, at: Instant, author: Name, replica: Name, common: Base? = nil, moved: Bool = false, body: Body
    ) {
        self.seq = seq
        self.at = at
        self.author = author
        self.replica = replica
        self.common = common
        self.moved = moved
        self.body = body
    }

    /// The accepted change; nil for a refusal.
    public var change: Change? { if case .change(let change, _) = body { change } else { nil } }

    public var changeID: ChangeID {
        switch body {
        case .change(let change, _): change.id
        case .refused(let refusal): refusal.id
        }
    }

    /// The counter, hash and previous hash of the change in its replica's own chain, accepted or refused.
    public var link: (n: Int64, hash: ShortHash, prev: ShortHash?) {
        switch body {
        case .change(let change, let hash): (change.n, hash, change.prev)
        case .refused(let refusal): (refusal.n, refusal.digest.short, refusal.prev)
        }
    }
}

/// A refused change: it has its number in the log, so that everyone knows, but not its content.
public struct Refusal: Sendable, Hashable {
    public var id: ChangeID
    public var n: Int64
    public var code: String
    /// SHA-256 of the refused change's bytes.
    public var digest: Digest
    public var prev: ShortHash?

    public init(id: ChangeID, n: Int64, code: String, digest: Digest, prev: ShortHash?) {
        self.id = id
        self.n = n
        self.code = code
        self.digest = digest
        self.prev = prev
    }
}
