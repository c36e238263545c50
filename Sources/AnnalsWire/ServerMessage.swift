public import AnnalsModel

/// What a server says. `Protocol/SPEC.md` has the table of all members; unknown members are ignored.
public enum ServerMessage: Sendable, Equatable {
    case welcome(Welcome)
    /// None of the client's protocol versions is spoken here; the connection closes.
    case unsupported(protocols: [Int64])
    case ready(user: Name)
    case opened(Opened)
    /// The header of a batch: `count` entry lines follow, then a checkpoint.
    case entries(workspace: Name, first: Int64, count: Int64)
    case checkpoint(Checkpoint)
    case caughtUp(workspace: Name, seq: Int64)
    /// All changes of this replica up to n are on disk; the last one is entry `seq`. A hint for people: the stream confirms.
    case ack(workspace: Name, replica: Name, n: Int64, seq: Int64)
    /// This change is in the log as refused. `detail` names the rule, never a value.
    case refused(workspace: Name, replica: Name, n: Int64, code: String, detail: String)
    /// This number was taken before: a hint, never an ack.
    case known(workspace: Name, replica: Name, n: Int64)
    /// Pushing stops here; pulling goes on, and the stream decides.
    case stopped(workspace: Name, replica: Name, n: Int64, code: StopCode)
    case error(code: String, detail: String, recovery: String)
    case ping
    case pong

    /// Why the server takes no more of a replica's changes on this connection.
    public enum StopCode: String, Sendable, CaseIterable {
        /// The change does not continue the chain that the server knows: another file wrote under this name.
        case mismatch
        /// Changes between the last one known and this one are missing.
        case gap
        /// The base is not on the server's log.
        case badBase = "bad_base"
        /// The replica id belongs to another user.
        case notYours = "not_yours"
        /// A code that this version does not know: a stop all the same. It is never sent.
        case unknown
    }

    public struct Welcome: Sendable, Equatable {
        public var version: Int64
        /// The server's public signing key, in hex: its identity.
        public var server: String
        public var nonce: String
        public var limits: [String: Int64]

        public init(version: Int64, server: String, nonce: String, limits: [String: Int64]) {
            self.version = version
            self.server = server
            self.nonce = nonce
            self.limits = limits
        }
    }

    public struct Opened: Sendable, Equatable {
        public var workspace: Name
        public var log: String
        public var epoch: Int64
        public var seq: Int64
        public var head: Digest
        public var role: Role
        /// H(have) on the server's log; nil where the server has fewer entries than the client.
        public var common: Digest?
        /// The last n and its hash of each of the client's replica ids that the server knows.
        public var last: [Name: Mark]

        public struct Mark: Sendable, Equatable {
            public var n: Int64
            public var hash: ShortHash

            public init(n: Int64, hash: ShortHash) {
                self.n = n
                self.hash = hash
            }
        }

        public init(
            workspace: Name, log: String, epoch: Int64, seq: Int64, head: Digest, role: Role, common: Digest?,
            last: [Name: Mark]
        ) {
            self.workspace = workspace
            self.log = log
            self.epoch = epoch
            self.seq = seq
            self.head = head
            self.role = role
            self.common = common
            self.last = last
        }
    }
}

/// The server's signed word that the log up to `seq` is this one.
///
/// On the wire and in a file it is one line whose last member `sig` covers all bytes before it.
public struct Checkpoint: Sendable, Hashable {
    public var workspace: Name
    public var log: String
    public var epoch: Int64
    public var seq: Int64
    public var head: Digest
    public var at: Instant
    /// Ed25519 over the line's bytes up to `,"sig"`, in hex.
    public var signature: String

    public init(
        workspace: Name, log: String, epoch: Int64, seq: Int64, head: Digest, at: Instant, signature: String = ""
    ) {
        self.workspace = workspace
        self.log = log
        self.epoch = epoch
        self.seq = seq
        self.head = head
        self.at = at
        self.signature = signature
    }
}

/// Signs and checks checkpoints; the keys are the shell's.
public protocol CheckpointSigner: Sendable {
    /// The public key in hex.
    var publicKey: String { get }
    /// An Ed25519 signature in hex.
    func sign(_ bytes: [UInt8]) -> String
}

public protocol CheckpointVerifier: Sendable {
    /// Whether `signature` (hex) is the one of `publicKey` (hex) over `bytes`.
    func verifies(_ signature: String, of bytes: [UInt8], by publicKey: String) -> Bool
}
