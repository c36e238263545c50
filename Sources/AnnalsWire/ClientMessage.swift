public import AnnalsModel

/// What a client says. `Protocol/SPEC.md` has the table of all members; unknown members are ignored.
public enum ClientMessage: Sendable, Equatable {
    /// The first line: the protocol versions that the client speaks, and its name for the server's log.
    case hello(protocols: [Int64], agent: String)
    /// Who is there. `development` is taken only where it was switched on; `peer` on a Unix socket.
    case auth(Authentication)
    case open(Open)
    /// Asks for entries from `after` + 1; credit is in bytes.
    case pull(workspace: Name, after: Int64, credit: Int64, live: Bool)
    /// More bytes may be sent.
    case credit(workspace: Name, bytes: Int64)
    /// Followed by `count` change lines.
    case push(PushHeader)
    case ping
    case pong

    public enum Authentication: Sendable, Equatable {
        case development(user: Name)
        case peer(user: Name)
    }

    public struct Open: Sendable, Equatable {
        public var workspace: Name
        /// nil for a replica that has never met a server: it binds now.
        public var log: String?
        /// The last seq that the replica holds, and H(have).
        public var have: Int64
        public var head: Digest?
        /// The ids that this replica file wrote under.
        public var replicas: [Name]

        public init(workspace: Name, log: String?, have: Int64, head: Digest?, replicas: [Name]) {
            self.workspace = workspace
            self.log = log
            self.have = have
            self.head = head
            self.replicas = replicas
        }
    }
}

/// The header of a push: whose changes follow.
public struct PushHeader: Sendable, Equatable {
    public var workspace: Name
    public var replica: Name
    public var count: Int64
    /// The last common point, where the changes were written on a branch that the server does not have.
    public var fork: Base?
    /// Whether the changes were renamed, rescued or resubmitted, and so are looked up in the whole log.
    public var moved: Bool

    public init(workspace: Name, replica: Name, count: Int64, fork: Base? = nil, moved: Bool = false) {
        self.workspace = workspace
        self.replica = replica
        self.count = count
        self.fork = fork
        self.moved = moved
    }
}
