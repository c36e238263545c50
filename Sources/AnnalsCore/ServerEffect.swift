public import AnnalsModel
public import AnnalsWire

/// A connection, as the shell numbers them; never used twice.
public struct SessionID: Hashable, Sendable, CustomStringConvertible {
    public var number: UInt64
    public init(_ number: UInt64) { self.number = number }
    public var description: String { "c\(number)" }
}

/// How a peer reached the server: what decides how it may sign in.
public enum Peer: Sendable, Equatable {
    case loopback
    /// A Unix socket, with the peer's user name as the kernel says.
    case unix(user: Name?)
}

/// What happened, as the shell tells the core.
public enum ServerInput: Sendable {
    case accepted(SessionID, Peer)
    case bytes(SessionID, [UInt8])
    case closed(SessionID)
    /// Everything written to the session has left for the network.
    case drained(SessionID)
    /// The groups of the last `append` are on disk; `heads` are what ``UnchainedGroup/chained()`` gave for each of them, in their order.
    case committed(heads: [[Digest]])
    /// They are not, nothing of them; the store is open anew, and these are its heads. No heads: it could not be opened.
    case commitFailed(detail: String, heads: [LogHead])
    case stretch(SessionID, workspace: Name, LogStretch?)
    case hash(SessionID, workspace: Name, seq: Int64, Digest?)
    case searched(SessionID, workspace: Name, ChangeID, found: Bool)
    /// A read failed: the disk or the database.
    case readFailed(SessionID, detail: String)
    case tick
}

/// What the shell is to do, in this order.
public enum ServerEffect: Sendable {
    case write(SessionID, ArraySlice<UInt8>)
    /// Close after everything written has left.
    case close(SessionID)
    /// Stop reading from this peer until `resume`: it is ahead of the disk.
    case pause(SessionID)
    case resume(SessionID)
    /// Chain these groups and make them durable in one transaction, then say `committed` or `commitFailed`.
    case append([UnchainedGroup])
    /// Try to open the store again, then say `commitFailed` with what is really there.
    case reopen
    /// Read the stretch holding this entry, off the loop.
    case read(SessionID, workspace: Name, seq: Int64)
    case hash(SessionID, workspace: Name, seq: Int64)
    case search(SessionID, workspace: Name, ChangeID)
    case log(ServerEvent)
}

/// What the server's log tells an operator; never an analyst's text.
public enum ServerEvent: Sendable, Equatable {
    case signedIn(SessionID, user: Name, agent: String)
    case opened(SessionID, workspace: Name, user: Name, have: Int64, seq: Int64)
    case refused(SessionID, workspace: Name, replica: Name, n: Int64, RefusalCode)
    case stopped(SessionID, workspace: Name, replica: Name, n: Int64, ServerMessage.StopCode)
    case failed(SessionID, code: String)
    case commitFailed(detail: String)
    case closed(SessionID)
}
