public import AnnalsModel
public import AnnalsWire

/// The replica's side of the conversation: a machine that takes what happened and says what to do.
///
/// The stream is the only authority: an `ack` is a hint for people, and a change leaves the outbox only in the
/// transaction that stores the entry which brings it (``StreamRules``).
public struct ReplicaSync: Sendable {
    /// What is known of the replica file when the conversation begins.
    public struct Position: Sendable, Equatable {
        public var workspace: Name
        public var user: Name
        /// nil for a replica that has never met a server.
        public var log: String?
        /// The server's public key that the replica is bound to.
        public var serverKey: String?
        public var have: Int64
        /// H(have); nil while there is no log.
        public var head: Digest?
        /// The ids that this file wrote under.
        public var replicas: [Name]
        /// Set when an earlier sync found other bytes under this file's name: it pulls, and pushes no more.
        public var twin: SyncStop?

        public init(
            workspace: Name, user: Name, log: String? = nil, serverKey: String? = nil, have: Int64 = 0,
            head: Digest? = nil, replicas: [Name], twin: SyncStop? = nil
        ) {
            self.workspace = workspace
            self.user = user
            self.log = log
            self.serverKey = serverKey
            self.have = have
            self.head = head
            self.replicas = replicas
            self.twin = twin
        }
    }

    /// What a replica binds to at its first sync, and what its server says of it at each.
    public struct Binding: Sendable, Equatable {
        public var log: String
        public var epoch: Int64
        public var serverKey: String
        public var role: Role
    }

    public enum Input: Sendable {
        case connected
        case bytes([UInt8])
        case disconnected(String)
        /// The batch is stored: with its checkpoint, in one transaction.
        case applied(Applied)
        /// Answer to `hash`.
        case hash(seq: Int64, Digest?)
        /// Answer to `loadOutbox`: the queued rows after those already sent, oldest first.
        case outbox([PendingRow])
        /// Somebody recorded something.
        case outboxChanged
        /// A transaction failed; the file is as it was before.
        case storageFailed(String)
        /// What came proves itself but cannot be read; nothing of it was stored.
        case unreadable(String)
        case tick
    }

    /// What storing a batch came to.
    public struct Applied: Sendable, Equatable {
        public var have: Int64
        /// Of each own replica id, the last n that the stream has brought.
        public var settled: [Name: Int64]
        /// Set when other bytes stand under this file's own name.
        public var twin: SyncStop?

        public init(have: Int64, settled: [Name: Int64] = [:], twin: SyncStop? = nil) {
            self.have = have
            self.settled = settled
            self.twin = twin
        }

        /// Joins what storing the next piece came to.
        public mutating func join(_ next: Applied) {
            have = next.have
            settled.merge(next.settled) { max($0, $1) }
            twin = twin ?? next.twin
        }
    }

    public enum Effect: Sendable, Equatable {
        case send([UInt8])
        /// Store the binding.
        case bind(Binding)
        /// Compute the state of every outbox row anew from the server's last n of each replica id.
        case recompute(last: [Name: Int64])
        case loadOutbox(after: Int64, replica: Name?, limit: Int)
        /// The rows of this replica id up to n have reached this state.
        case mark(replica: Name, upTo: Int64, PendingState)
        case apply(Batch)
        case hash(seq: Int64)
        case report(Report)
        /// It is over; nil when all is done.
        case finish(SyncStop?)
    }

    /// What a person may be shown meanwhile.
    public enum Report: Sendable, Equatable {
        case signedIn(user: Name, server: String)
        case progress(have: Int64, of: Int64)
        case caughtUp(seq: Int64)
        case pushed(replica: Name, n: Int64)
        case refused(replica: Name, n: Int64, code: String, detail: String)
        /// Pushing stopped, pulling goes on.
        case pushStopped(SyncStop)
    }

    /// How far the conversation is. Moves only downwards.
    enum Phase: Sendable, Equatable {
        /// → greeted
        case idle
        /// `hello` was sent. → signingIn, over
        case greeted
        /// `auth` was sent. → opening, over
        case signingIn
        /// `open` was sent. → comparing, streaming, over
        case opening
        /// Looks up its own H(seq) to tell a backup from a fork. → over
        case comparing(ServerMessage.Opened)
        /// Pulls and pushes. → ending, over
        case streaming
        /// Stores what was proven before the end. → over
        case ending(SyncStop?)
        case over
    }

