internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsWire
internal import GRDB

/// The first copy of a long record: its lines are stored as they arrive, and folded and shown all at once.
///
/// A replica that shows what it has after each batch writes a row again whenever a later batch touches it, and keeps indexes while it
/// writes. A new one shows nothing yet, so what arrives can wait until all is here: each row is written once, in the order in which the log
/// makes them, and indexes are made after them. Lines that are stored and not shown are `staged`; views know nothing of them.
extension ReplicaStore {
    /// How many bytes of lines a first copy takes together: they are folded in memory.
    static let firstCopyBytesMax = 1 << 30

    /// Whether what arrives next is the first that this replica gets, and may be shown at its end.
    var takesFirstCopy: Bool { (try? read(.none) { _, meta in meta.have == 0 && meta.staged == nil && !meta.showsEachBatch }) ?? false }

    /// Stores the lines of a batch, and their proof, to be shown later.
    func stage(_ batch: Batch) throws {
        try write(.normal, as: .large) { db, meta in
            let end = (meta.staged?.seq ?? 0, meta.staged?.head ?? meta.log.map { ChainHash(log: $0).head })
            guard meta.have == 0, batch.first == end.0 + 1, batch.before == end.1,
                batch.pieces.allSatisfy({ $0.checkpoint.log == meta.log })
            else {
                throw AnnalsError(.badBatch, "entries from \(batch.first) do not follow entry \(end.0)", wayOut: "Sync again.")
            }
            try LogChunks(db: db).append(batch.pieces)
            meta.staged = LogPoint(batch)
            meta.epoch = batch.end.checkpoint.epoch
        }
    }

    /// Folds all that is staged and shows it, in one transaction; does nothing where nothing is.
    ///
    /// - Parameter ahead: what has read the lines already; nil has them read from the file.
    @discardableResult
    func showStaged(_ ahead: LinesAhead? = nil) throws -> ReplicaSync.Applied {
        let before = try read(.none) { _, meta in meta }
        guard let end = before.staged, let log = before.log else { return ReplicaSync.Applied(have: before.have) }
        let span = LineSpan(first: 1, last: end.seq, before: ChainHash(log: log).head, head: end.head)
        var lines = ahead?.take(span, own: before.replicas)
        if lines == nil {
            do {
                lines = try readLog(through: end.seq, own: before.replicas)
            } catch let error as AnnalsError where error.code == .damaged {
                try dropStaged()
                throw AnnalsError(.badBatch, error.what, wayOut: error.wayOut)
            }
        }
        return try writeAtOneGo { db, meta in
            guard meta.staged == end, let lines = lines.take() else { throw DamagedState() }
            let settled = try self.settle(lines.own, db, &meta)
            let indexes = self.schema.allTables.flatMap(\.indexes)
            for index in indexes { try db.execute(sql: "DROP INDEX \(index.name)") }
            try self.fold(lines, showing: settled.shown, db, &meta)
            for index in indexes { try db.execute(sql: index.create) }
            meta.advance(to: end)
            meta.staged = nil
            meta.texts.seq = meta.have
            meta.lastSync = self.ambient.now()
            return ReplicaSync.Applied(have: meta.have, settled: settled.through, twin: settled.twin)
        }
    }

    /// Takes back what is staged, of which a line cannot be read: the next sync shows each batch, and so all that comes before that line.
    private func dropStaged() throws {
        try write(.normal) { db, meta in
            guard meta.have == 0 else { return }
            try db.execute(sql: "DELETE FROM log_chunk")
            meta.staged = nil
            meta.showsEachBatch = true
        }
    }

    /// Shows what a first copy left that was cut off. While it is being made, whoever makes it has the right to sync.
    func showLeftBehind() throws {
        guard try read(.none, { $1.staged != nil }), let lock = try? takeSyncLock() else { return }
        defer { lock.unlock() }
        try showStaged()
    }

    private func readLog(through last: Int64, own: [Name]) throws -> LineFold {
        var lines = LineFold(vocabulary, own: own)
        try read(.none) { db, _ in
            try LogChunks(db: db).forEachStretch(through: last) { first, stretch in
                _ = try lines.prepare(stretch, from: first, through: last)
            }
        }
        return lines
    }
}
