internal import AnnalsModel
internal import AnnalsWire

/// Change lines of a push.
extension ServerCore {
    mutating func takeChange(
        _ line: [UInt8], found: Bool?, from id: SessionID, now: Instant, into effects: inout [ServerEffect]
    ) {
        guard let session = sessions[id], var header = session.push, let user = session.user,
            let attachment = session.attachments[header.workspace]
        else { return }
        let workspace = header.workspace
        func finished() -> PushHeader? {
            header.count -= 1
            return header.count > 0 ? header : nil
        }
        if attachment.stopped.contains(header.replica) {
            sessions[id]?.push = finished()
            return
        }
        let change: Change
        do throws(CodecError) {
            change = try ChangeCodec.decode(line)
        } catch {
            return fail(id, .malformed, "change line: " + error.description, into: &effects)
        }
        let submission = Sequencer.Submission(
            session: id, user: user, role: attachment.role, replica: header.replica, fork: header.fork,
            moved: header.moved, change: change, bytes: line, digest: sha256(line))
        guard let verdict = sequencers[workspace]?.submit(submission, found: found, now: now) else { return }
        switch verdict {
        case .taken, .waits:
            sessions[id]?.push = finished()
        case .known:
            send(.known(workspace: workspace, replica: header.replica, n: change.n), to: id, into: &effects)
            sessions[id]?.push = finished()
        case .stopped(let code):
            send(
                .stopped(workspace: workspace, replica: header.replica, n: change.n, code: code), to: id, into: &effects)
            effects.append(
                .log(.stopped(id, workspace: workspace, replica: header.replica, n: change.n, code)))
            sessions[id]?.attachments[workspace]?.stopped.insert(header.replica)
            sessions[id]?.push = finished()
        case .needsHash(let seq):
            sessions[id]?.wait = .hash(seq: seq)
            effects.append(.hash(id, workspace: workspace, seq: seq))
        case .needsSearch(let change):
            sessions[id]?.wait = .search(change)
            effects.append(.search(id, workspace: workspace, change))
        case .full:
            sessions[id]?.wait = .commit
            waitingForCommit.insert(id)
        }
    }

    mutating func searched(
        _ change: ChangeID, _ found: Bool, for id: SessionID, _ workspace: Name, now: Instant,
        into effects: inout [ServerEffect]
    ) {
        guard let session = sessions[id], session.wait == .search(change), let line = session.backlog.first else { return }
        sessions[id]?.wait = .nothing
        sessions[id]?.backlog.removeFirst()
        effects.append(.resume(id))
        handle(line: line, found: found, from: id, now: now, into: &effects)
        if let wait = sessions[id]?.wait, wait != .nothing {
            // Its base was asked for, or the group filled, meanwhile: it starts again.
            sessions[id]?.backlog.insert(line, at: 0)
            effects.append(.pause(id))
        } else {
            proceed(id, now: now, into: &effects)
        }
    }
}
