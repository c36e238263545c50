public import AnnalsModel
public import AnnalsWire

/// Why a sync ended, or cannot go on, before everything was done. Each says what it waits for.
public enum SyncStop: Error, Sendable, Hashable, CustomStringConvertible {
    /// The connection ended; what is queued stays queued.
    case disconnected(String)
    /// The server speaks none of our protocol versions.
    case unsupported([Int64])
    /// The server ended the conversation.
    case server(code: String, detail: String, recovery: String)
    /// The server's log is another one than this replica's.
    case otherLog
    /// The server is not the one that this replica is bound to: its key differs.
    case otherServer
    /// The server has fewer entries than this replica: it came back from an older backup.
    case serverBehind(serverSeq: Int64, have: Int64)
    /// The server's log and this replica's part ways.
    case fork(at: Int64)
    /// An entry or checkpoint that does not prove itself.
    case badEntry(seq: Int64, what: String)
    /// Something that the protocol does not allow.
    case protocolBroken(String)
    /// The server takes no more changes of this file on this connection.
    case pushStopped(replica: Name, n: Int64, code: ServerMessage.StopCode)
    /// A change is longer than any line that this server takes.
    case tooLong(replica: Name, n: Int64, limit: Int64)
    /// Other bytes stand under this file's name.
    case twin(replica: Name, n: Int64)
    /// The replica file could not be written.
    case storage(String)

    public var description: String {
        switch self {
        case .disconnected(let why):
            "the server was not reached (\(why)). Nothing is lost: what waits goes out with the next sync."
        case .unsupported(let versions):
            "the server speaks protocol \(versions.map(String.init).joined(separator: ", ")), this program 1. Upgrade the older one."
        case .server(let code, let detail, let recovery):
            "the server ended the conversation (\(code): \(detail)). What to do: \(recovery)."
        case .otherLog:
            "the server has another log under this workspace's name: it was made anew. Stop and ask who runs the server; nothing was sent or taken."
        case .otherServer:
            "the server's key is not the one that this replica is bound to. Check the address; if the server really has a new key, make a new clone."
        case .serverBehind(let server, let have):
            "the server has \(server) entries and this replica \(have), with the same beginning: it came back from an older backup. Keep this replica; whoever runs the server restores the rest."
        case .fork(let seq):
            "the server's log and this replica's differ at or before entry \(seq). Keep this replica: it holds entries that the server lost. Nothing was sent or taken; make a new clone to go on working."
        case .badEntry(let seq, let what):
            "entry \(seq) does not prove itself (\(what)). Nothing from there on was taken; what you have stays readable and writable. Ask who runs the server."
        case .protocolBroken(let what):
            "the server broke the protocol (\(what)). Nothing was lost; sync again, and report it if it comes back."
        case .pushStopped(let replica, let n, .gap):
            "the server misses changes of \(replica) before number \(n), and this file no longer has them. Keep it and make a new clone; `annals status` in this file still shows what waits."
        case .pushStopped(let replica, let n, .badBase):
            "change \(n) of \(replica) was written on a log that the server does not have. It waits here; make a new clone to go on working."
        case .pushStopped(let replica, let n, .mismatch), .twin(let replica, let n):
            "another copy of this replica has already written change \(n) as \(replica): this file is a copy, or came back from a backup. Entries still arrive; its own changes from \(n) on wait here unsent. Make a new clone for new work."
        case .pushStopped(let replica, _, .notYours):
            "the server knows \(replica) as another user's. Sign in as that user, or make a new clone."
        case .tooLong(let replica, let n, let limit):
            "change \(n) of \(replica) is longer than the \(limit) bytes that this server takes. It and what comes after it wait here unsent; entries still arrive. Ask who runs the server for a higher limit."
        case .pushStopped(let replica, let n, .unknown):
            "the server takes no more changes of \(replica) from number \(n) on, for a reason that this version does not know. Upgrade this program; what waits here stays."
        case .storage(let what):
            "this replica's file could not be written (\(what)). Nothing recorded is lost; make room or rights and sync again."
        }
    }
}
