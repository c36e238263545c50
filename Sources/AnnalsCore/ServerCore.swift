internal import AnnalsJSON
public import AnnalsModel
public import AnnalsWire

/// The server without its sockets, disk and clock: a machine that takes what happened and says what to do.
///
/// It folds nothing: it checks form, limits, role and order, so its cost does not grow with the record.
public struct ServerCore: Sendable {
    /// What an operator decides.
    public struct Configuration: Sendable {
        public var limits: Limits
        public var vocabulary: Vocabulary
        /// Whether anyone on loopback may sign in by a name alone.
        public var allowsDevelopmentUsers: Bool
        /// Roles of users; who is not named is an analyst.
        public var roles: [Name: Role]
        /// Random hex that no earlier run of this server used.
        public var nonce: String

        public init(
            limits: Limits = Limits(), vocabulary: Vocabulary = .current, allowsDevelopmentUsers: Bool,
            roles: [Name: Role] = [:], nonce: String
        ) {
            self.limits = limits
            self.vocabulary = vocabulary
            self.allowsDevelopmentUsers = allowsDevelopmentUsers
            self.roles = roles
            self.nonce = nonce
        }
    }

    let configuration: Configuration
    let signer: any CheckpointSigner
    let pushRules: PushRules
    var sessions = SessionTable()
    /// One for each workspace, in the order of their names: a workspace's place here stands for it.
    var sequencers: [Sequencer] = []
    private var placeOf: [Name: Int] = [:]
    /// One scanner for all lines: it keeps its memory.
    private var scratch = Scratch()
    /// The push of the session whose lines are being looked at, taken out of the session meanwhile.
    var pushing: ServerSession.Push?
    /// For each workspace the sessions that pulled, in the order in which they came.
    var followers: [[SessionID]] = []
    /// For each workspace the groups that became durable last.
    var recent: [[RecentGroup]] = []
    /// Whether an `append` is under way: one at a time, and what comes meanwhile fills the next group.
    var isWriting = false
    /// Whether the store could not be opened after a failed commit: what the last commit left is not known, so nothing is
    /// taken or told until it is open again.
    var isStoreLost = false
    /// Sessions that wait for room in a group, first come first served.
    var waitingForCommit: [SessionID] = []

    public init(configuration: Configuration, signer: any CheckpointSigner, heads: [LogHead]) {
        self.configuration = configuration
        self.signer = signer
        pushRules = PushRules(configuration)
        for head in heads.sorted(by: { $0.workspace < $1.workspace }) {
            placeOf[head.workspace] = sequencers.count
            sequencers.append(Sequencer(head, limits: configuration.limits))
        }
        followers = Array(repeating: [], count: sequencers.count)
        recent = Array(repeating: [], count: sequencers.count)
    }

    /// The scanner for one line; what it holds is for this call alone.
    mutating func ownScratch() -> Scratch {
        if !isKnownUniquelyReferenced(&scratch) { scratch = Scratch() }
        return scratch
    }

    /// The place of the workspace of this name; nil where there is none.
    func place(of workspace: Name) -> Int? { placeOf[workspace] }

    /// Checks lines by this machine's rules, on any thread.
    public var lineChecker: LineChecker { LineChecker(pushRules) }

    /// The heads of the logs as they are on disk.
    public var heads: [LogHead] { sequencers.map(\.durable) }

    /// Takes bytes that came from a peer, where they stand, appends what is to be done, and ends the turn.
    ///
    /// - Parameter checked: what a ``lineChecker`` found in these bytes; nil where none was asked.
    public mutating func receive(
        _ bytes: RawSpan, _ checked: CheckedLines? = nil, from id: SessionID, now: Instant, into effects: inout [ServerEffect]
    ) {
        gather(bytes, checked, from: id, now: now, into: &effects)
        endTurn(into: &effects)
    }

