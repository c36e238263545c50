internal import AnnalsCore
public import AnnalsModel
internal import AnnalsStore
internal import GRDB

extension Replica {
    /// Goes through the record in its order, and with no end given through what waits here after it.
    ///
    /// The log is read in pages, so it may be of any length, and what arrives meanwhile is not seen.
    ///
    /// - Parameters:
    ///   - item: only what touches this entity; all where it is nil.
    ///   - from: the first seq.
    ///   - point: the last one; nil for everything, pending changes at the end.
    ///   - body: returns false to stop.
    public func replay(
        of item: ItemID? = nil, from: Int64 = 1, through point: Point? = nil, _ body: (HistoryStep) throws -> Bool
    ) throws {
        let last = try point.map(seq(of:)) ?? view().base.seq
        var next = from
        while next <= last {
            // Of one item the entries are looked up, and are few.
            let end = item == nil ? min(last, next + Self.pageEntries - 1) : last
            let page = try store.read(.none) { db, _ in
                var steps: [HistoryStep] = []
                try LogReader(db: db, schema: store.schema).forEachEntry(touching: item.map { [$0] }, from: next, through: end) {
                    steps.append(HistoryStep($0, $1))
                }
                return steps
            }
            for step in page where point?.holds(step.change) ?? true {
                if try !body(step) { return }
            }
            next = end + 1
        }
        guard point == nil else { return }
        for step in try pendingSteps(since: last) {
            if let item, step.change?.entities.contains(item) != true { continue }
            if try !body(step) { return }
        }
    }

    private static let pageEntries: Int64 = 2000

    /// The last steps of the record, or of those that `accepts` takes, in its order: read from its end, however long it is.
    ///
    /// - Parameters:
    ///   - count: how many at most.
    ///   - item: only what touches this entity; all where it is nil.
    ///   - point: the last one; nil for everything, pending changes at the end.
    public func latest(
        _ count: Int, of item: ItemID? = nil, through point: Point? = nil, where accepts: (HistoryStep) -> Bool = { _ in true }
    ) throws -> [HistoryStep] {
        let last = try point.map(seq(of:)) ?? view().base.seq
        // The last page first.
        var pages: [[HistoryStep]] = []
        if point == nil {
            pages.append(
                try pendingSteps(since: last).filter { step in
                    item.map { step.change?.entities.contains($0) == true } ?? true && accepts(step)
                })
        }
        var (end, size) = (last, item == nil ? Int64(clamping: min(count, Int(Self.pageEntries))) : last)
        var found = pages.reduce(0) { $0 + $1.count }
        while found < count, end > 0 {
            let start = max(1, end - size + 1)
            let page = try history(of: item, from: start, through: .seq(end)).filter { step in
                point?.holds(step.change) ?? true && accepts(step)
            }
            pages.append(page)
            found += page.count
            // Where few are taken, the pages grow.
            (end, size) = (start - 1, min(Self.pageEntries, size * 2))
        }
        return pages.reversed().joined().suffix(count)
    }

    /// The same, all at once.
    public func history(of item: ItemID? = nil, from: Int64 = 1, through point: Point? = nil) throws -> [HistoryStep] {
        var steps: [HistoryStep] = []
        try replay(of: item, from: from, through: point) { step in
            steps.append(step)
            return true
        }
        return steps
    }

    /// What waits here, and what became of it since entry `seq`: so nothing falls between the log and the outbox.
    private func pendingSteps(since seq: Int64) throws -> [HistoryStep] {
        try store.read(.none) { db, meta in
            var steps: [HistoryStep] = []
            try LogReader(db: db, schema: store.schema).forEachEntry(touching: nil, from: seq + 1, through: meta.have) { entry, line in
                if meta.replicas.contains(entry.replica) { steps.append(HistoryStep(entry, line)) }
            }
            for row in try Outbox(db: db).all() where !row.isParked {
                steps.append(
                    HistoryStep(
                        pending: try decodeOwn(row.pending), row.pending.bytes, author: meta.user,
                        replica: row.pending.replica))
            }
            return steps
        }
    }

    /// The change that a person means: `@1043`, `@~3` (also after it was confirmed), or its id.
    ///
    /// - Throws: ``AnnalsError`` `notFound`.
    public func step(_ name: String) throws -> HistoryStep {
        let found = try store.read(.none) { db, meta in
            if let id = ChangeID(name) { return try Self.step(id, db, meta) }
            guard let handle = Handle(name), handle.letter == nil else { return nil }
            switch handle.place {
            case .seq(let seq): return seq <= meta.have ? try Self.step(seq, db) : nil
            case .pending(let n):
                return try ReplicaStore.ownChange(n, db, meta).flatMap { try Self.step($0.id, db, meta) }
            }
        }
        guard let found else {
            throw AnnalsError(
                .notFound, "there is no such change here", wayOut: "Name it as `annals log` does: @1043, or @~3 while it waits.")
        }
        return found
    }

    /// The change that a write is part of: a side of a conflict, an element, a create.
    ///
    /// - Throws: ``AnnalsError`` `notFound` for a write of another replica's that this one does not have.
    public func step(of stamp: Stamp) throws -> HistoryStep {
        try step(stamp.isPending ? "@~\(stamp.n)" : "@\(stamp.seq)")
    }

    private static func step(_ seq: Int64, _ db: Database) throws -> HistoryStep? {
        try LogChunks(db: db).line(seq).map { HistoryStep(try decodeEntry($0, seq: seq), $0) }
    }

    private static func step(_ id: ChangeID, _ db: Database, _ meta: Meta) throws -> HistoryStep? {
        if let row = try Outbox(db: db).row(id) {
            return HistoryStep(
                pending: try decodeOwn(row.pending), row.pending.bytes, author: meta.user, replica: row.pending.replica)
        }
        let receipt = "SELECT seq FROM receipt WHERE change_id = ?"
        if let seq = try Int64.fetchOne(db.cachedStatement(sql: receipt), arguments: [id.raw]) { return try step(seq, db) }
        return try LogChunks(db: db).entry(of: id, through: meta.have)
    }
}

extension LogChunks {
    /// The entry of someone's change, looked for in the whole log.
    func entry(of change: ChangeID, through have: Int64) throws -> HistoryStep? {
        var found: HistoryStep?
        try forEachEntry(holding: [change.raw], through: have) { entry, line in
            if found == nil, entry.changeID == change { found = HistoryStep(entry, line) }
        }
        return found
    }
}
