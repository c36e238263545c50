internal import AnnalsModel
internal import AnnalsWire

/// Entries on their way to replicas: one cursor for each session and workspace, moved only by what was queued.
///
/// Live means that the cursor is the durable head + 1. A peer that is slow falls back to reading from the store, and is
/// never dropped for it; what is queued for it stays bounded.
extension ServerCore {
    mutating func pull(
        _ id: SessionID, _ workspace: Name, _ after: Int64, _ credit: Int64, _ live: Bool, now: Instant,
        into effects: inout [ServerEffect]
    ) {
        guard let place = place(of: workspace), let attachment = sessions[id]?[place] else {
            return fail(id, .unexpected, "pull before open of this workspace", into: &effects)
        }
        guard after >= 0, after <= sequencers[place].durable.seq, credit > 0, credit <= Vocabulary.maximumInteger / 4 else {
            return fail(id, .malformed, "pull: after or credit out of range", into: &effects)
        }
        if !attachment.isFollowing { followers[place].append(id) }
        sessions.change(id) {
            $0.change(place) {
                $0.isFollowing = true
                $0.cursor = after + 1
                $0.credit = credit
                $0.wantsLive = live
                $0.announced = false
                $0.sending = nil
                $0.ahead = []
            }
        }
        pump(id, place, now: now, into: &effects)
    }

    /// Gives each workspace its turn, beginning with the one after the last that had one.
    mutating func pumpAll(_ id: SessionID, now: Instant, into effects: inout [ServerEffect]) {
        guard let place = sessions.place(of: id) else { return }
        let count = sessions[at: place].attachments.count
        if count == 1 { return pump(id, sessions[at: place].attachments[0].workspace, now: now, into: &effects) }
        let workspaces = sessions[at: place].attachments.map(\.workspace)
        let next = sessions[at: place].lastServed.flatMap { last in workspaces.firstIndex { last < $0 } } ?? 0
        for workspace in workspaces[next...] + workspaces[..<next] {
            pump(id, workspace, now: now, into: &effects)
        }
    }

    /// Sends a turn, or asks the store for more, or says that the client has caught up.
    mutating func pump(_ id: SessionID, _ workspace: Int, now: Instant, into effects: inout [ServerEffect]) {
        guard let place = sessions.place(of: id), !sessions[at: place].isClosing,
            let index = sessions[at: place].index(of: workspace), let cursor = sessions[at: place].attachments[index].cursor
        else { return }
        let attachment = sessions[at: place].attachments[index]
        let seq = sequencers[workspace].durable.seq
        let name = sequencers[workspace].durable.workspace
        guard cursor <= seq else {
            if !attachment.announced {
                sessions[at: place].change(workspace) {
                    $0.announced = true
                    if !$0.wantsLive { $0.cursor = nil }
                }
                send(.caughtUp(workspace: name, seq: seq), to: id, into: &effects)
            }
            return
        }
        guard attachment.credit > 0, sessions[at: place].unsent < configuration.limits.turnBytes else { return }
        if attachment.sending.map({ $0.next == cursor }) ?? false {
            sendTurn(id, workspace, now: now, into: &effects)
        } else if attachment.isReading {
            return
        } else if let group = recent[workspace].last(where: { $0.first <= cursor }), group.first == cursor,
            attachment.credit >= Int64(group.lineBytes)
        {
            send(group, to: place, id, workspace, into: &effects)
            pump(id, workspace, now: now, into: &effects)
        } else {
            sessions[at: place].change(workspace) {
                $0.sending = nil
                $0.isReading = true
            }
            effects.append(.read(id, workspace: name, seq: cursor))
        }
    }

