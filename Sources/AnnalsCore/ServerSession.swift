internal import AnnalsModel
internal import AnnalsWire

/// One connection as the server core sees it.
struct ServerSession: Sendable {
    /// How far the conversation is. Moves only downwards.
    enum Phase: Sendable {
        /// Waits for `hello`. → authenticating, closing
        case greeting
        /// Waits for `auth`. → ready, closing
        case authenticating
        /// Signed in; workspaces may be opened. → closing
        case ready(user: Name)
        /// An error was sent; whatever still arrives is not looked at.
        case closing
    }

    /// What must happen before the next line is looked at.
    enum Wait: Sendable, Equatable {
        case nothing
        /// The store's answer to an `open`.
        case opening
        /// The store's answer about this change line, which is then submitted again.
        case hash(seq: Int64)
        case search(ChangeID)
        /// Room in the group that fills.
        case commit
        /// The peer's reading of what it was told: it sends faster than it reads.
        case drain
    }

    /// One workspace open on this connection.
    struct Attachment: Sendable {
        /// Its place among the server's workspaces.
        let workspace: Int
        var role: Role
        /// The next seq to send; nil while nothing was pulled. Moved only by what was queued.
        var cursor: Int64?
        /// Whether it is among the workspace's followers: it pulled once.
        var isFollowing = false
        var wantsLive = false
        var credit: Int64 = 0
        /// Whether the client has been told that it caught up.
        var announced = false
        /// A stretch of the log that is being sent.
        var sending: Sending?
        /// The stretches after it, read meanwhile.
        var ahead: [LogStretch] = []
        var isReading = false
        /// Replicas whose changes are not taken any more on this connection.
        var stopped: Set<Name> = []
    }

    /// A push whose change lines are still arriving.
    struct Push: Sendable {
        /// The workspace's place among the server's.
        let workspace: Int
        let role: Role
        let submitter: Sequencer.Submitter
        /// How many change lines are still to come.
        var remaining: Int64
        /// Whether no more of the replica's changes are taken on this connection.
        var isStopped: Bool
    }

    /// A push's header, as it was spelled and as it was read. An object, so that looking at it copies nothing of it.
    final class Header: Sendable {
        let line: [UInt8]
        /// The workspace's place among the server's.
        let workspace: Int
        let count: Int64
        let submitter: Sequencer.Submitter

        init(_ line: [UInt8], workspace: Int, count: Int64, _ submitter: Sequencer.Submitter) {
            self.line = line
            self.workspace = workspace
            self.count = count
            self.submitter = submitter
        }
    }

    /// No header that a client of ours writes has more bytes.
    static let usualHeaderBytes = 512

    let peer: Peer
    var phase = Phase.greeting
    var agent = ""
    var framer: LineFramer
    /// Lines that arrived while `wait` was on; reading is paused, so they are few.
    var backlog: [[UInt8]] = []
    /// A line that was too long came after the backlog: the session fails when the lines before it have had their turn.
    var isOverlong = false
    var wait = Wait.nothing
    /// A push whose change lines are still arriving.
    var push: Push?
    /// The last push's header: most of a peer's headers are alike.
    var lastHeader: Header?
    var opening: ClientMessage.Open?
    /// The workspaces open on this connection, in their order.
    private(set) var attachments: [Attachment] = []
    /// The workspace that had the last turn: the next turn is the one after it.
    var lastServed: Int?
    /// Bytes handed to the shell that may not have left yet.
    var unsent = 0
    var receivedBytes = 0
    var lastHeard: Instant
    var wasPinged = false

    init(peer: Peer, limits: Limits, now: Instant) {
        self.peer = peer
        framer = LineFramer(maximumLineBytes: limits.lineBytes)
        lastHeard = now
    }

    /// The workspace at this place as it is open here; nil where it is not.
    subscript(workspace: Int) -> Attachment? { index(of: workspace).map { attachments[$0] } }

    /// Where among ``attachments`` the workspace at this place is; nil where it is not open here.
    func index(of workspace: Int) -> Int? { attachments.firstIndex { $0.workspace == workspace } }

    mutating func attach(_ attachment: Attachment) {
        attachments.removeAll { $0.workspace == attachment.workspace }
        let next = attachments.firstIndex { $0.workspace > attachment.workspace } ?? attachments.count
        attachments.insert(attachment, at: next)
    }

    /// Changes what is known of a workspace that is open here.
    mutating func change(_ workspace: Int, _ body: (inout Attachment) -> Void) {
        for index in attachments.indices where attachments[index].workspace == workspace { body(&attachments[index]) }
    }

    /// Leaves an empty framer in its place, so that feeding this one copies nothing.
    mutating func takeFramer() -> LineFramer {
        let limit = framer.maximumLineBytes
        var taken = LineFramer(maximumLineBytes: limit)
        swap(&taken, &framer)
        return taken
    }

    var user: Name? { if case .ready(let user) = phase { user } else { nil } }
    /// Whether nothing is read from the peer because of our own disk: its silence is no fault.
    var waitsForStore: Bool {
        switch wait {
        case .opening, .hash, .search, .commit: true
        default: false
        }
    }
    var isClosing: Bool { if case .closing = phase { true } else { false } }
}