    /// A batch whose lines are still arriving.
    struct Incoming: Sendable, Equatable {
        let first: Int64
        let count: Int64
        /// H(first − 1).
        let before: Digest
        private(set) var received: Int64 = 0
        private(set) var bytes: [UInt8] = []
        /// H of the last line received.
        private(set) var hash: Digest

        init(first: Int64, count: Int64, before: Digest) {
            self.first = first
            self.count = count
            self.before = before
            hash = before
        }

        /// Takes a line of the batch where it stands: the only time that it is hashed. False when all are here.
        mutating func take(_ line: RawSpan) -> Bool {
            guard received < count else { return false }
            hash = chainHash(after: hash, line: line)
            line.withUnsafeBytes { bytes.append(contentsOf: $0) }
            bytes.append(UInt8(ascii: "\n"))
            received += 1
            return true
        }
    }

    var position: Position
    let live: Bool
    let authentication: ClientMessage.Authentication
    let agent: String
    let limits: Limits
    let verifier: any CheckpointVerifier
    var phase = Phase.idle
    var framer: LineFramer
    var incoming: Incoming?
    /// Proven batches that wait for the transaction under way.
    public internal(set) var ready: Batch?
    var isApplying = false
    /// The last seq and H(seq) received and proven, stored or not.
    var tip: (seq: Int64, hash: Digest)?
    var caughtUp: Int64?
    /// The last entry that the server is known to have.
    public internal(set) var serverSeq: Int64 = 0
    var serverKey: String?
    var serverLimits: [String: Int64] = [:]
    var role = Role.analyst
    /// What of the outbox was sent on this connection: the last row, and how many are unanswered.
    var lastSent: (replica: Name, n: Int64)?
    var unanswered: [Name: Int64] = [:]
    var sentThrough: [Name: Int64] = [:]
    var isLoading = false
    var outboxMayHaveMore = true
    var pushStop: SyncStop?
    var lastHeard: Instant?
    /// Bytes of the batch that is being stored: when it is stored, as many may be sent again.
    var creditOwed: Int64 = 0

    /// - Parameter live: whether to go on after catching up; else it ends when the outbox is empty or can not be emptied.
    public init(
        position: Position, live: Bool, authentication: ClientMessage.Authentication, agent: String,
        limits: Limits = Limits(), verifier: any CheckpointVerifier
    ) {
        self.position = position
        self.live = live
        self.authentication = authentication
        self.agent = agent
        self.limits = limits
        self.verifier = verifier
        pushStop = position.twin
        framer = LineFramer(maximumLineBytes: limits.lineBytes)
    }

    /// Takes one input and appends what is to be done.
    public mutating func handle(_ input: Input, now: Instant, into effects: inout [Effect]) {
        switch phase {
        case .over: return
        case .ending(let stop): return wait(for: input, before: stop, into: &effects)
        default: break
        }
        switch input {
        case .connected:
            phase = .greeted
            lastHeard = now
            send(.hello(protocols: [1], agent: agent), into: &effects)
        case .bytes(let bytes):
            lastHeard = now
            receive(bytes, into: &effects)
        case .disconnected(let why):
            finish(.disconnected(why), into: &effects)
        case .applied(let result):
            applied(result, into: &effects)
        case .hash(let seq, let digest):
            compared(seq, digest, into: &effects)
        case .outbox(let rows):
            isLoading = false
            push(rows, into: &effects)
        case .outboxChanged:
            outboxMayHaveMore = true
        case .storageFailed(let what):
            finish(.storage(what), into: &effects)
        case .unreadable(let what):
            end(.badEntry(seq: position.have + 1, what: what), into: &effects)
        case .tick:
            if let lastHeard, now.milliseconds - lastHeard.milliseconds > limits.idleSeconds * 2000 {
                finish(.disconnected("nothing heard for a long time"), into: &effects)
            }
        }
        proceed(into: &effects)
    }

    /// Starts whatever can be started now.
    private mutating func proceed(into effects: inout [Effect]) {
        guard phase == .streaming else { return }
        applyReady(into: &effects)
        if pushStop == nil, !isLoading, outboxMayHaveMore,
            unansweredCount < limits.unacknowledgedChanges / 2 + 1
        {
            isLoading = true
            outboxMayHaveMore = false
            effects.append(
                .loadOutbox(
                    after: lastSent?.n ?? 0, replica: lastSent?.replica,
                    limit: limits.unacknowledgedChanges - unansweredCount))
        }
        if !live, isDone { finish(pushStop, into: &effects) }
    }

    private mutating func applyReady(into effects: inout [Effect]) {
        guard !isApplying, let batch = ready else { return }
        ready = nil
        isApplying = true
        creditOwed = Int64(batch.byteCount)
        effects.append(.apply(batch))
    }

