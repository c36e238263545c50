internal import AnnalsJSON
internal import AnnalsModel
internal import AnnalsWire

/// Change lines of a push.
extension ServerCore {
    /// Takes the next change line of ``pushing``.
    mutating func takeChange(
        _ line: RawSpan, found: Bool?, from id: SessionID, now: Instant, into effects: inout [ServerEffect]
    ) -> Progress {
        guard let workspace = pushing?.workspace, let role = pushing?.role, let submitter = pushing?.submitter else { return .next }
        if pushing?.isStopped ?? false {
            finishChange()
            return .next
        }
        let scratch = ownScratch()
        let change: ChangePlaces
        do throws(CodecError) {
            change = try ChangeForm.read(line, with: &scratch.scanner)
        } catch {
            fail(id, .malformed, "change line: " + error.description, into: &effects)
            return .over
        }
        let violation = pushRules.violation(of: change, scratch.scanner.tape, line, role)
        let verdict = sequencers[workspace].submit(
            change, line, violation: violation, from: submitter, found: found, now: now)
        switch verdict {
        case .taken, .waits:
            finishChange()
            return .next
        default:
            return answer(verdict, change.n, workspace, to: id, into: &effects)
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
            sessions[id]?.change(workspace) { $0.stopped.insert(replica) }
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
        sessions[id]?.wait = wait
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
