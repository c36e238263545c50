internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsWire
internal import GRDB

extension ReplicaStore {
    /// Stores a batch: its lines, its checkpoint, what they fold to and what they mean for the outbox, in one transaction.
    ///
    /// - Throws: ``AnnalsError`` `badBatch` where the lines do not follow the log, do not hash to the checkpoint's head or
    ///   cannot be read; then nothing of the batch is stored.
    @discardableResult
    func apply(_ batch: Batch) throws -> ReplicaSync.Applied {
        // Only the one process that syncs moves the log's end, so the lines are read before others have to wait for it.
        let before = try read { _, meta in meta }
        guard let log = before.log, batch.checkpoint.log == log else {
            throw AnnalsError(.badBatch, "a batch of another log", wayOut: "Sync with the server that this replica is bound to.")
        }
        let (entries, additions) = try Self.read(batch, after: before.head ?? ChainHash(log: log).head)
        return try write(.normal) { db, meta in
            guard batch.first == meta.have + 1, meta.head == before.head else {
                throw AnnalsError(
                    .badBatch, "entries from \(batch.first) do not follow entry \(meta.have)", wayOut: "Sync again.")
            }
            try LogChunks(db: db).append(additions, first: batch.first)
            let applied = try self.fold(entries, db, &meta)
            meta.have = batch.last
            meta.head = batch.head
            meta.checkpoint = String(decoding: batch.checkpointLine, as: UTF8.self)
            meta.epoch = batch.checkpoint.epoch
            meta.lastSync = self.ambient.now()
            return ReplicaSync.Applied(have: meta.have, settled: applied.settled, twin: applied.twin)
        }
    }

    /// Cuts, hashes and reads the lines; the chain must end at the batch's head.
    private static func read(
        _ batch: Batch, after start: Digest
    ) throws -> (entries: [Entry], additions: [LogChunks.Addition]) {
        var entries: [Entry] = []
        var additions: [LogChunks.Addition] = []
        entries.reserveCapacity(Int(batch.count))
        additions.reserveCapacity(Int(batch.count))
        var head = start
        var (from, seq) = (0, batch.first)
        while from < batch.bytes.count, let end = batch.bytes[from...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = batch.bytes[from..<end]
            head = chainHash(after: head, line: line)
            entries.append(try received(Array(line), seq))
            additions.append(.init(line: batch.bytes[from...end], head: head))
            (from, seq) = (end + 1, seq + 1)
        }
        guard head == batch.head, seq == batch.last + 1, from == batch.bytes.count else {
            throw AnnalsError(
                .badBatch, "entries \(batch.first) to \(batch.last) do not hash to their checkpoint",
                wayOut: "Nothing of them was stored; sync again, and ask who runs the server if it comes back.")
        }
        return (entries, additions)
    }

    private static func received(_ line: [UInt8], _ seq: Int64) throws(AnnalsError) -> Entry {
        do {
            return try decodeEntry(line, seq: seq)
        } catch {
            throw AnnalsError(.badBatch, error.what, wayOut: error.wayOut)
        }
    }

    /// Folds entries on top of what is stored and settles the changes of this file among them.
    private func fold(
        _ entries: [Entry], _ db: Database, _ meta: inout Meta
    ) throws -> (settled: [Name: Int64], twin: SyncStop?) {
        let outbox = Outbox(db: db)
        var touched = Self.entities(of: entries)
        var settled: [Name: Int64] = [:]
        var twin: SyncStop?
        let own = Set(meta.replicas)
        for entry in entries where own.contains(entry.replica) {
            let n = entry.link.n
            let row = try outbox.row(entry.replica, n).flatMap { $0.isParked ? nil : $0.pending }
            switch StreamRules.judge(entry, row: row, current: meta.replica) {
            case .notMine: continue
            case .confirmed:
                if let row { try outbox.confirm(row, seq: entry.seq) }
            case .refused(let code):
                guard let row else { continue }
                let shown = try outbox.touched(row.replica, row.n)
                touched.append(contentsOf: shown)
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
        try fold(entries, touching: touched, db, &meta)
        return (settled, twin)
    }

    /// Folds entries and writes what they touch. The outbox is already as it will be.
    private func fold(_ entries: [Entry], touching ids: [ItemID], _ db: Database, _ meta: inout Meta) throws {
        let ids = Set(ids)
        let lineages = LineageTable(db: db)
        let before = try lineages.load()
        var set = try FoldSet(EntityRows(db: db, schema: schema), touching: ids, lineage: before)
        for entry in entries {
            var failure: (any Error)?
            set.canonical.apply(entry) { hash in
                do {
                    return try lineages.ancestor(hash, before: entry.seq)
                } catch {
                    failure = error
                    return nil
                }
            }
            if let failure { throw failure }
        }
        try lineages.save(set.canonical.lineage, before: before)
        meta.generation += 1
        try set.write(ids.sorted(), user: meta.user, generation: meta.generation)
    }

    private static func entities(of entries: [Entry]) -> [ItemID] {
        entries.flatMap { $0.change?.entities ?? [] }
    }

    // MARK: Folding anew

    /// Entries folded in one go: enough that each entity is seldom written twice, few enough to stay within memory.
    private static let foldAnewEntries = 20_000

    /// Makes the tables that are derived from the vocabulary anew, and folds the log and the outbox into them.
    func foldAnew(_ db: Database, _ meta: inout Meta) throws {
        try dropDerived(db)
        for sql in schema.derived { try db.execute(sql: sql) }
        var entries: [Entry] = []
        try LogChunks(db: db).forEachLine { seq, line in
            entries.append(try decodeEntry(Array(line), seq: seq))
            if entries.count == Self.foldAnewEntries {
                try fold(entries, touching: Self.entities(of: entries), db, &meta)
                entries = []
            }
        }
        try fold(entries, touching: Self.entities(of: entries), db, &meta)
        let waiting = try Outbox(db: db).all().filter { !$0.isParked }
        let touched = Set(try waiting.flatMap { try decodeOwn($0.pending).entities })
        let lineage = try LineageTable(db: db).load()
        let set = try FoldSet(EntityRows(db: db, schema: schema), touching: touched, lineage: lineage)
        try set.write(touched.sorted(), user: meta.user, generation: meta.generation)
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