    /// Nothing more is sent or taken; only what was proven before is still stored.
    private mutating func wait(for input: Input, before stop: SyncStop?, into effects: inout [Effect]) {
        switch input {
        case .applied:
            isApplying = false
            applyReady(into: &effects)
            if !isApplying { end(stop, into: &effects) }
        case .storageFailed(let what):
            end(.storage(what), into: &effects)
        case .unreadable(let what):
            end(.badEntry(seq: position.have + 1, what: what), into: &effects)
        default: break
        }
    }

    private var unansweredCount: Int { Int(unanswered.values.reduce(0, +)) }

    /// Caught up, everything stored, and nothing on its way that the stream has not brought.
    private var isDone: Bool {
        guard let caughtUp, !isApplying, ready == nil, incoming == nil, position.have >= caughtUp else { return false }
        if pushStop != nil { return true }
        return !isLoading && !outboxMayHaveMore && sentThrough.isEmpty
    }

    mutating func send(_ message: ClientMessage, into effects: inout [Effect]) {
        effects.append(.send(ClientMessageCodec.encode(message)))
    }

    /// Ends the conversation, after what was proven is stored.
    mutating func finish(_ stop: SyncStop?, into effects: inout [Effect]) {
        switch phase {
        case .over, .ending: return
        default: break
        }
        if case .storage = stop { return end(stop, into: &effects) }
        applyReady(into: &effects)
        if isApplying { phase = .ending(stop) } else { end(stop, into: &effects) }
    }

    private mutating func end(_ stop: SyncStop?, into effects: inout [Effect]) {
        phase = .over
        effects.append(.finish(stop))
    }

    // MARK: Pushing

    private mutating func push(_ rows: [PendingRow], into effects: inout [Effect]) {
        guard phase == .streaming, pushStop == nil else { return }
        // Sending it would end the connection each time, and starve the pull.
        let limit = serverLimits["line_bytes"] ?? Int64(limits.lineBytes)
        var rest = rows.prefix { $0.bytes.count <= limit }
        if rest.count < rows.count {
            let row = rows[rest.count]
            stopPushing(.tooLong(replica: row.replica, n: row.n, limit: limit), into: &effects)
        }
        while let first = rest.first {
            let run = rest.prefix { $0.replica == first.replica && $0.moved == first.moved && $0.fork == first.fork }
            rest = rest.dropFirst(run.count)
            send(
                .push(
                    PushHeader(
                        workspace: position.workspace, replica: first.replica, count: Int64(run.count), fork: first.fork,
                        moved: first.moved)), into: &effects)
            var bytes: [UInt8] = []
            for row in run {
                bytes += row.bytes
                bytes.append(UInt8(ascii: "\n"))
            }
            effects.append(.send(bytes))
            if let last = run.last {
                lastSent = (last.replica, last.n)
                sentThrough[last.replica] = last.n
                unanswered[last.replica, default: 0] += Int64(run.count)
                effects.append(.mark(replica: last.replica, upTo: last.n, .sent))
                outboxMayHaveMore = true
            }
        }
    }

    /// An answer about a pushed change: all of this replica up to n are answered.
    mutating func answered(_ replica: Name, _ n: Int64) {
        guard let through = sentThrough[replica] else { return }
        unanswered[replica] = min(unanswered[replica] ?? 0, max(0, through - n))
    }

    // MARK: Storing

    private mutating func applied(_ result: Applied, into effects: inout [Effect]) {
        isApplying = false
        position.have = result.have
        for (replica, n) in result.settled { settled(replica, n) }
        if let twin = result.twin, pushStop == nil { stopPushing(twin, into: &effects) }
        if creditOwed > 0 {
            send(.credit(workspace: position.workspace, bytes: creditOwed), into: &effects)
            creditOwed = 0
        }
        effects.append(.report(.progress(have: result.have, of: max(serverSeq, result.have))))
    }

    /// Pushing ends on this connection; pulling goes on, and the stream decides.
    mutating func stopPushing(_ stop: SyncStop, into effects: inout [Effect]) {
        pushStop = stop
        effects.append(.report(.pushStopped(stop)))
    }

    /// The stream brought this change of ours: it needs no answer any more.
    private mutating func settled(_ replica: Name, _ n: Int64) {
        answered(replica, n)
        if let through = sentThrough[replica], through <= n {
            sentThrough[replica] = nil
            unanswered[replica] = nil
        }
    }
}