    /// Takes one input, appends what is to be done, and ends the turn.
    public mutating func handle(_ input: ServerInput, now: Instant, into effects: inout [ServerEffect]) {
        gather(input, now: now, into: &effects)
        endTurn(into: &effects)
    }

    /// Has what was gathered written, where the disk is idle.
    ///
    /// Who has several inputs at hand gathers them all first: they become one group, where the first by itself would have all others
    /// wait for its commit.
    public mutating func endTurn(into effects: inout [ServerEffect]) { startWriting(into: &effects) }

    /// As ``receive(_:_:from:now:into:)``, and the turn goes on.
    public mutating func gather(
        _ bytes: RawSpan, _ checked: CheckedLines? = nil, from id: SessionID, now: Instant, into effects: inout [ServerEffect]
    ) {
        read(bytes, checked, from: id, now: now, into: &effects)
    }

    /// As ``handle(_:now:into:)``, and the turn goes on.
    public mutating func gather(_ input: ServerInput, now: Instant, into effects: inout [ServerEffect]) {
        switch input {
        case .accepted(let id, let peer):
            sessions.add(ServerSession(peer: peer, limits: configuration.limits, now: now), id)
        case .bytes(let id, let bytes):
            read(bytes.span.bytes, nil, from: id, now: now, into: &effects)
        case .closed(let id):
            for attachment in sessions[id]?.attachments ?? [] {
                sequencers[attachment.workspace].forget(id)
                followers[attachment.workspace].removeAll { $0 == id }
            }
            sessions.remove(id)
            waitingForCommit.removeAll { $0 == id }
            effects.append(.log(.closed(id)))
        case .drained(let id):
            guard let place = sessions.place(of: id) else { break }
            sessions[at: place].unsent = 0
            if sessions[at: place].wait == .drain { proceed(id, now: now, into: &effects) }
            pumpAll(id, now: now, into: &effects)
        case .committed(let heads):
            committed(heads, now: now, into: &effects)
        case .commitFailed(let detail, let heads):
            commitFailed(detail, heads, into: &effects)
        case .stretch(let id, let workspace, let stretch):
            received(stretch, for: id, workspace, now: now, into: &effects)
        case .hash(let id, let workspace, let seq, let hash):
            received(hash, at: seq, for: id, workspace, now: now, into: &effects)
        case .searched(let id, let workspace, let change, let found):
            searched(change, found, for: id, workspace, now: now, into: &effects)
        case .readFailed(let id, let detail):
            fail(id, .storage, detail, into: &effects)
        case .tick:
            tick(now: now, into: &effects)
        }
    }

    // MARK: Writing groups

    private mutating func startWriting(into effects: inout [ServerEffect]) {
        guard !isWriting, !isStoreLost else { return }
        var groups: [UnchainedGroup] = []
        for workspace in sequencers.indices {
            if let group = sequencers[workspace].startWriting() { groups.append(group) }
        }
        guard !groups.isEmpty else { return }
        isWriting = true
        effects.append(.append(groups))
    }

    private mutating func committed(_ heads: [[Digest]], now: Instant, into effects: inout [ServerEffect]) {
        isWriting = false
        var next = 0
        for workspace in sequencers.indices where sequencers[workspace].inFlight != nil {
            precondition(next < heads.count, "heads of every group")
            guard let group = sequencers[workspace].committed(heads[next]) else { continue }
            next += 1
            acknowledge(group, into: &effects)
            fanOut(group, workspace, now: now, into: &effects)
        }
        if waitingForCommit.isEmpty { return }
        // The group that filled meanwhile goes out first, so that those who wait find room.
        startWriting(into: &effects)
        let waiting = waitingForCommit
        waitingForCommit = []
        for id in waiting where sessions[id]?.wait == .commit {
            proceed(id, now: now, into: &effects)
        }
    }

