internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsWire
internal import GRDB
internal import UV

extension ReplicaStore {
    /// Stores a batch: its lines, its checkpoint, what they fold to and what they mean for the outbox, in one transaction; in
    /// several where somebody else wants to write meanwhile (``StoringPace``), each of which ends at a checkpoint.
    ///
    /// That the lines hash to the heads of the batch is proven where they arrive (``ReplicaSync``), once; here the heads must
    /// follow each other and this file's.
    ///
    /// - Parameters:
    ///   - ahead: what has read its lines already.
    ///   - isWanted: whether somebody waits to write.
    /// - Throws: ``AnnalsError`` `badBatch` where a piece does not follow the log or cannot be read; then nothing of it is stored,
    ///   and what came before it may be.
    @discardableResult
    func apply(_ batch: Batch, ahead: LinesAhead? = nil, isWanted: (() -> Bool)? = nil) throws -> ReplicaSync.Applied {
        let isWanted = isWanted ?? { self.writeLock.isWanted }
        var applied = ReplicaSync.Applied(have: batch.first - 1)
        var rest = batch.pieces[...]
        while !rest.isEmpty {
            let started = ambient.uptime()
            let (count, isShort) = pace.withLock { ($0.count(of: rest, at: started), $0.isShort(at: started)) }
            let part = Batch(rest.prefix(count))
            // One piece is stored whoever waits, so that there is progress.
            let turn = Turn(mayEnd: count > 1 && !isShort, isWanted: isWanted)
            do {
                applied.join(try store(part, ahead, turn))
                rest = rest.dropFirst(count)
                let now = ambient.uptime()
                let wasWanted = turn.wasWanted
                pace.withLock { pace in
                    if isShort { pace.stored(part.byteCount, in: now - started) }
                    if wasWanted { pace.wanted(at: now) }
                }
            } catch is Turn.Over {
                let now = ambient.uptime()
                pace.withLock { $0.wanted(at: now) }
            }
        }
        return applied
    }

    /// The one transaction of some pieces.
    private func store(_ batch: Batch, _ ahead: LinesAhead?, _ turn: Turn) throws -> ReplicaSync.Applied {
        // Only the one process that syncs moves the log's end, so the lines are read before others have to wait for it.
        let before = try read(.none) { _, meta in meta }
        guard let log = before.log, batch.pieces.allSatisfy({ $0.checkpoint.log == log }) else {
            throw AnnalsError(.badBatch, "a batch of another log", wayOut: "Sync with the server that this replica is bound to.")
        }
        var lines = ahead?.take(batch.span, own: before.replicas)
        if lines == nil { lines = try read(batch, own: before.replicas) }
        return try write(.normal, as: turn.mayEnd ? .large : .short) { db, meta in
            guard batch.first == meta.have + 1, batch.before == meta.head ?? ChainHash(log: log).head,
                let lines = lines.take()
            else {
                throw AnnalsError(
                    .badBatch, "entries from \(batch.first) do not follow entry \(meta.have)", wayOut: "Sync again.")
            }
            try LogChunks(db: db).append(batch.pieces, turn)
            let settled = try self.settle(lines.own, db, &meta)
            // Small transactions leave the texts to a quiet moment, a large one takes them along.
            let takesTexts = turn.mayEnd && batch.last - batch.first >= Self.textsTogetherMin
            if takesTexts { try TextIndexer(db: db, schema: self.schema).finishLog(&meta) }
            try self.fold(lines, showing: settled.shown, textsLaterThan: takesTexts ? nil : meta.texts, db, &meta, turn)
            meta.advance(to: LogPoint(batch))
            if takesTexts { meta.texts.seq = meta.have }
            meta.epoch = batch.end.checkpoint.epoch
            meta.lastSync = self.ambient.now()
            turn.look()
            return ReplicaSync.Applied(have: meta.have, settled: settled.through, twin: settled.twin)
        }
    }

    /// From how many entries on a transaction brings the full text index up to date itself.
    private static let textsTogetherMin: Int64 = 256

    private func read(_ batch: Batch, own replicas: [Name]) throws -> LineFold {
        var fold = PieceFold(vocabulary, own: replicas, from: batch.first, after: batch.before)
        for piece in batch.pieces { try fold.read(piece) }
        return fold.takeLines()
    }

    /// Whether somebody waited to write lately, and what arrives is stored in short transactions.
    var isPressed: Bool {
        let now = ambient.uptime()
        return pace.withLock { $0.isShort(at: now) }
    }

