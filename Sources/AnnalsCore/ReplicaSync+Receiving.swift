internal import AnnalsModel
internal import AnnalsWire

/// What the server says.
extension ReplicaSync {
    mutating func receive(_ bytes: [UInt8], into effects: inout [Effect]) {
        // Moved out while it hands on lines, which change the machine.
        var framer = framer
        self.framer = LineFramer(maximumLineBytes: limits.lineBytes)
        defer { self.framer = framer }
        do throws(LineFramer.Failure) {
            try framer.feed(bytes.span.bytes) { line in take(line, into: &effects) }
        } catch {
            finish(.protocolBroken("a line longer than the limit"), into: &effects)
        }
    }

    private mutating func take(_ line: RawSpan, into effects: inout [Effect]) {
        switch phase {
        case .ending, .over: return
        default: break
        }
        if incoming?.take(line) ?? false {
            // What was asked for, and one line that may overdraw it: more would fill the memory.
            let held = (incoming?.bytes.count ?? 0) + (ready?.byteCount ?? 0)
            if held > limits.pullCreditBytes + limits.lineBytes {
                finish(.protocolBroken("more bytes than were asked for"), into: &effects)
            }
            return
        }
        if line.isEmpty { return }
        take(message: line.withUnsafeBytes { Array($0) }, into: &effects)
    }

    private mutating func take(message line: [UInt8], into effects: inout [Effect]) {
        let message: ServerMessage
        do throws(CodecError) {
            message = try ServerMessageCodec.decode(line)
        } catch {
            return finish(.protocolBroken(error.description), into: &effects)
        }
        if let batch = incoming {
            guard case .checkpoint(let checkpoint) = message else {
                return finish(.protocolBroken("a batch without its checkpoint"), into: &effects)
            }
            incoming = nil
            return complete(batch, checkpoint, line, into: &effects)
        }
        handle(message, into: &effects)
    }

    private mutating func handle(_ message: ServerMessage, into effects: inout [Effect]) {
        switch (phase, message) {
        case (_, .ping): send(.pong, into: &effects)
        case (_, .pong): break
        case (_, .error(let code, let detail, let recovery)):
            finish(
                code == ProtocolErrorCode.otherLog.rawValue
                    ? .otherLog : .server(code: code, detail: detail, recovery: recovery), into: &effects)
        case (.greeted, .unsupported(let versions)):
            finish(.unsupported(versions), into: &effects)
        case (.greeted, .welcome(let welcome)):
            if let key = position.serverKey, key != welcome.server { return finish(.otherServer, into: &effects) }
            serverKey = welcome.server
            serverLimits = welcome.limits
            phase = .signingIn
            send(.auth(authentication), into: &effects)
        case (.signingIn, .ready(let user)):
            phase = .opening
            effects.append(.report(.signedIn(user: user, server: serverKey ?? "")))
            send(
                .open(
                    .init(
                        workspace: position.workspace, log: position.log, have: position.have, head: position.head,
                        replicas: position.replicas)), into: &effects)
        case (.opening, .opened(let opened)):
            self.opened(opened, into: &effects)
        case (.streaming, .entries(_, let first, let count)):
            let next = (tip?.seq ?? position.have) + 1
            guard first == next, let hash = tip?.hash else {
                return finish(.badEntry(seq: next, what: "entries from \(first) came in its place"), into: &effects)
            }
            let most = max(serverLimits["batch_lines"] ?? 0, Int64(limits.batchLines))
            guard (1...most).contains(count) else {
                return finish(.protocolBroken("a batch of \(count) entries, beyond the limits"), into: &effects)
            }
            incoming = Incoming(first: first, count: count, before: hash)
        case (.streaming, .caughtUp(_, let seq)):
            caughtUp = seq
            serverSeq = max(serverSeq, seq)
            effects.append(.report(.caughtUp(seq: seq)))
        case (.streaming, .ack(_, let replica, let n, _)):
            answered(replica, n)
            effects.append(.mark(replica: replica, upTo: n, .accepted))
            effects.append(.report(.pushed(replica: replica, n: n)))
        case (.streaming, .refused(_, let replica, let n, let code, let detail)):
            answered(replica, n)
            effects.append(.report(.refused(replica: replica, n: n, code: code, detail: detail)))
        case (.streaming, .known(_, let replica, let n)):
            answered(replica, n)
        case (.streaming, .stopped(_, let replica, let n, let code)):
            if pushStop == nil { stopPushing(.pushStopped(replica: replica, n: n, code: code), into: &effects) }
        case (.ending, _), (.over, _): break
        default:
            finish(.protocolBroken("a message that does not belong here"), into: &effects)
        }
    }

    /// The server's log is compared with ours before anything is sent or taken.
    private mutating func opened(_ opened: ServerMessage.Opened, into effects: inout [Effect]) {
        if let log = position.log, log != opened.log { return finish(.otherLog, into: &effects) }
        guard let key = serverKey else { return finish(.protocolBroken("no server key"), into: &effects) }
        guard let common = opened.common else {
            phase = .comparing(opened)
            return effects.append(.hash(seq: opened.seq))
        }
        let start = position.head ?? ChainHash(log: opened.log).head
        guard common == start else { return finish(.fork(at: position.have), into: &effects) }
        // At each sync, because a role or an epoch may have changed since the last.
        effects.append(.bind(Binding(log: opened.log, epoch: opened.epoch, serverKey: key, role: opened.role)))
        position.log = opened.log
        role = opened.role
        serverSeq = opened.seq
        tip = (position.have, start)
        phase = .streaming
        // Of a twin's changes the server's numbers say nothing: they are the other copy's.
        if position.twin == nil { effects.append(.recompute(last: opened.last.mapValues(\.n))) }
        send(
            .pull(workspace: position.workspace, after: position.have, credit: Int64(limits.pullCreditBytes), live: true),
            into: &effects)
    }

    /// The server has fewer entries: is its end a point of our log (an older backup), or another branch?
    mutating func compared(_ seq: Int64, _ hash: Digest?, into effects: inout [Effect]) {
        guard case .comparing(let opened) = phase, opened.seq == seq else { return }
        finish(
            hash == opened.head ? .serverBehind(serverSeq: seq, have: position.have) : .fork(at: seq), into: &effects)
    }

    /// All lines of a batch are here: it is stored only if the server's signature covers exactly them.
    private mutating func complete(
        _ batch: Incoming, _ checkpoint: Checkpoint, _ line: [UInt8], into effects: inout [Effect]
    ) {
        let last = batch.first + batch.count - 1
        guard checkpoint.seq == last, checkpoint.log == position.log, checkpoint.workspace == position.workspace else {
            return finish(.badEntry(seq: last, what: "the checkpoint is about another place"), into: &effects)
        }
        guard checkpoint.head == batch.hash else {
            return finish(.badEntry(seq: batch.first, what: "the chain of hashes does not fit"), into: &effects)
        }
        guard let signed = CheckpointCodec.signedBytes(line), let key = serverKey,
            verifier.verifies(checkpoint.signature, of: signed, by: key)
        else {
            return finish(.badEntry(seq: last, what: "the checkpoint's signature does not fit"), into: &effects)
        }
        tip = (last, batch.hash)
        serverSeq = max(serverSeq, last)
        let piece = Batch.Piece(
            first: batch.first, count: batch.count, bytes: batch.bytes, before: batch.before, checkpoint: checkpoint,
            checkpointLine: line)
        if ready == nil { ready = Batch(piece) } else { ready?.join(piece) }
    }
}
