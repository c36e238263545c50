internal import AnnalsJSON
internal import AnnalsModel
internal import AnnalsWire

/// From bytes to messages to what they mean.
extension ServerCore {
    mutating func read(
        _ bytes: RawSpan, _ checked: CheckedLines?, from id: SessionID, now: Instant, into effects: inout [ServerEffect]
    ) {
        guard let place = sessions.place(of: id), !sessions[at: place].isClosing else { return }
        sessions[at: place].lastHeard = now
        sessions[at: place].wasPinged = false
        sessions[at: place].receivedBytes += bytes.byteCount
        if sessions[at: place].user == nil,
            sessions[at: place].receivedBytes > configuration.limits.bytesBeforeAuthentication
        {
            return fail(id, .oversize, "too much before signing in", into: &effects)
        }
        var framer = sessions[at: place].takeFramer()
        var progress = begin(id, into: &effects)
        var checked = checked
        do throws(LineFramer.Failure) {
            try framer.feed(bytes, lineEnds: checked?.lineEnds) { line in
                if progress == .next {
                    let known = checked == nil ? nil : bytes.byteOffsets(of: line).flatMap { checked?.change(at: $0.lowerBound) }
                    progress = look(at: line, known, found: nil, from: id, now: now, into: &effects)
                } else if progress == .wait {
                    progress = .waitWithLine
                }
                guard progress == .waitWithLine else { return }
                sessions.change(id) { $0.backlog.append(line.withUnsafeBytes { Array($0) }) }
                progress = .wait
            }
        } catch {
            // The whole lines before the one that is too long still count.
            sessions.change(id) { $0.isOverlong = true }
        }
        sessions.change(id) { $0.framer = framer }
        end(id, progress, into: &effects)
    }

    /// Goes on with a session whose wait is over.
    ///
    /// - Parameter found: where it waited for a search, the answer for the line that waits.
    mutating func proceed(_ id: SessionID, found: Bool? = nil, now: Instant, into effects: inout [ServerEffect]) {
        guard let place = sessions.place(of: id) else { return }
        if sessions[at: place].wait != .nothing {
            sessions[at: place].wait = .nothing
            effects.append(.resume(id))
        }
        let lines = sessions[at: place].backlog
        sessions[at: place].backlog = []
        var progress = begin(id, into: &effects)
        for (index, line) in lines.enumerated() {
            if progress == .next {
                progress = look(at: line.span.bytes, nil, found: index == 0 ? found : nil, from: id, now: now, into: &effects)
            } else if progress == .wait {
                progress = .waitWithLine
            }
            guard progress == .waitWithLine else { continue }
            sessions.change(id) { $0.backlog = Array(lines[index...]) }
            break
        }
        end(id, progress, into: &effects)
    }

    /// Whether the next line may be looked at.
    enum Progress {
        case next
        /// The lines that follow have to wait.
        case wait
        /// This line and those that follow have to wait.
        case waitWithLine
        /// The conversation is over.
        case over
    }

    private mutating func begin(_ id: SessionID, into effects: inout [ServerEffect]) -> Progress {
        guard let place = sessions.place(of: id) else { return .over }
        pushing = sessions[at: place].push
        sessions[at: place].push = nil
        if sessions[at: place].wait != .nothing { return .wait }
        return hold(id, into: &effects)
    }

    private mutating func end(_ id: SessionID, _ progress: Progress, into effects: inout [ServerEffect]) {
        let push = pushing
        pushing = nil
        guard let place = sessions.place(of: id) else { return }
        sessions[at: place].push = push
        if progress == .next, sessions[at: place].isOverlong {
            fail(id, .oversize, "a line of more than \(configuration.limits.lineBytes) bytes", into: &effects)
        }
    }

    /// Has a peer wait that does not read what it is told.
    mutating func hold(_ id: SessionID, into effects: inout [ServerEffect]) -> Progress {
        guard let place = sessions.place(of: id), !sessions[at: place].isClosing else { return .over }
        guard sessions[at: place].unsent > configuration.limits.peerOutputBytes else { return .next }
        sessions[at: place].wait = .drain
        effects.append(.pause(id))
        return .wait
    }

    mutating func look(
        at line: RawSpan, _ checked: CheckedChange?, found: Bool?, from id: SessionID, now: Instant, into effects: inout [ServerEffect]
    ) -> Progress {
        if line.byteCount == 0 { return .next }
        if pushing != nil { return takeChange(line, checked, found: found, from: id, now: now, into: &effects) }
        if beginPush(like: line, from: id) { return .next }
        let message: ClientMessage
        do throws(CodecError) {
            message = try ClientMessageCodec.decode(line, with: &ownScratch().scanner)
        } catch {
            fail(id, .malformed, error.description, into: &effects)
            return .over
        }
        if case .push(let header) = message {
            return beginPush(header, line, from: id, into: &effects)
        }
        take(message, from: id, now: now, into: &effects)
        guard let place = sessions.place(of: id) else { return .over }
        if sessions[at: place].wait != .nothing {
            effects.append(.pause(id))
            return .wait
        }
        return hold(id, into: &effects)
    }