    /// What entries of this file's own mean for the outbox.
    ///
    /// - Returns: of each replica id the last n that was brought; the entities on which a change has lost its effect.
    func settle(
        _ entries: [Entry], _ db: Database, _ meta: inout Meta
    ) throws -> (through: [Name: Int64], shown: [ItemID], twin: SyncStop?) {
        let outbox = Outbox(db: db)
        var shown: [ItemID] = []
        var settled: [Name: Int64] = [:]
        var twin: SyncStop?
        for entry in entries {
            let n = entry.link.n
            let row = try outbox.row(entry.replica, n).flatMap { $0.isParked ? nil : $0.pending }
            switch StreamRules.judge(entry, row: row, current: meta.replica) {
            case .notMine: continue
            case .confirmed:
                if let row { try outbox.confirm(row, seq: entry.seq) }
            case .refused(let code):
                guard let row else { continue }
                shown.append(contentsOf: try decodeOwn(row).entities)
                try outbox.park(row, code: code, detail: nil, seq: entry.seq)
            case .twin:
                if twin == nil {
                    twin = .twin(replica: entry.replica, n: n)
                    meta.twinReplica = entry.replica
                    meta.twinN = n
                    try outbox.requeue(entry.replica, from: n)
                }
                continue
            }
            settled[entry.replica] = max(settled[entry.replica] ?? 0, n)
        }
        if let twin {
            meta.stopCode = "twin"
            meta.stopText = twin.description
        }
        return (settled, shown, twin)
    }

    /// Folds entries and writes what they touch. The outbox is already as it will be.
    func fold(
        _ lines: consuming LineFold, showing ids: [ItemID], textsLaterThan texts: TextMark? = nil, _ db: Database, _ meta: inout Meta,
        _ turn: Turn = .unlimited
    ) throws {
        let lineages = LineageTable(db: db)
        let before = try lineages.load()
        lines.fold.lineage = before
        for first in lines.firsts {
            if let ancestor = try lineages.ancestor(first.prev, before: first.seq) {
                lines.fold.lineage.record(first.replica, continues: ancestor)
            }
        }
        try lineages.save(lines.fold.lineage, before: before)
        meta.nextGeneration()
        var set = try FoldSet(EntityRows(db: db, schema: schema), lines.takeFold(), showing: ids, turn)
        try set.write(user: meta.user, generation: meta.generation, textsLaterThan: texts, turn)
    }

    // MARK: Folding anew

    /// The bytes of lines that are folded in one go: enough that each entity is seldom written twice, few enough to stay in memory.
    private static let foldAnewBytes = 32 << 20

    /// Makes the tables that are derived from the vocabulary anew, and folds the log and the outbox into them.
    func foldAnew(_ db: Database, _ meta: inout Meta) throws {
        try dropDerived(db)
        for sql in schema.derived { try db.execute(sql: sql) }
        var lines: LineFold? = LineFold(vocabulary)
        var bytes = 0
        try LogChunks(db: db).forEachStretch(through: meta.have) { first, stretch in
            _ = try lines?.prepare(stretch, from: first, through: meta.have)
            bytes += stretch.count
            if bytes >= Self.foldAnewBytes, let full = lines.take() {
                try fold(full, showing: [], db, &meta)
                lines = LineFold(vocabulary)
                bytes = 0
            }
        }
        try touchUnshown(db, &meta)
        let waiting = try Outbox(db: db).all().filter { !$0.isParked }
        let touched = Set(try waiting.flatMap { try decodeOwn($0.pending).entities })
        if let rest = lines.take() { try fold(rest, showing: touched.sorted(), db, &meta) }
        meta.texts = meta.wholeTexts
        meta.schema = schema.digest
        meta.vocabulary = vocabulary.version
        meta.format = Schema.format
    }

    private func dropDerived(_ db: Database) throws {
        let fixed: Set<String> = ["meta", "log_chunk", "lineage", "pending", "receipt", "pending_touch"]
        let rows = try Row.fetchAll(db, sql: "SELECT type, name FROM sqlite_schema WHERE type IN ('view', 'table') ORDER BY type DESC")
        for row in rows {
            let (type, name): (String, String) = (row[0], row[1])
            if fixed.contains(name) || name.hasPrefix("sqlite_") || name.hasPrefix("search_") { continue }
            try db.execute(sql: "DROP \(type.uppercased()) \(quoted(name))")
        }
    }
}
