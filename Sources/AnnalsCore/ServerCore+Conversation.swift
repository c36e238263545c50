internal import AnnalsModel
internal import AnnalsWire

/// From bytes to messages to what they mean.
extension ServerCore {
    mutating func receive(_ bytes: [UInt8], from id: SessionID, now: Instant, into effects: inout [ServerEffect]) {
        guard var session = sessions[id], !session.isClosing else { return }
        session.lastHeard = now
        session.wasPinged = false
        session.receivedBytes += bytes.count
        if session.user == nil, session.receivedBytes > configuration.limits.bytesBeforeAuthentication {
            sessions[id] = session
            return fail(id, .oversize, "too much before signing in", into: &effects)
        }
        var lines: [[UInt8]] = []
        do throws(LineFramer.Failure) {
            try session.framer.feed(bytes) { lines.append($0) }
        } catch {
            // The whole lines before the one that is too long still count.
            session.isOverlong = true
        }
        session.backlog += lines
        sessions[id] = session
        proceedOverBacklog(id, now: now, into: &effects)
    }

    /// Goes on with a session whose wait is over.
    mutating func proceed(_ id: SessionID, now: Instant, into effects: inout [ServerEffect]) {
        guard let session = sessions[id] else { return }
        if session.wait != .nothing {
            sessions[id]?.wait = .nothing
            effects.append(.resume(id))
        }
        proceedOverBacklog(id, now: now, into: &effects)
    }

    /// Looks at the lines in order, until one has to wait.
    private mutating func proceedOverBacklog(_ id: SessionID, now: Instant, into effects: inout [ServerEffect]) {
        guard let lines = sessions[id]?.backlog, sessions[id]?.wait == .nothing else { return }
        sessions[id]?.backlog = []
        for (index, line) in lines.enumerated() {
            if line.isEmpty { continue }
            if sessions[id]?.unsent ?? 0 > configuration.limits.peerOutputBytes {
                sessions[id]?.wait = .drain
            } else {
                handle(line: line, found: nil, from: id, now: now, into: &effects)
            }
            guard let session = sessions[id], !session.isClosing else { return }
            if session.wait != .nothing {
                // A change that waits is looked at again; an `open` is answered by what it waits for.
                let again = session.wait == .opening ? index + 1 : index
                sessions[id]?.backlog = Array(lines[again...])
                effects.append(.pause(id))
                return
            }
        }
        if sessions[id]?.isOverlong ?? false {
            fail(id, .oversize, "a line of more than \(configuration.limits.lineBytes) bytes", into: &effects)
        }
    }

    mutating func handle(
        line: [UInt8], found: Bool?, from id: SessionID, now: Instant, into effects: inout [ServerEffect]
    ) {
        guard let session = sessions[id] else { return }
        if session.push != nil {
            return takeChange(line, found: found, from: id, now: now, into: &effects)
        }
        let message: ClientMessage
        do throws(CodecError) {
            message = try ClientMessageCodec.decode(line)
        } catch {
            return fail(id, .malformed, error.description, into: &effects)
        }
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
            let credit = (session.attachments[workspace]?.credit ?? 0) + bytes
            sessions[id]?.attachments[workspace]?.credit = min(credit, Vocabulary.maximumInteger)
            pump(id, workspace, now: now, into: &effects)
        case (.ready, .push(let header)):
            guard session.attachments[header.workspace] != nil else {
                return fail(id, .unexpected, "push before open of this workspace", into: &effects)
            }
            guard header.count > 0 else { return fail(id, .malformed, "push of no changes", into: &effects) }
            sessions[id]?.push = header
        default:
            fail(id, .unexpected, "not now", into: &effects)
        }
    }

    private mutating func greet(
        _ id: SessionID, _ versions: [Int64], _ agent: String, into effects: inout [ServerEffect]
    ) {
        guard versions.contains(1) else {
            send(.unsupported(protocols: [1]), to: id, into: &effects)
            sessions[id]?.phase = .closing
            return effects.append(.close(id))
        }
        sessions[id]?.agent = agent
        sessions[id]?.phase = .authenticating
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
        sessions[id]?.phase = .ready(user: user)
        send(.ready(user: user), to: id, into: &effects)
        effects.append(.log(.signedIn(id, user: user, agent: session.agent)))
    }

    private mutating func open(
        _ id: SessionID, _ open: ClientMessage.Open, _ user: Name, now: Instant, into effects: inout [ServerEffect]
    ) {
        guard !isStoreLost else { return fail(id, .storage, "the server's store cannot be opened", into: &effects) }
        guard let durable = sequencers[open.workspace]?.durable else {
            return fail(id, .unknownWorkspace, "no workspace \(open.workspace) here", into: &effects)
        }
        if let log = open.log, log != durable.log {
            return fail(id, .otherLog, "workspace \(open.workspace) has another log", into: &effects)
        }
        if sessions[id]?.attachments[open.workspace] == nil,
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
        sessions[id]?.opening = open
        sessions[id]?.wait = .opening
        effects.append(.hash(id, workspace: open.workspace, seq: open.have))
    }

    private mutating func opened(
        _ id: SessionID, _ open: ClientMessage.Open, _ user: Name, common: Digest?, into effects: inout [ServerEffect]
    ) {
        guard let sequencer = sequencers[open.workspace] else { return }
        let durable = sequencer.durable
        let role = configuration.roles[user] ?? .analyst
        sessions[id]?.attachments[open.workspace] = ServerSession.Attachment(role: role)
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
        if let hash { sequencers[workspace]?.remember(hash.short, at: seq) }
        guard let session = sessions[id] else { return }
        switch session.wait {
        case .opening:
            guard let open = session.opening, open.workspace == workspace, open.have == seq, let user = session.user
            else { return }
            sessions[id]?.opening = nil
            opened(id, open, user, common: hash, into: &effects)
            proceed(id, now: now, into: &effects)
        case .hash(seq):
            guard hash != nil else { return fail(id, .storage, "no hash of entry \(seq)", into: &effects) }
            proceed(id, now: now, into: &effects)
        default: break
        }
    }
}
