internal import AnnalsJSON
internal import AnnalsModel
internal import AnnalsWire

/// A push: its header, and the change lines that follow.
extension ServerCore {
    /// Begins a push whose header is, byte for byte, the one before it on this connection.
    mutating func beginPush(like line: RawSpan, from id: SessionID) -> Bool {
        guard let place = sessions.place(of: id), let last = sessions[at: place].lastHeader, sessions[at: place].user != nil
        else { return false }
        let spelled = last.line
        guard line.equals(0..<line.byteCount, spelled.span.bytes) else { return false }
        return begin(last.workspace, count: last.count, last.submitter, place)
    }

    mutating func beginPush(
        _ header: PushHeader, _ line: RawSpan, from id: SessionID, into effects: inout [ServerEffect]
    ) -> Progress {
        guard let place = sessions.place(of: id), !sessions[at: place].isClosing else { return .over }
        guard let user = sessions[at: place].user else {
            fail(id, .unexpected, "not now", into: &effects)
            return .over
        }
        guard let workspace = self.place(of: header.workspace), sessions[at: place].index(of: workspace) != nil else {
            fail(id, .unexpected, "push before open of this workspace", into: &effects)
            return .over
        }
        guard header.count > 0 else {
            fail(id, .malformed, "push of no changes", into: &effects)
            return .over
        }
        let submitter = sequencers[workspace].submitter(id, user: user, header)
        // One that was filled up with blanks or unknown members is not kept for each peer.
        let isUsual = line.byteCount <= ServerSession.usualHeaderBytes
        sessions[at: place].lastHeader =
            isUsual
            ? ServerSession.Header(line.withUnsafeBytes { Array($0) }, workspace: workspace, count: header.count, submitter) : nil
        _ = begin(workspace, count: header.count, submitter, place)
        return .next
    }

    /// - Returns: whether the workspace is open on this connection.
    private mutating func begin(
        _ workspace: Int, count: Int64, _ submitter: Sequencer.Submitter, _ session: Int
    ) -> Bool {
        guard let index = sessions[at: session].index(of: workspace) else { return false }
        pushing = ServerSession.Push(
            workspace: workspace, role: sessions[at: session].attachments[index].role, submitter: submitter,
            remaining: count,
            isStopped: sessions[at: session].attachments[index].stopped.contains(submitter.replica))
        return true
    }

    /// Takes the next change line of ``pushing``, which may have been checked already.
    mutating func takeChange(
        _ line: RawSpan, _ checked: CheckedChange?, found: Bool?, from id: SessionID, now: Instant, into effects: inout [ServerEffect]
    ) -> Progress {
        guard let workspace = pushing?.workspace, let role = pushing?.role, let submitter = pushing?.submitter else { return .next }
        if pushing?.isStopped ?? false {
            finishChange()
            return .next
        }
        if let checked, role == CheckedLines.role {
            return take(checked, line, workspace, submitter, found: found, from: id, now: now, into: &effects)
        }
        let scratch = ownScratch()
        do throws(CodecError) {
            let checked = try CheckedChange(line, by: pushRules, role, with: &scratch.scanner)
            return take(checked, line, workspace, submitter, found: found, from: id, now: now, into: &effects)
        } catch {
            fail(id, .malformed, "change line: " + error.description, into: &effects)
            return .over
        }
    }

    private mutating func take(
        _ checked: CheckedChange, _ line: RawSpan, _ workspace: Int, _ submitter: Sequencer.Submitter, found: Bool?,
        from id: SessionID, now: Instant, into effects: inout [ServerEffect]
    ) -> Progress {
        let verdict = sequencers[workspace].submit(checked, line, from: submitter, found: found, now: now)
        switch verdict {
        case .taken, .waits:
            finishChange()
            return .next
        default:
            return answer(verdict, checked.change.n, workspace, to: id, into: &effects)
        }
    }

    /// Counts a change line that has had its turn.
    private mutating func finishChange() {
        pushing?.remaining -= 1
        if pushing?.remaining == 0 { pushing = nil }
    }

    private mutating func answer(
        _ verdict: Sequencer.Verdict, _ n: Int64, _ workspace: Int, to id: SessionID, into effects: inout [ServerEffect]
    ) -> Progress {
        guard let replica = pushing?.submitter.replica else { return .next }
        let name = sequencers[workspace].durable.workspace
        switch verdict {
        case .taken, .waits: break
        case .known:
            send(.known(workspace: name, replica: replica, n: n), to: id, into: &effects)
        case .stopped(let code):
            send(.stopped(workspace: name, replica: replica, n: n, code: code), to: id, into: &effects)
            effects.append(.log(.stopped(id, workspace: name, replica: replica, n: n, code)))
            sessions.change(id) { $0.change(workspace) { $0.stopped.insert(replica) } }
            pushing?.isStopped = true
        case .needsHash(let seq):
            effects.append(.hash(id, workspace: name, seq: seq))
            return wait(.hash(seq: seq), id, into: &effects)
        case .needsSearch(let change):
            effects.append(.search(id, workspace: name, change))
            return wait(.search(change), id, into: &effects)
        case .full:
            waitingForCommit.append(id)
            return wait(.commit, id, into: &effects)
        }
        finishChange()
        return hold(id, into: &effects)
    }

    /// The change is looked at again when the wait is over.
    private mutating func wait(
        _ wait: ServerSession.Wait, _ id: SessionID, into effects: inout [ServerEffect]
    ) -> Progress {
        sessions.change(id) { $0.wait = wait }
        effects.append(.pause(id))
        return .waitWithLine
    }

    mutating func searched(
        _ change: ChangeID, _ found: Bool, for id: SessionID, _ workspace: Name, now: Instant,
        into effects: inout [ServerEffect]
    ) {
        guard sessions[id]?.wait == .search(change) else { return }
        proceed(id, found: found, now: now, into: &effects)
    }
}

/// The rules that a server checks pushed changes by. An object, so that asking it copies nothing of the machine.
final class PushRules: Sendable {
    private let rules: ChangeRules
    private let changeBytes: Int

    init(_ configuration: ServerCore.Configuration) {
        rules = ChangeRules(
            vocabulary: configuration.vocabulary, maximumOperations: configuration.limits.operationsPerChange)
        changeBytes = configuration.limits.changeBytes
    }

    /// The first rule that a change breaks.
    func violation(of change: ChangePlaces, _ tape: borrowing JSONTape, _ line: RawSpan, _ role: Role) -> RuleViolation? {
        guard line.byteCount <= changeBytes else {
            return RuleViolation(.size, "a change of more than \(changeBytes) bytes")
        }
        do throws(RuleViolation) {
            try rules.check(change, of: tape, in: line, role: role)
            try checkDocumentNames(change, tape, line)
            return nil
        } catch {
            return error
        }
    }
}