    mutating func received(
        _ stretch: LogStretch?, for id: SessionID, _ workspace: Name, now: Instant, into effects: inout [ServerEffect]
    ) {
        guard let place = place(of: workspace), let attachment = sessions[id]?[place] else { return }
        sessions.change(id) { $0.change(place) { $0.isReading = false } }
        guard let cursor = attachment.cursor else { return }
        if let stretch, let sending = attachment.sending, sending.next == cursor,
            stretch.first == attachment.ahead.last?.following ?? sending.following
        {
            sessions.change(id) { $0.change(place) { $0.ahead.append(stretch) } }
            return readAhead(id, place, into: &effects)
        }
        guard let stretch, (stretch.first..<stretch.first + stretch.count).contains(cursor) else {
            // A pull moved the cursor meanwhile: read where it is now. Else the store lost what it had.
            if let stretch, !(stretch.first..<stretch.first + stretch.count).contains(cursor) {
                return pump(id, place, now: now, into: &effects)
            }
            return fail(id, .storage, "entry \(cursor) cannot be read", into: &effects)
        }
        let sending = ServerSession.Sending(stretch, from: cursor)
        sessions.change(id) { $0.change(place) { $0.sending = sending } }
        pump(id, place, now: now, into: &effects)
    }

    /// Queues whole lines up to a turn, while there is credit: above 0, one line may overdraw it.
    private mutating func sendTurn(
        _ id: SessionID, _ workspace: Int, now: Instant, into effects: inout [ServerEffect]
    ) {
        guard let place = sessions.place(of: id), let attachment = sessions[at: place][workspace],
            var sending = attachment.sending
        else { return }
        guard let turn = sending.turn(credit: attachment.credit, configuration.limits) else { return }
        let isAtEnd = sending.next == sending.following
        sessions[at: place].change(workspace) {
            $0.credit -= Int64(turn.lines.count)
            $0.cursor = sending.next
            $0.announced = false
            if !isAtEnd {
                $0.sending = sending
            } else {
                $0.sending = $0.ahead.isEmpty ? nil : ServerSession.Sending($0.ahead.removeFirst(), from: sending.next)
            }
        }
        sessions[at: place].lastServed = workspace
        send(turn, of: sequencers[workspace].durable, to: place, id, now: now, into: &effects)
        readAhead(id, workspace, into: &effects)
        pump(id, workspace, now: now, into: &effects)
    }

    /// Asks for what comes after the stretch that is being sent, up to about a turn, so that the disk and the peer are busy at once.
    private mutating func readAhead(_ id: SessionID, _ workspace: Int, into effects: inout [ServerEffect]) {
        guard let place = sessions.place(of: id), let attachment = sessions[at: place][workspace],
            let sending = attachment.sending, !attachment.isReading
        else { return }
        let (next, durable) = (attachment.ahead.last?.following ?? sending.following, sequencers[workspace].durable)
        let ahead = attachment.ahead.reduce(0) { $0 + $1.bytes.count }
        guard next <= durable.seq, ahead < configuration.limits.turnBytes / 2,
            attachment.credit > Int64(sending.bytes.count - sending.offset + ahead),
            !recent[workspace].contains(where: { $0.first == next })
        else { return }
        sessions[at: place].change(workspace) { $0.isReading = true }
        effects.append(.read(id, workspace: durable.workspace, seq: next))
    }

    /// Sends a group that has just become durable to everyone who is live: the same bytes to all, composed once.
    mutating func fanOut(_ group: CommitGroup, _ workspace: Int, now: Instant, into effects: inout [ServerEffect]) {
        let log = group.log
        let isFollowed = followers[workspace].contains { id in
            sessions.place(of: id).map { sessions[at: $0][workspace]?.cursor != nil } ?? false
        }
        guard isFollowed else { return recent[workspace].removeAll() }
        let group = RecentGroup(
            first: log.first, count: log.count, lineBytes: log.bytes.count,
            batches: compose(group, sequencers[workspace].durable, now: now))
        remember(group, workspace)
        for id in followers[workspace] {
            guard let place = sessions.place(of: id), !sessions[at: place].isClosing,
                let attachment = sessions[at: place][workspace]
            else { continue }
            let fits =
                attachment.cursor == log.first && attachment.wantsLive && attachment.sending == nil && !attachment.isReading
                && attachment.credit >= Int64(log.bytes.count) && sessions[at: place].unsent < configuration.limits.turnBytes
            if fits {
                send(group, to: place, id, workspace, into: &effects)
            } else {
                pump(id, workspace, now: now, into: &effects)
            }
        }
    }