    private mutating func take(
        _ message: ClientMessage, from id: SessionID, now: Instant, into effects: inout [ServerEffect]
    ) {
        guard let session = sessions[id] else { return }
        switch (session.phase, message) {
        case (.closing, _): break
        case (_, .ping): send(.pong, to: id, into: &effects)
        case (_, .pong): break
        case (.greeting, .hello(let versions, let agent)):
            greet(id, versions, agent, into: &effects)
        case (.authenticating, .auth(let authentication)):
            signIn(id, authentication, session, into: &effects)
        case (.ready(let user), .open(let open)):
            self.open(id, open, user, now: now, into: &effects)
        case (.ready, .pull(let workspace, let after, let credit, let live)):
            pull(id, workspace, after, credit, live, now: now, into: &effects)
        case (.ready, .credit(let workspace, let bytes)):
            guard bytes > 0, bytes <= Vocabulary.maximumInteger / 4 else {
                return fail(id, .malformed, "credit must be above 0", into: &effects)
            }
            guard let place = place(of: workspace) else { return }
            sessions.change(id) { $0.change(place) { $0.credit = min($0.credit + bytes, Vocabulary.maximumInteger) } }
            pump(id, place, now: now, into: &effects)
        default:
            fail(id, .unexpected, "not now", into: &effects)
        }
    }

    private mutating func greet(
        _ id: SessionID, _ versions: [Int64], _ agent: String, into effects: inout [ServerEffect]
    ) {
        guard versions.contains(1) else {
            send(.unsupported(protocols: [1]), to: id, into: &effects)
            sessions.change(id) { $0.phase = .closing }
            return effects.append(.close(id))
        }
        sessions.change(id) { $0.agent = agent }
        sessions.change(id) { $0.phase = .authenticating }
        send(
            .welcome(
                .init(
                    version: 1, server: signer.publicKey, nonce: configuration.nonce,
                    limits: configuration.limits.announced)), to: id, into: &effects)
    }

    private mutating func signIn(
        _ id: SessionID, _ authentication: ClientMessage.Authentication, _ session: ServerSession,
        into effects: inout [ServerEffect]
    ) {
        let user: Name
        switch (authentication, session.peer) {
        case (.development(let name), _):
            guard configuration.allowsDevelopmentUsers else {
                return fail(id, .unauthorized, "development users are not switched on here", into: &effects)
            }
            user = name
        case (.peer(let name), .unix(let owner)):
            guard owner == name else {
                return fail(id, .unauthorized, "the socket's peer is another user", into: &effects)
            }
            user = name
        case (.peer, .loopback):
            return fail(id, .unauthorized, "peer credentials are for the Unix socket", into: &effects)
        }
        sessions.change(id) { $0.phase = .ready(user: user) }
        send(.ready(user: user), to: id, into: &effects)
        effects.append(.log(.signedIn(id, user: user, agent: session.agent)))
    }

    private mutating func open(
        _ id: SessionID, _ open: ClientMessage.Open, _ user: Name, now: Instant, into effects: inout [ServerEffect]
    ) {
        guard !isStoreLost else { return fail(id, .storage, "the server's store cannot be opened", into: &effects) }
        guard let place = place(of: open.workspace) else {
            return fail(id, .unknownWorkspace, "no workspace \(open.workspace) here", into: &effects)
        }
        let durable = sequencers[place].durable
        if let log = open.log, log != durable.log {
            return fail(id, .otherLog, "workspace \(open.workspace) has another log", into: &effects)
        }
        if sessions[id]?[place] == nil,
            sessions[id]?.attachments.count ?? 0 >= configuration.limits.workspacesPerConnection
        {
            return fail(id, .unexpected, "too many workspaces on one connection", into: &effects)
        }
        if open.have < 0 || open.replicas.count > configuration.limits.replicasPerOpen {
            return fail(id, .malformed, "open: have or replicas out of range", into: &effects)
        }
        if open.have > durable.seq || open.have == durable.seq {
            return opened(id, open, user, common: open.have == durable.seq ? durable.head : nil, into: &effects)
        }
        sessions.change(id) { $0.opening = open }
        sessions.change(id) { $0.wait = .opening }
        effects.append(.hash(id, workspace: open.workspace, seq: open.have))
    }

    private mutating func opened(
        _ id: SessionID, _ open: ClientMessage.Open, _ user: Name, common: Digest?, into effects: inout [ServerEffect]
    ) {
        guard let place = place(of: open.workspace) else { return }
        let durable = sequencers[place].durable
        let role = configuration.roles[user] ?? .analyst
        let isFollowing = sessions[id]?[place]?.isFollowing ?? false
        sessions.change(id) { $0.attach(ServerSession.Attachment(workspace: place, role: role, isFollowing: isFollowing)) }
        var last: [Name: ServerMessage.Opened.Mark] = [:]
        for replica in open.replicas {
            // What is on disk, and no more: the outbox is computed from it.
            if let mark = durable.last[replica], mark.user == user {
                last[replica] = .init(n: mark.n, hash: mark.hash)
            }
        }
        send(
            .opened(
                .init(
                    workspace: open.workspace, log: durable.log, epoch: durable.epoch, seq: durable.seq,
                    head: durable.head, role: role, common: common, last: last)), to: id, into: &effects)
        effects.append(
            .log(.opened(id, workspace: open.workspace, user: user, have: open.have, seq: durable.seq)))
    }

    mutating func received(
        _ hash: Digest?, at seq: Int64, for id: SessionID, _ workspace: Name, now: Instant,
        into effects: inout [ServerEffect]
    ) {
        if let hash, let place = place(of: workspace) { sequencers[place].remember(hash.short, at: seq) }
        guard let session = sessions[id] else { return }
        switch session.wait {
        case .opening:
            guard let open = session.opening, open.workspace == workspace, open.have == seq, let user = session.user
            else { return }
            sessions.change(id) { $0.opening = nil }
            opened(id, open, user, common: hash, into: &effects)
            proceed(id, now: now, into: &effects)
        case .hash(seq):
            guard hash != nil else { return fail(id, .storage, "no hash of entry \(seq)", into: &effects) }
            proceed(id, now: now, into: &effects)
        default: break
        }
    }
}