    /// One `ack` for each session and replica says how far it is on disk; each refusal is said by itself.
    private mutating func acknowledge(_ group: CommitGroup, into effects: inout [ServerEffect]) {
        let workspace = group.log.workspace
        for refused in group.refusals {
            let code = refused.violation.code
            send(
                .refused(
                    workspace: workspace, replica: refused.replica, n: refused.n, code: code.rawValue,
                    detail: refused.violation.description), to: refused.session, into: &effects)
            effects.append(
                .log(.refused(refused.session, workspace: workspace, replica: refused.replica, n: refused.n, code)))
        }
        for run in group.lastRuns {
            send(.ack(workspace: workspace, replica: run.replica, n: run.lastN, seq: run.lastSeq), to: run.session, into: &effects)
        }
    }

    /// Nothing of the groups happened: every peer starts again from what is on disk.
    private mutating func commitFailed(_ detail: String, _ heads: [LogHead], into effects: inout [ServerEffect]) {
        isWriting = false
        effects.append(.log(.commitFailed(detail: detail)))
        isStoreLost = heads.isEmpty
        for workspace in sequencers.indices {
            let durable = sequencers[workspace].durable
            recent[workspace] = []
            sequencers[workspace].restart(heads.first { $0.workspace == durable.workspace } ?? durable)
        }
        waitingForCommit = []
        for id in sessions.idsInOrder {
            fail(id, .storage, detail, into: &effects)
        }
    }

    // MARK: Sending

    mutating func send(_ message: ServerMessage, to id: SessionID, into effects: inout [ServerEffect]) {
        write(ServerMessageCodec.encode(message), to: id, into: &effects)
    }

    mutating func write(_ bytes: [UInt8], to id: SessionID, into effects: inout [ServerEffect]) {
        guard let place = sessions.place(of: id) else { return }
        sessions[at: place].unsent += bytes.count
        effects.append(.write(id, bytes[...]))
    }

    /// Says what is wrong and closes. What the peer sent before is not undone by it.
    mutating func fail(_ id: SessionID, _ code: ProtocolErrorCode, _ detail: String, into effects: inout [ServerEffect]) {
        guard let session = sessions[id], !session.isClosing else { return }
        send(.error(code: code.rawValue, detail: detail, recovery: code.recovery), to: id, into: &effects)
        sessions.change(id) { $0.phase = .closing }
        sessions.change(id) { $0.backlog = [] }
        effects.append(.log(.failed(id, code: code.rawValue)))
        effects.append(.close(id))
    }

    // MARK: Time

    private mutating func tick(now: Instant, into effects: inout [ServerEffect]) {
        if isStoreLost { effects.append(.reopen) }
        let idle = configuration.limits.idleSeconds * 1000
        for id in sessions.idsInOrder {
            guard let session = sessions[id], !session.isClosing, !session.waitsForStore else { continue }
            let silence = now.milliseconds - session.lastHeard.milliseconds
            if session.user == nil {
                if silence > idle / 2 { fail(id, .idle, "no sign-in within \(idle / 2000) s", into: &effects) }
            } else if silence > idle * 2 {
                fail(id, .idle, "nothing heard for \(silence / 1000) s", into: &effects)
            } else if silence > idle, !session.wasPinged {
                sessions.change(id) { $0.wasPinged = true }
                send(.ping, to: id, into: &effects)
            }
        }
    }
}

/// A scanner, which cannot be copied, in a machine that can.
///
/// Unchecked, and safe: a machine uses it only while it handles one input, and a copy of the machine makes one of its own first.
final class Scratch: @unchecked Sendable {
    /// Behind a pointer: a property of an object is asked at each access whether somebody else is at it.
    private let place: UnsafeMutablePointer<JSONScanner>

    var scanner: JSONScanner {
        @inline(__always) unsafeAddress { UnsafePointer(place) }
        @inline(__always) unsafeMutableAddress { place }
    }

    init() {
        place = .allocate(capacity: 1)
        place.initialize(to: JSONScanner())
    }

    deinit {
        place.deinitialize(count: 1)
        place.deallocate()
    }
}
