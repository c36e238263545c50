internal import AnnalsModel
internal import AnnalsCore
internal import AnnalsWire

/// What must hold at the end of every run.
extension SimulationWorld {
    public mutating func check() {
        guard let log = server.disk.logs[workspace] else { return violations.append("no log") }
        let entries = log.lines.compactMap { try? EntryCodec.decode($0) }
        let accepted = entries.filter { $0.change != nil }.map(\.changeID)
        let final = Set(accepted)
        if accepted.count != final.count { violations.append("applied twice") }
        if !entries.enumerated().allSatisfy({ $1.seq == Int64($0 + 1) }) { violations.append("a gap in the log") }
        if zip(entries, entries.dropFirst()).contains(where: { $0.at > $1.at }) { violations.append("time runs backwards") }
        let refused = Set(entries.filter { $0.change == nil }.map(\.changeID))
        let waiting = Set(replicas.flatMap { replica in replica.file.outbox.map(\.id) + replica.file.parked.map(\.row.id) })
        let promised = replicas.reduce(acknowledged) { $0.union($1.acknowledged) }
        if !promised.isSubset(of: final.union(refused)) { violations.append("acknowledged and lost") }
        let written = replicas.reduce(Set<ChangeID>()) { $0.union($1.file.written) }
        if !written.isSubset(of: final.union(refused).union(waiting)) { violations.append("an outbox shrank silently") }
        let folded = foldInGroups(entries)
        for (index, replica) in replicas.enumerated() { check(replica, "replica \(index)", log.lines, log.hashes, folded) }
        checkSight(entries)
        tally(log.lines, refused, folded)
    }

    private mutating func tally(_ lines: [[UInt8]], _ refused: Set<ChangeID>, _ folded: [ItemID: Entity]) {
        if server.knownAnswers > 0 { met.insert("known") }
        if !refused.isEmpty { met.insert("refusal") }
        if lines.contains(where: { $0.count > limits.pullCreditBytes }) { met.insert("long line") }
        for entity in folded.values {
            if !entity.conflicts(.current).isEmpty { met.insert("conflict") }
            if !entity.overwrites(.current).isEmpty { met.insert("overwrite") }
            if !entity.ignored.isEmpty { met.insert("no effect") }
        }
        for replica in replicas {
            switch replica.ended {
            case .some(nil): met.insert("done")
            case .some(.twin): met.insert("twin")
            case .some(.pushStopped): met.insert("push stopped")
            default: break
            }
        }
    }

    private mutating func check(
        _ replica: SimulationReplica, _ who: String, _ lines: [[UInt8]], _ hashes: [Digest], _ folded: [ItemID: Entity]
    ) {
        violations += replica.damage.map { "\(who): \($0)" }
        if replica.file.lines != lines { violations.append("\(who): \(replica.file.have) of \(lines.count) entries, or others") }
        if replica.file.hashes.last != hashes.last { violations.append("\(who): another chain") }
        if replica.file.entities != folded { violations.append("\(who): folds differ") }
        let stop = replica.ended ?? .some(.protocolBroken("never ended"))
        switch stop {
        case nil:
            if !replica.file.outbox.isEmpty { violations.append("\(who): done with \(replica.file.outbox.count) changes waiting") }
        case .twin, .pushStopped(_, _, .mismatch): break
        case let stop?: violations.append("\(who): \(stop)")
        }
    }

    /// Folds the same entries in random groups, each on a copy that was put away and taken out again.
    private mutating func foldInGroups(_ entries: [Entry]) -> [ItemID: Entity] {
        var kept: [ItemID: Entity] = [:]
        var lineage = Lineage()
        var chain: [ShortHash: Lineage.Ancestor] = [:]
        var rest = entries[...]
        while !rest.isEmpty {
            let group = rest.prefix(1 + random.below(9))
            rest = rest.dropFirst(group.count)
            let touched = Set(group.flatMap { $0.change?.entities ?? [] })
            var part = Fold(lineage: lineage, entities: touched.compactMap { kept[$0] })
            for entry in group {
                part.apply(entry) { chain[$0] }
                chain[entry.link.hash] = .init(replica: entry.replica, n: entry.link.n, author: entry.author)
            }
            kept.merge(part.entities) { $1 }
            lineage = part.lineage
        }
        return kept
    }

    /// Who saw what, as the entries say, is what was on the screens.
    private mutating func checkSight(_ entries: [Entry]) {
        let stamps = entries.compactMap { entry in
            entry.change.map { change in
                (
                    change.id,
                    Stamp(
                        id: ItemID(change.id, 1), seq: entry.seq, author: entry.author, replica: entry.replica, n: change.n, index: 1,
                        base: min(change.base.seq, entry.common?.seq ?? change.base.seq), written: change.at)
                )
            }
        }
        let lineage = Lineage()
        for (a, stamp) in stamps {
            guard let saw = truth[a] else { continue }
            for (b, other) in stamps where a != b && lineage.saw(stamp, other) != saw.contains(b) {
                return violations.append("\(a) \(saw.contains(b) ? "saw" : "did not see") \(b), and the log says otherwise")
            }
        }
    }
}
