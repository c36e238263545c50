public import AnnalsModel

/// One step of the record: an entry of the log, or a change that waits here.
public struct HistoryStep: Sendable {
    /// The line's bytes, without LF: the entry as the server composed it, or the change as it waits.
    public let line: [UInt8]
    /// The entry; nil while the change is pending.
    public let entry: Entry?
    /// What was done; nil for a refusal in the log.
    public let change: Change?
    /// Who did it.
    public let author: Name
    /// The replica that it was done on.
    public let replica: Name
    /// The change's id, kept through refusal.
    public let changeID: ChangeID
    /// The change's number in its replica.
    public let n: Int64

    /// The entry's seq; nil while pending.
    public var seq: Int64? { entry?.seq }

    /// When the server received it; nil while pending.
    public var received: Instant? { entry?.at }

    /// The rule that it broke; nil where it is accepted or pending.
    public var refusal: Refusal? {
        guard case .refused(let refusal)? = entry?.body else { return nil }
        return refusal
    }

    /// `@1043`, or `@~3` while pending.
    public var handle: String { seq.map { "@\($0)" } ?? "@~\(n)" }

    init(_ entry: Entry, _ line: [UInt8]) {
        self.line = line
        self.entry = entry
        change = entry.change
        author = entry.author
        replica = entry.replica
        changeID = entry.changeID
        n = entry.link.n
    }

    init(_ step: HistoryStep, covered change: Change) {
        line = []
        entry = step.entry.map { entry in
            var entry = entry
            if case .change(_, let hash) = entry.body { entry.body = .change(change, hash: hash) }
            return entry
        }
        self.change = change
        author = step.author
        replica = step.replica
        changeID = step.changeID
        n = step.n
    }

    init(pending change: Change, _ line: [UInt8], author: Name, replica: Name) {
        self.line = line
        entry = nil
        self.change = change
        self.author = author
        self.replica = replica
        changeID = change.id
        n = change.n
    }
}
