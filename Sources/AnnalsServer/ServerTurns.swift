internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsWire
internal import Foundation
internal import Logging
internal import UV

/// What happens on the event loop: sockets in, effects out. All deciding is ``ServerCore``'s.
///
/// It belongs to the loop's thread, which calls it straight from its sockets: asking at each read whether an actor is at home cost more
/// than finding the session. ``ServerLoop`` is the actor that the rest of the program reaches it by.
final class ServerTurns {
    private let loop: EventLoop
    private var core: ServerCore
    private let logger: Logger
    private var writer: LogWriter?
    private var reader: LogReader?
    private var checking: PushChecking
    private var peers = PeerTable()
    private var listeners: [Listener] = []
    private var timer: UV.Timer?
    private var turns: [TurnWatcher] = []
    private var lookout: Lookout?
    private var answerWait = AnswerWait()
    /// When the lone change went to the writer that is there now.
    private var loneSince: ContinuousClock.Instant?
    private var lastSession: UInt64 = 0
    /// Peers that were written to in this turn: what goes to one of them leaves in one piece.
    private var written: [ServerPeer] = []
    /// When this turn began, where something came in it: the clock that the core is told, and the one by which it is cut.
    private var turn: (at: Instant, since: ContinuousClock.Instant)?
    private var isCutting = false
    /// Kept for its capacity.
    private var effects: [ServerEffect] = []

    /// How other threads hand over what they have done.
    private let post: Post

    typealias Post = @Sendable (_ work: @escaping @Sendable (ServerTurns) -> Void) -> Void

    init(loop: EventLoop, core: ServerCore, logger: Logger, post: @escaping Post) {
        self.loop = loop
        self.core = core
        self.post = post
        checking = PushChecking(core)
        self.logger = logger
    }

    /// Listens, and from then on serves.
    ///
    /// - Returns: the TCP port that was bound; nil without TCP.
    func start(_ configuration: ServerConfiguration, store: any LogStore) throws -> UInt16? {
        writer = LogWriter(store: store) { [post] input in post { $0.answered(input) } }
        lookout = Lookout(on: loop)
        reader = LogReader(store: store) { [post] input in post { $0.handle(input) } }
        var port: UInt16?
        if let (host, wanted) = configuration.tcp {
            let listener = try Listener(on: loop, host: host, port: wanted)
            guard let address = listener.address, address.isLoopback else {
                listener.close()
                throw ServerError(
                    .notLoopback,
                    "will not listen on \(host): without TLS only loopback is served. Use 127.0.0.1, or a tunnel to it.")
            }
            port = address.port
            accept(on: listener)
        }
        if let path = configuration.socketPath {
            accept(on: try Listener(on: loop, path: path))
        }
        let timer = UV.Timer(on: loop) { [weak self] in self?.handle(.tick) }
        timer.start(afterMilliseconds: 1000, repeatingMilliseconds: 1000)
        self.timer = timer
        // What timers and closing peers left goes before the loop waits; what came, when all of it has been handed out.
        turns = [TurnWatcher.Moment.beforeWaiting, .afterEvents].map { moment in
            TurnWatcher(on: loop, moment) { [weak self] in self?.endTurn() }
        }
        return port
    }

    /// Stops listening, lets the commit under way end, says goodbye and closes.
    ///
    /// - Returns: the threads that are still to be stopped, off the loop.
    func stop() -> [WorkerThread] {
        for listener in listeners { listener.close() }
        timer?.close()
        endTurn()
        for peer in peers.all {
            let stream = peer.stream
            stream.write(
                ServerMessageCodec.encode(
                    .error(
                        code: ProtocolErrorCode.stopping.rawValue, detail: "the server is stopping",
                        recovery: ProtocolErrorCode.stopping.recovery)))
            stream.shutdownThenClose(withinMilliseconds: 500)
        }
        return [writer?.thread, reader?.thread, reader?.searches].compactMap { $0 } + checking.threads
    }

    private func accept(on listener: Listener) {
        listeners.append(listener)
        listener.onConnection = { [weak self] stream in self?.accepted(stream) }
        listener.onError = { [logger] error in logger.warning("cannot accept a connection", metadata: ["error": "\(error)"]) }
    }

    private func accepted(_ stream: UV.Stream) {
        lastSession += 1
        let id = SessionID(lastSession)
        peers.add(ServerPeer(id, stream))
        // Not weak, which costs at each call: a stream that is closed drops its callbacks.
        stream.onRead = { [self] bytes in received(bytes, from: id) }
        stream.onDrained = { [weak self] in self?.handle(.drained(id)) }
        stream.onClosed = { [weak self] _ in self?.closed(id) }
        let peer: Peer = stream.peerUserID.map { .unix(user: userName($0)) } ?? .loopback
        handle(.accepted(id, peer))
        stream.startReading()
    }

