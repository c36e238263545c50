internal import AnnalsJSON

/// What one side may ask of the other, announced in `welcome`. Every queue, line and loop that a peer can fill has its limit here.
///
/// Limits may be raised freely. They never fall below what a log already holds, or its entries could not be sent.
public struct Limits: Sendable, Hashable {
    /// The bytes of one change line, LF not counted: 2 MiB. A document's text of a megabyte fits even where every byte
    /// of it needs an escape of two.
    public var changeBytes = 2 << 20

    /// What the server may put around a change to make it an entry, so that no change that was taken is too long to be
    /// sent on: 1 KiB. The longest envelope of version 1 has less than 400 bytes; the rest is for later members.
    public static let envelopeBytes = 1024

    /// The bytes of any line, LF not counted: the change limit and the envelope's fixed allowance.
    public var lineBytes: Int { changeBytes + Self.envelopeBytes }

    /// The operations in one change: 1000. A person makes a few; an importer divides its work into changes, and the
    /// limit bounds what is folded, shown and undone as one thing.
    public var operationsPerChange = 1000

    /// How deeply a line's JSON nests: 32. Version 1 needs less than 10; the rest is for later vocabularies, while
    /// every reader that recurses stays within a small stack.
    public var depth = JSONScanner.usualDepth

    /// The lines of one batch: 400. It bounds what a reader holds before the checkpoint that proves it, where lines are
    /// short; ``turnBytes`` does where they are long. A batch is also the least that a replica stores in one transaction, and who
    /// annotates beside a sync waits for that.
    public var batchLines = 400

    /// The bytes after which a batch ends and another workspace has its turn: 512 KiB, so that usual lines fill a batch to
    /// ``batchLines`` first. Each batch costs a signature, so larger ones cost fewer; another workspace waits four milliseconds on a
    /// line of a gigabit. A longer line is sent whole.
    public var turnBytes = 512 << 10

    /// The bytes of a commit group that still takes another change: 1 MiB. It bounds how long a change waits for the
    /// disk behind others.
    public var groupBytes = 1 << 20

    /// The workspaces that one connection may have open: 64. Each costs the server a cursor and a turn.
    public var workspacesPerConnection = 64

    /// The replica ids that one `open` may name: 64. A file has one, and one more for each time it found itself a twin.
    public var replicasPerOpen = 64

    /// The changes a client may send ahead of their acknowledgement: 1000. At a round trip of 100 ms that is 10,000 changes
    /// a second, and after a cut connection no more than these are sent twice.
    public var unacknowledgedChanges = 1000

    /// How long a connection may be silent before it is asked for a sign of life, in seconds: 60, below the few minutes after which
    /// address translators forget a connection. After twice that it is closed; before signing in, after half.
    public var idleSeconds: Int64 = 60

    /// The bytes that someone may send before signing in: 4 KiB. `hello` and `auth` need a few hundred, and a stranger
    /// cannot make the server hold more.
    public var bytesBeforeAuthentication = 4 << 10

    /// The bytes that may wait to be sent to one peer: 2 MiB, four turns, beyond which it is served from the store when it
    /// has caught up. One line above it is sent whole.
    public var peerOutputBytes = 2 << 20

    /// The bytes of the groups that became durable last and are kept for peers a little behind: 8 MiB for a workspace that
    /// somebody follows. Beyond it they are served from the store.
    public var recentBytes = 8 << 20

    /// The credit that a replica gives with `pull`, in bytes: 64 MiB. Half of it is stored in one transaction while the other half
    /// arrives, about 75,000 entries: each item that many of them touch is written once. It is what a pull may hold in memory.
    public var pullCreditBytes = 64 << 20

    /// The limits that a server announces where nobody chose others.
    public init() {}

    /// The limits as `welcome` announces them, by their names in the SPEC.
    public var announced: [String: Int64] {
        [
            "change_bytes": Int64(changeBytes),
            "line_bytes": Int64(lineBytes),
            "operations": Int64(operationsPerChange),
            "depth": Int64(depth),
            "batch_lines": Int64(batchLines),
            "batch_bytes": Int64(turnBytes),
            "workspaces": Int64(workspacesPerConnection),
            "replicas": Int64(replicasPerOpen),
            "unacknowledged_changes": Int64(unacknowledgedChanges),
            "idle_seconds": idleSeconds,
            "bytes_before_authentication": Int64(bytesBeforeAuthentication),
        ]
    }
}
