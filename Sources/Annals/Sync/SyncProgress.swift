public import AnnalsCore
public import AnnalsModel

/// What a sync tells while it runs.
public enum SyncProgress: Sendable, Equatable {
    case connecting(ServerAddress)
    case signedIn(user: Name)
    /// Entries stored, of those that the server has.
    case received(Int64, of: Int64)
    /// A first copy up to this entry has arrived, and is being folded and indexed.
    case showing(Int64)
    /// Everything that the server had is here.
    case caughtUp(seq: Int64)
    /// The server has this replica's changes up to n on its disk.
    case accepted(n: Int64)
    /// A change was refused, and which rule it broke.
    case refused(n: Int64, code: String, detail: String)
    /// This replica's changes are not taken any more; entries still arrive.
    case pushStopped(SyncStop)
    /// The connection ended; it is tried again after so many seconds.
    case waiting(seconds: Int, because: SyncStop)
}

/// What a sync came to.
public struct SyncSummary: Sendable, Equatable {
    /// Entries that this sync brought.
    public var received: Int64 = 0
    /// Own changes that the stream confirmed or refused during this sync.
    public var settled = 0
    /// The replica's last entry now.
    public var have: Int64 = 0

    /// Nothing yet.
    public init() {}
}