    /// Hands bytes to the core where they stand, and does what it says; a large piece of a push is checked by another thread first.
    private func received(_ bytes: UnsafeRawBufferPointer, from id: SessionID) {
        guard let peer = peers[id], peer.bytesInChecking > 0 || bytes.count >= PushChecking.bytesMin && !checking.isFull else {
            return received(bytes.bytes, nil, from: id)
        }
        checking.bytes += bytes.count
        peer.checking(bytes.count, isFull: checking.isFull)
        checking.check(Array(bytes), of: id) { [post] bytes, checked in
            post { $0.checked(bytes, checked, from: id) }
        }
    }

    private func checked(_ bytes: [UInt8], _ checked: CheckedLines, from id: SessionID) {
        checking.bytes -= bytes.count
        peers[id]?.checking(-bytes.count, isFull: checking.isFull)
        received(bytes.span.bytes, checked, from: id)
        if let peer = peers[id], !peer.stream.isOpen { closed(id) }
    }

    /// The core hears of it after all that the peer sent before.
    private func closed(_ id: SessionID) {
        guard let peer = peers[id], peer.bytesInChecking == 0 else { return }
        peers.remove(id)
        handle(.closed(id))
    }

    private func received(_ bytes: RawSpan, _ checked: CheckedLines?, from id: SessionID) {
        core.gather(bytes, checked, from: id, now: now(), into: &effects)
        perform()
        cutLongTurn()
    }

    /// After how long a turn is cut.
    private static let turnMax = Duration.milliseconds(1)

    /// A turn in which much comes is not let grow: what the disk has answered is said, and what has come so far goes there. Else the
    /// disk would be idle meanwhile, and after a stall each turn would be as long as all that came in the one before.
    private func cutLongTurn() {
        guard !isCutting, let turn, ContinuousClock.now - turn.since > Self.turnMax else { return }
        isCutting = true
        defer { isCutting = false }
        loop.runPosted()
        endTurn()
    }

    /// Hands one input to the core and does what it says.
    private func handle(_ input: ServerInput) {
        core.gather(input, now: now(), into: &effects)
        perform()
    }

    /// Has the writer append groups, and looks out for its answer where that is about to come.
    private func append(_ groups: [UnchainedGroup]) {
        guard writer?.append(groups) ?? false else { return }
        loneSince = ContinuousClock.now
        if let microseconds = answerWait.microseconds { lookout?.begin(microsecondsMax: microseconds) }
    }

    /// The writer's answer: after a lone change's, the peer may go on at once.
    private func answered(_ input: ServerInput) {
        if let since = loneSince {
            loneSince = nil
            answerWait.took(microseconds: UInt64((ContinuousClock.now - since) / .microseconds(1)))
            if answerWait.microseconds != nil { lookout?.begin(microsecondsMax: AnswerWait.nextMicroseconds) }
        }
        handle(input)
    }

    /// The clock, as of this turn of the loop.
    private func now() -> Instant {
        if let turn { return turn.at }
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        turn = (now, ContinuousClock.now)
        return now
    }

    /// All that came in this turn becomes one group. It goes to the disk first, and what is to be said is sent meanwhile.
    private func endTurn() {
        guard let now = turn?.at else { return }
        turn = nil
        core.endTurn(into: &effects)
        perform()
        while let peer = written.popLast() {
            peer.flush()
            // What the system took at once is out: tell the core, which may have more for those peers.
            guard peer.stream.isOpen, peer.stream.writeQueueSize == 0 else { continue }
            core.gather(.drained(peer.id), now: now, into: &effects)
            perform()
        }
        core.endTurn(into: &effects)
        perform()
    }

    private func perform() {
        if effects.isEmpty { return }
        // Taken out, because closing a stream may call back.
        var taken: [ServerEffect] = []
        swap(&taken, &effects)
        for effect in taken {
            switch effect {
            case .write(let id, let bytes):
                guard let peer = peers[id] else { break }
                if peer.queue(bytes) { written.append(peer) }
            case .close(let id):
                peers[id]?.flush()
                peers[id]?.stream.shutdownThenClose()
            case .pause(let id): peers[id]?.isPaused = true
            case .resume(let id): peers[id]?.isPaused = false
            case .append(let groups): append(groups)
            case .reopen: writer?.reopen()
            case .read(let id, let workspace, let seq): reader?.stretch(id, workspace, seq)
            case .hash(let id, let workspace, let seq): reader?.hash(id, workspace, seq)
            case .search(let id, let workspace, let change): reader?.search(id, workspace, change)
            case .log(let event): logger.record(event)
            }
        }
        taken.removeAll(keepingCapacity: true)
        if effects.isEmpty { swap(&taken, &effects) }
    }
}

/// The user's name as the system knows it, where it is a name that Annals allows.
private func userName(_ id: UInt32) -> Name? {
    guard let entry = getpwuid(id) else { return nil }
    return Name(String(cString: entry.pointee.pw_name))
}