    /// Sends a group as it was composed.
    private mutating func send(
        _ group: RecentGroup, to place: Int, _ id: SessionID, _ workspace: Int,
        into effects: inout [ServerEffect]
    ) {
        sessions[at: place].change(workspace) {
            $0.cursor = group.first + group.count
            $0.credit -= Int64(group.lineBytes)
            $0.sending = nil
            $0.announced = $0.announced && $0.wantsLive
        }
        sessions[at: place].unsent += group.batches.count
        effects.append(.write(id, group.batches[...]))
    }

    /// Sends a turn as a batch: its lines as they were read, uncopied.
    private mutating func send(
        _ turn: ServerSession.Sending.Turn, of durable: LogHead, to place: Int,
        _ id: SessionID, now: Instant, into effects: inout [ServerEffect]
    ) {
        let header = ServerMessageCodec.encode(.entries(workspace: durable.workspace, first: turn.first, count: turn.count))
        let checkpoint = checkpoint(durable, seq: turn.first + turn.count - 1, turn.head, now: now)
        sessions[at: place].unsent += header.count + turn.lines.count + checkpoint.count
        effects.append(.write(id, header[...]))
        effects.append(.write(id, turn.lines))
        effects.append(.write(id, checkpoint[...]))
    }

    /// Keeps the last groups for those who are a little behind: they read the store only when they fall further back.
    private mutating func remember(_ group: RecentGroup, _ workspace: Int) {
        recent[workspace].append(group)
        var bytes = recent[workspace].reduce(0) { $0 + $1.batches.count }
        while bytes > configuration.limits.recentBytes, recent[workspace].count > 1 {
            bytes -= recent[workspace].removeFirst().batches.count
        }
    }

    /// A group as batches within the announced limits.
    private func compose(_ group: CommitGroup, _ durable: LogHead, now: Instant) -> [UInt8] {
        let log = group.log
        let end = LogCut(count: log.count, offset: log.bytes.count, head: log.head)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(log.bytes.count + 1024 * (log.cuts.count + 1))
        var done: (count: Int64, offset: Int) = (0, 0)
        for cut in log.cuts + [end] {
            bytes += compose(
                durable, first: log.first + done.count, count: cut.count - done.count,
                lines: log.bytes[done.offset..<cut.offset], head: cut.head, now: now)
            done = (cut.count, cut.offset)
        }
        return bytes
    }

    /// A batch: a header that counts, the lines verbatim, and a checkpoint that proves them.
    private func compose(
        _ durable: LogHead, first: Int64, count: Int64, lines: ArraySlice<UInt8>, head: Digest,
        now: Instant
    ) -> [UInt8] {
        var bytes = ServerMessageCodec.encode(.entries(workspace: durable.workspace, first: first, count: count))
        bytes.reserveCapacity(bytes.count + lines.count + 512)
        bytes += lines
        bytes += checkpoint(durable, seq: first + count - 1, head, now: now)
        return bytes
    }

    /// A checkpoint's line with its LF: what proves the lines before it.
    private func checkpoint(_ durable: LogHead, seq: Int64, _ head: Digest, now: Instant) -> [UInt8] {
        let checkpoint = Checkpoint(
            workspace: durable.workspace, log: durable.log, epoch: durable.epoch, seq: seq, head: head, at: now)
        var bytes = CheckpointCodec.encode(checkpoint, signer: signer)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}

/// A group that became durable lately, as it is sent.
struct RecentGroup: Sendable {
    let first: Int64
    let count: Int64
    /// The bytes of its lines, which credit is counted in.
    let lineBytes: Int
    /// Its batches, each with its header and checkpoint.
    let batches: [UInt8]
}
