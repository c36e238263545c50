public import AnnalsModel

/// What a log store keeps for the head of one workspace's log, all of one durable transaction.
public struct LogHead: Sendable, Equatable {
    public var workspace: Name
    /// The log's own id (random hex); H(0) is its SHA-256, so a workspace deleted and made again is another log.
    public var log: String
    /// Raised by an operator to refuse tails of an older epoch.
    public var epoch: Int64
    /// The last entry's seq; 0 for an empty log.
    public var seq: Int64
    /// H(seq).
    public var head: Digest
    /// The last entry's `at`: the next one is never earlier.
    public var at: Instant
    /// The last change of every replica that ever wrote here.
    public var last: [Name: ReplicaMark]
    /// Ids of the changes that entered flagged as moved (renamed, rescued, resubmitted).
    public var moved: Set<ChangeID>

    public init(
        workspace: Name, log: String, epoch: Int64 = 1, seq: Int64 = 0, head: Digest, at: Instant = Instant(milliseconds: 0),
        last: [Name: ReplicaMark] = [:], moved: Set<ChangeID> = []
    ) {
        self.workspace = workspace
        self.log = log
        self.epoch = epoch
        self.seq = seq
        self.head = head
        self.at = at
        self.last = last
        self.moved = moved
    }
}

/// The high-water mark of one replica in one workspace.
public struct ReplicaMark: Sendable, Equatable {
    /// The counter of its last change in the log, accepted or refused.
    public var n: Int64
    /// The first 16 hex digits of SHA-256 of that change's bytes: what the next change's `prev` must be.
    public var hash: ShortHash
    /// The user it belongs to.
    public var user: Name

    public init(n: Int64, hash: ShortHash, user: Name) {
        self.n = n
        self.hash = hash
        self.user = user
    }
}

/// A commit group: entry lines that become durable together, in one row.
public struct LogGroup: Sendable, Equatable {
    public var workspace: Name
    /// The seq of the first line.
    public var first: Int64
    /// How many lines.
    public var count: Int64
    /// The lines, each ended by LF.
    public var bytes: [UInt8]
    /// H(first + count − 1).
    public var head: Digest
    /// Points within the group whose H is known, in their order; its end is not among them.
    public var cuts: [LogCut]
    /// `at` of the last line.
    public var at: Instant
    /// The marks of the replicas that have a line in the group, as they stand after it.
    public var last: [Name: ReplicaMark]
    /// Ids of the group's changes that entered flagged as moved.
    public var moved: Set<ChangeID>

    public init(
        workspace: Name, first: Int64, count: Int64, bytes: [UInt8], head: Digest, cuts: [LogCut] = [], at: Instant,
        last: [Name: ReplicaMark], moved: Set<ChangeID> = []
    ) {
        self.workspace = workspace
        self.first = first
        self.count = count
        self.bytes = bytes
        self.head = head
        self.cuts = cuts
        self.at = at
        self.last = last
        self.moved = moved
    }
}

/// A point between two lines of a group or stretch, with the chain there: a batch that ends here needs no hashing.
public struct LogCut: Sendable, Equatable {
    /// The lines before it.
    public var count: Int64
    /// Their bytes, with each line's LF.
    public var offset: Int
    /// H of the line before it.
    public var head: Digest

    public init(count: Int64, offset: Int, head: Digest) {
        self.count = count
        self.offset = offset
        self.head = head
    }

    /// Whether these may be the cuts of so many lines in these bytes: in order, inside, and each after a line's end.
    public static func fit(_ cuts: [LogCut], count: Int64, bytes: [UInt8]) -> Bool {
        var last: (count: Int64, offset: Int) = (0, 0)
        for cut in cuts {
            guard cut.count > last.count, cut.count < count, cut.offset > last.offset, cut.offset < bytes.count,
                bytes[cut.offset - 1] == UInt8(ascii: "\n")
            else { return false }
            last = (cut.count, cut.offset)
        }
        return true
    }
}

/// A stretch of the log as it was stored: a group, or some that follow each other.
public struct LogStretch: Sendable, Equatable {
    public var first: Int64
    public var count: Int64
    public var bytes: [UInt8]
    /// H(first − 1): with it the chain over the lines can be computed.
    public var before: Digest
    /// H(first + count − 1).
    public var head: Digest
    /// Points within the stretch whose H is known, in their order; its end is not among them.
    public var cuts: [LogCut]

    public init(first: Int64, count: Int64, bytes: [UInt8], before: Digest, head: Digest, cuts: [LogCut] = []) {
        self.first = first
        self.count = count
        self.bytes = bytes
        self.before = before
        self.head = head
        self.cuts = cuts
    }

    /// The entry after it.
    var following: Int64 { first + count }
}

/// Where the canonical log lives. Any store passes the contract suite in `AnnalsTesting`.
///
/// The server calls `append` and `head` from one writer thread and `stretch`/`holds` from reader threads, never from its loop.
public protocol LogStore: Sendable {
    /// The names of the workspaces that exist.
    func workspaces() throws -> [Name]
    /// The head of a workspace; nil where there is none of that name.
    func head(of workspace: Name) throws -> LogHead?
    /// Makes an empty workspace, durably; throws ``LogStoreError`` where the name is taken.
    func create(_ head: LogHead) throws
    /// Appends the groups in one durable transaction, all or none. When it returns, they are on disk.
    /// Each group must follow its workspace's head; throws ``LogStoreError`` otherwise and on any I/O error.
    func append(_ groups: [LogGroup]) throws
    /// The stored group that holds entry `seq`, whole, and where it is small some that follow it; nil past the head.
    /// Sees only durable entries.
    func stretch(of workspace: Name, holding seq: Int64) throws -> LogStretch?
    /// H(seq) for 0 ≤ seq ≤ head; nil outside.
    func chainHash(of workspace: Name, at seq: Int64) throws -> Digest?
    /// Whether the log has an entry with this change id: a search of the whole log, for changes flagged as moved only.
    func holds(_ change: ChangeID, in workspace: Name) throws -> Bool
    /// Drops everything uncommitted and opens the store anew, after a failed commit.
    func reopen() throws
}

/// Why a log store could not do what was asked.
public struct LogStoreError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The group does not follow the head.
        case notNext = "not_next"
        /// A workspace of that name exists.
        case exists
        /// No workspace of that name.
        case unknownWorkspace = "unknown_workspace"
        /// No space left on the device.
        case diskFull = "disk_full"
        /// The folder or file may not be written.
        case readOnly = "read_only"
        /// Not an Annals log store, or a damaged one.
        case notAStore = "not_a_store"
        /// Any other failure of the disk or the database.
        case failed
    }

    public var code: Code
    /// What, where and what to do; never an analyst's text.
    public var description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
