internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsWire
internal import GRDB

/// What checking a replica found.
public struct Verification: Sendable, Hashable {
    /// Entries whose hash was computed anew.
    public var entries: Int64 = 0
    /// Entities whose state was folded anew.
    public var entities = 0
    /// Whether a checkpoint signed by the server's key proves the log's end; nil where no server was met.
    public var isProven: Bool?
    /// What is wrong, each with its place; empty where all is well.
    public var problems: [String] = []

    /// Whether nothing is wrong.
    public var isSound: Bool { problems.isEmpty && isProven != false }
}

extension Replica {
    /// Computes the chain of hashes anew, checks the server's signature at its end, folds everything from the log and the outbox,
    /// compares it with what is stored, and has SQLite check its file. Changes nothing of the record: only the rows of what was recorded a
    /// moment ago are written first, and the full text index is brought up to date where nobody else writes at the moment; what is still
    /// to come then is not compared.
    public func verify() throws -> Verification { try verify(by: CheckpointKeyVerifier()) }

    func verify(by verifier: any CheckpointVerifier) throws -> Verification {
        // Where that fails, as with a file that cannot be written, there is still all the rest to verify.
        try? store.showRecorded()
        try? store.indexTextsIfFree()
        return try store.read(.none) { db, _ in
            // Of what is verified nothing is taken as known.
            var check = Check(db: db, meta: try Meta(db), schema: self.store.schema)
            try check.file()
            try check.chain()
            check.checkpoint(verifier)
            try check.outbox()
            try check.state()
            return check.found
        }
    }
}

private struct Check: ~Copyable {
    let db: Database
    let meta: Meta
    let schema: Schema
    var found = Verification()
    private var fold: Fold

    init(db: Database, meta: Meta, schema: Schema) {
        self.db = db
        self.meta = meta
        self.schema = schema
        fold = Fold(vocabulary: schema.vocabulary)
    }

    mutating func file() throws {
        for line in try String.fetchAll(db, sql: "PRAGMA integrity_check(20)") where line != "ok" {
            found.problems.append("the database: \(line)")
        }
    }

    mutating func chain() throws {
        guard let log = meta.log else {
            if meta.have != 0 { found.problems.append("entries without a log") }
            return
        }
        fold.lineage = try LineageTable(db: db).load()
        var chain = ChainHash(log: log)
        var seq: Int64 = 0
        try LogChunks(db: db).forEach(through: meta.have) { chunk in
            if chunk.first != seq + 1 { found.problems.append("entry \(seq + 1) is missing") }
            seq = chunk.first - 1
            try chunk.forEachLine { number, line in
                chain.append(line: Array(line))
                seq = number
                do {
                    fold.apply(try decodeEntry(Array(line), seq: number))
                } catch let error as AnnalsError {
                    found.problems.append(error.what)
                }
            }
            if chain.head != chunk.head { found.problems.append("entries \(chunk.first) to \(seq) do not hash to what was stored") }
            if seq - chunk.first + 1 != chunk.count { found.problems.append("entries from \(chunk.first): \(chunk.count) were stored") }
        }
        found.entries = seq
        if seq != meta.have { found.problems.append("the log ends at \(seq), not at \(meta.have)") }
        if chain.head != meta.head { found.problems.append("the log's head is not what was stored") }
    }

    mutating func checkpoint(_ verifier: any CheckpointVerifier) {
        guard let key = meta.serverKey, meta.have > 0 else { return }
        let line = Array((meta.checkpoint ?? "").utf8)
        guard let signed = CheckpointCodec.signedBytes(line), let checkpoint = try? CheckpointCodec.decode(line) else {
            found.isProven = false
            return
        }
        found.isProven =
            checkpoint.seq == meta.have && checkpoint.head == meta.head && checkpoint.log == meta.log
            && verifier.verifies(checkpoint.signature, of: signed, by: key)
        if found.isProven == false { found.problems.append("no checkpoint of the server proves entry \(meta.have)") }
    }

    /// Every waiting change has the bytes that it was recorded with.
    mutating func outbox() throws {
        for row in try Outbox(db: db).all() {
            if sha256(row.pending.bytes).short != row.pending.hash {
                found.problems.append("pending change @~\(row.pending.n) is not what was recorded")
            }
        }
    }

    mutating func state() throws {
        let shown = try Outbox(db: db).all().filter {
            !$0.isParked && ($0.pending.replica != meta.replica || $0.pending.n <= meta.shown.n)
        }
        let changes = try shown.map { ($0.pending, try decodeOwn($0.pending)) }
        let touched = Set(changes.flatMap { $0.1.entities })
        var visible = Fold(vocabulary: schema.vocabulary, lineage: fold.lineage, entities: fold.entities(touched).values)
        for (row, change) in changes {
            visible.apply(pending: change, author: meta.user, replica: row.replica, common: row.fork)
        }
        let rows = EntityRows(db: db, schema: schema)
        var beside = try RowCheck(db, schema)
        let ids = Set(fold.ids).union(touched)
        found.entities = ids.count
        var contested: [Entity] = []
        for id in ids.sorted() {
            let record = try rows.load(id)
            let canonical = fold.entity(id)
            let entity = touched.contains(id) ? visible.entity(id) : canonical
            if let entity, !entity.conflicts(schema.vocabulary).isEmpty { contested.append(entity) }
            if record?.visible != entity || record?.canonicalEntity != canonical {
                found.problems.append("the stored state of \(id) is not what the log says")
            } else if let record {
                let isSound =
                    try touched.contains(id) ? beside.isSound(visible, id, row: record.row) : beside.isSound(fold, id, row: record.row)
                if !isSound { found.problems.append("what \(id) is listed and found by is not what is stored") }
                if meta.texts.covers(record.visible.updatedSeq) { try searchText(record) }
            }
        }
        let conflicts = Order.handle.sorted(contested, schema.vocabulary).flatMap { $0.openConflicts(schema.vocabulary) }
        if try ConflictRows(db: db, schema: schema).all() != conflicts {
            found.problems.append("the list of open conflicts is not what the items say")
        }
        if try Int.fetchOne(db, sql: "SELECT count(*) FROM notice") != beside.noticeCount {
            found.problems.append("the list of notices is not what the items say")
        }
        let stored = try Int.fetchOne(db, sql: "SELECT count(*) FROM entity") ?? 0
        if stored != ids.count { found.problems.append("\(stored) items are stored, the log has \(ids.count)") }
    }

    private mutating func searchText(_ record: EntityRecord) throws {
        let text = EntityTexts(entity: record.visible, vocabulary: schema.vocabulary).searchBody
        let stored = try String.fetchOne(
            db.cachedStatement(sql: "SELECT body FROM search WHERE rowid = ?"), arguments: [record.row])
        // SQLite's texts end at a NUL.
        if !sameBytes(stored ?? "", String(text.prefix { $0 != "\0" })) {
            found.problems.append("the search index of \(record.visible.id) is not what is stored")
        }
    }
}
