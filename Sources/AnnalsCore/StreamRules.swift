public import AnnalsModel

/// A change of this replica file that the stream has not confirmed yet: a row of the outbox.
public struct PendingRow: Sendable, Hashable {
    /// The id that it was written under.
    public var replica: Name
    public var n: Int64
    public var id: ChangeID
    /// The line without LF, as it is pushed.
    public var bytes: [UInt8]
    public var hash: ShortHash
    public var state: PendingState
    /// Renamed, rescued or resubmitted: the server looks it up in the whole log.
    public var moved: Bool
    /// The last common point, where it was written on a branch that the server does not have.
    public var fork: Base?

    public init(
        replica: Name, n: Int64, id: ChangeID, bytes: [UInt8], hash: ShortHash, state: PendingState,
        moved: Bool = false, fork: Base? = nil
    ) {
        self.replica = replica
        self.n = n
        self.id = id
        self.bytes = bytes
        self.hash = hash
        self.state = state
        self.moved = moved
        self.fork = fork
    }
}

/// How far a pending change is. Confirmed and refused are final, and only the stream brings them.
public enum PendingState: String, Sendable, Hashable, CaseIterable {
    /// Waits for a server.
    case queued
    /// Waits for the server's answer.
    case sent
    /// On the server's disk; waits for the stream to bring it.
    case accepted
}

/// What an entry of the stream means for the outbox: the one place where that is decided.
public enum StreamRules {
    public enum Judgment: Sendable, Hashable {
        /// Somebody else's, or one of this file's that is settled.
        case notMine
        /// The stream brought this very change: it leaves the outbox.
        case confirmed
        /// The log has it as refused: it is parked for its author.
        case refused(code: String)
        /// Other bytes stand under this file's own name: it has a twin (a copy, or a backup that was restored).
        case twin
    }

    /// - Parameters:
    ///   - row: the outbox row with the entry's replica and n.
    ///   - current: the id that this file writes under now.
    public static func judge(_ entry: Entry, row: PendingRow?, current: Name) -> Judgment {
        if let row {
            guard row.hash == entry.link.hash else { return .twin }
            if case .refused(let refusal) = entry.body { return .refused(code: refusal.code) }
            return .confirmed
        }
        return entry.replica == current ? .twin : .notMine
    }

    /// The state of an outbox row when a server says which n of its replica it knows last.
    public static func state(of n: Int64, serverLast: Int64) -> PendingState {
        n > serverLast ? .queued : .accepted
    }
}
