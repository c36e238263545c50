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
        guard let durable = sequencers[workspace]?.durable, sessions[id]?.attachments[workspace] != nil else {
            return fail(id, .unexpected, "pull before open of this workspace", into: &effects)
        }
        guard after >= 0, after <= durable.seq, credit > 0, credit <= Vocabulary.maximumInteger / 4 else {
            return fail(id, .malformed, "pull: after or credit out of range", into: &effects)
        }
        sessions[id]?.attachments[workspace]?.cursor = after + 1
        sessions[id]?.attachments[workspace]?.credit = credit
        sessions[id]?.attachments[workspace]?.wantsLive = live
        sessions[id]?.attachments[workspace]?.announced = false
        sessions[id]?.attachments[workspace]?.sending = nil
        pump(id, workspace, now: now, into: &effects)
    }

    /// Gives each workspace its turn, beginning with the one after the last that had one.
    mutating func pumpAll(_ id: SessionID, now: Instant, into effects: inout [ServerEffect]) {
        guard let session = sessions[id] else { return }
        let names = session.attachments.keys.sorted()
        let next = session.lastServed.flatMap { last in names.firstIndex { last < $0 } } ?? 0
        for workspace in names[next...] + names[..<next] {
            pump(id, workspace, now: now, into: &effects)
        }
    }

    /// Sends a turn, or asks the store for more, or says that the client has caught up.
    mutating func pump(_ id: SessionID, _ workspace: Name, now: Instant, into effects: inout [ServerEffect]) {
        guard let session = sessions[id], !session.isClosing, let attachment = session.attachments[workspace],
            let cursor = attachment.cursor, let durable = sequencers[workspace]?.durable
        else { return }
        guard cursor <= durable.seq else {
            if !attachment.announced {
                sessions[id]?.attachments[workspace]?.announced = true
                send(.caughtUp(workspace: workspace, seq: durable.seq), to: id, into: &effects)
                if !attachment.wantsLive { sessions[id]?.attachments[workspace]?.cursor = nil }
            }
            return
        }
        guard attachment.credit > 0, session.unsent < configuration.limits.turnBytes, !attachment.isReading else { return }
        if attachment.sending.map({ $0.next == cursor }) ?? false {
            sendTurn(id, workspace, durable, now: now, into: &effects)
        } else {
            sessions[id]?.attachments[workspace]?.sending = nil
            sessions[id]?.attachments[workspace]?.isReading = true
            effects.append(.read(id, workspace: workspace, seq: cursor))
        }
    }

    mutating func received(
        _ stretch: LogStretch?, for id: SessionID, _ workspace: Name, now: Instant, into effects: inout [ServerEffect]
    ) {
        guard let attachment = sessions[id]?.attachments[workspace] else { return }
        sessions[id]?.attachments[workspace]?.isReading = false
        guard let cursor = attachment.cursor else { return }
        guard let stretch, (stretch.first..<stretch.first + stretch.count).contains(cursor) else {
            // A pull moved the cursor meanwhile: read where it is now. Else the store lost what it had.
            if let stretch, !(stretch.first..<stretch.first + stretch.count).contains(cursor) {
                return pump(id, workspace, now: now, into: &effects)
            }
            return fail(id, .storage, "entry \(cursor) cannot be read", into: &effects)
        }
        var sending = ServerSession.Sending(stretch)
        while sending.next < cursor, let end = sending.lineEnd { sending.pass(to: end) }
        sessions[id]?.attachments[workspace]?.sending = sending
        pump(id, workspace, now: now, into: &effects)
    }

    /// Queues whole lines up to a turn, while there is credit: above 0, one line may overdraw it.
    private mutating func sendTurn(
        _ id: SessionID, _ workspace: Name, _ durable: LogHead, now: Instant, into effects: inout [ServerEffect]
    ) {
        guard var attachment = sessions[id]?.attachments[workspace], var sending = attachment.sending else { return }
        let first = sending.next
        let start = sending.offset
        while attachment.credit > 0, sending.offset - start < configuration.limits.turnBytes,
            sending.next - first < Int64(configuration.limits.batchLines), let end = sending.lineEnd
        {
            attachment.credit -= Int64(end + 1 - sending.offset)
            sending.pass(to: end)
        }
        let batch = compose(
            workspace, durable, first: first, count: sending.next - first, lines: sending.stretch.bytes[start..<sending.offset],
            head: sending.hash, now: now)
        attachment.cursor = sending.next
        attachment.announced = false
        attachment.sending = sending.offset < sending.stretch.bytes.count ? sending : nil
        sessions[id]?.attachments[workspace] = attachment
        sessions[id]?.lastServed = workspace
        write(batch, to: id, into: &effects)
        pump(id, workspace, now: now, into: &effects)
    }

    /// Sends a group that has just become durable to everyone who is live: the same bytes to all, composed once.
    mutating func fanOut(_ group: Sequencer.Group, _ workspace: Name, now: Instant, into effects: inout [ServerEffect]) {
        guard let durable = sequencers[workspace]?.durable else { return }
        let log = group.log
        var batches: [UInt8]?
        for id in sessions.keys.sorted(by: { $0.number < $1.number }) {
            guard let session = sessions[id], !session.isClosing, let attachment = session.attachments[workspace],
                attachment.cursor != nil
            else { continue }
            let fits =
                attachment.cursor == log.first && attachment.wantsLive && attachment.sending == nil
                && !attachment.isReading && session.unsent < configuration.limits.turnBytes
                && attachment.credit >= Int64(log.bytes.count)
            guard fits else {
                pump(id, workspace, now: now, into: &effects)
                continue
            }
            let bytes = batches ?? compose(group, workspace, durable, now: now)
            batches = bytes
            sessions[id]?.attachments[workspace]?.cursor = log.first + log.count
            sessions[id]?.attachments[workspace]?.credit -= Int64(log.bytes.count)
            write(bytes, to: id, into: &effects)
        }
    }

    /// A group as batches within the announced limits.
    private func compose(_ group: Sequencer.Group, _ workspace: Name, _ durable: LogHead, now: Instant) -> [UInt8] {
        let log = group.log
        let end = Sequencer.Group.Cut(count: log.count, offset: log.bytes.count, head: log.head)
        var bytes: [UInt8] = []
        var done: (count: Int64, offset: Int) = (0, 0)
        for cut in group.cuts + [end] where cut.count > done.count {
            bytes += compose(
                workspace, durable, first: log.first + done.count, count: cut.count - done.count,
                lines: log.bytes[done.offset..<cut.offset], head: cut.head, now: now)
            done = (cut.count, cut.offset)
        }
        return bytes
    }

    /// A batch: a header that counts, the lines verbatim, and a checkpoint that proves them.
    private func compose(
        _ workspace: Name, _ durable: LogHead, first: Int64, count: Int64, lines: ArraySlice<UInt8>, head: Digest,
        now: Instant
    ) -> [UInt8] {
        var bytes = ServerMessageCodec.encode(.entries(workspace: workspace, first: first, count: count))
        bytes.reserveCapacity(bytes.count + lines.count + 512)
        bytes += lines
        let checkpoint = Checkpoint(
            workspace: workspace, log: durable.log, epoch: durable.epoch, seq: first + count - 1, head: head, at: now)
        bytes += CheckpointCodec.encode(checkpoint, signer: signer)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}

extension ServerSession.Sending {
    /// The offset of the LF that ends the next line; nil at the end of the stretch.
    var lineEnd: Int? {
        stretch.bytes[offset...].firstIndex(of: UInt8(ascii: "\n"))
    }

    /// Goes past the line that ends at `end`, keeping the chain.
    mutating func pass(to end: Int) {
        hash = chainHash(after: hash, line: stretch.bytes[offset..<end])
        offset = end + 1
        next += 1
    }
}
