internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsWire
internal import FoundationEssentials
internal import GRDB

/// A row of `pending` as it is kept: what waits, and what was refused and stays for the person.
struct OutboxRow: Sendable {
    var pending: PendingRow
    /// The refusal's code; nil while it waits.
    var code: String?
    var detail: String?
    var at: Instant
    /// The entry that refused it.
    var seq: Int64?

    var isParked: Bool { code != nil }
}

/// This file's changes that are not confirmed, within one transaction.
struct Outbox {
    let db: Database

    static let refused = "refused"
    static let columns = "replica, n, change_id, bytes, hash, state, code, detail, at, seq, moved, fork_seq, fork_hash"

    func insert(_ row: PendingRow, at: Instant) throws {
        let statement = try BoundStatement(db, "INSERT INTO pending (\(Self.columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)")
        try row.bytes.withUnsafeBytes { bytes in
            statement.bind(1, row.replica.raw)
            statement.bind(2, row.n)
            statement.bind(3, row.id.raw)
            statement.bind(4, blob: bytes)
            statement.bind(5, Int64(bitPattern: row.hash.word))
            statement.bind(6, row.state.rawValue)
            statement.bindNull(7)
            statement.bindNull(8)
            statement.bind(9, at.description)
            statement.bindNull(10)
            statement.bind(11, row.moved ? 1 : 0)
            statement.bind(12, row.fork?.seq)
            statement.bind(13, row.fork?.hash.map { Int64(bitPattern: $0.word) })
            try statement.run()
        }
    }

    /// Notes which entities a change touches.
    func touch(_ row: PendingRow, _ entities: [ItemID]) throws {
        let touch = try db.cachedStatement(sql: "INSERT OR IGNORE INTO pending_touch VALUES (?, ?, ?)")
        for entity in entities { try touch.execute(arguments: [entity.raw, row.replica.raw, row.n]) }
    }

    func row(_ replica: Name, _ n: Int64) throws -> OutboxRow? {
        try rows("WHERE replica = ? AND n = ?", [replica.raw, n]).first
    }

    /// Looks through the whole outbox: an index would cost every recording a page.
    func row(_ change: ChangeID) throws -> OutboxRow? {
        try rows("WHERE change_id = ?", [change.raw]).first
    }

    /// The last row of this replica id, if it comes after n.
    func last(of replica: Name, after n: Int64) throws -> OwnChange? {
        let statement = try BoundStatement(db, "SELECT n, hash FROM pending WHERE replica = ? AND n > ? ORDER BY n DESC LIMIT 1")
        statement.bind(1, replica.raw)
        statement.bind(2, n)
        var found: OwnChange?
        try statement.forEachRow { found = OwnChange(n: $0.integer(0), hash: ShortHash(word: UInt64(bitPattern: $0.integer(1)))) }
        return found
    }

    /// All rows, parked ones too, in the order in which they are folded.
    func all() throws -> [OutboxRow] { try rows("ORDER BY replica, n", []) }

    /// The same with their authors' reasons, and without their bytes: SQLite finds the reason as fast as it copies a change.
    func allWithReasons() throws -> [(row: OutboxRow, why: String?)] {
        let columns = Self.columns.replacing("bytes", with: "x'' AS bytes")
        let sql = "SELECT \(columns), json_extract(CAST(bytes AS TEXT), '$.why') FROM pending ORDER BY replica, n"
        return try Row.fetchAll(db.cachedStatement(sql: sql)).map { (try Self.decode($0), $0[13]) }
    }

    /// Those that wait and touch one of these entities, in the order in which they are folded.
    func waiting(touching entities: some Sequence<ItemID>) throws -> [OutboxRow] {
        guard try isTouching else { return [] }
        var keys: Set<Key> = []
        let statement = try db.cachedStatement(sql: "SELECT replica, n FROM pending_touch WHERE entity_id = ?")
        for entity in entities {
            let found = try Row.fetchCursor(statement, arguments: [entity.raw])
            while let row = try found.next() { keys.insert(Key(replica: row[0], n: row[1])) }
        }
        return try keys.sorted().compactMap { key in
            try rows("WHERE replica = ? AND n = ?", [key.replica, key.n]).first
        }
    }

    /// Whether any pending change has an effect on what shows.
    var isTouching: Bool {
        get throws { try Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM pending_touch)")) ?? false }
    }

    /// The stream brought the change: it leaves the outbox.
    func confirm(_ row: PendingRow, seq: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM pending WHERE replica = ? AND n = ?").execute(arguments: [row.replica.raw, row.n])
        try untouch(row)
        try receive(row, seq, code: nil)
    }

    /// Other bytes stand under this file's name from here on: what the server said of these numbers was about its twin's.
    func requeue(_ replica: Name, from n: Int64) throws {
        try db.cachedStatement(sql: "UPDATE pending SET state = 'queued' WHERE replica = ? AND n >= ? AND state <> ?")
            .execute(arguments: [replica.raw, n, Self.refused])
    }

    /// The stream brought its refusal: it is parked for its author, and its effect is gone.
    func park(_ row: PendingRow, code: String, detail: String?, seq: Int64) throws {
        try db.cachedStatement(
            sql: "UPDATE pending SET state = ?, code = ?, detail = ?, seq = ? WHERE replica = ? AND n = ?"
        ).execute(arguments: [Self.refused, code, detail, seq, row.replica.raw, row.n])
        try untouch(row)
        try receive(row, seq, code: code)
    }

    private func untouch(_ row: PendingRow) throws {
        let statement = try db.cachedStatement(sql: "DELETE FROM pending_touch WHERE entity_id = ? AND replica = ? AND n = ?")
        for entity in try decodeOwn(row).entities { try statement.execute(arguments: [entity.raw, row.replica.raw, row.n]) }
    }

    private func receive(_ row: PendingRow, _ seq: Int64, code: String?) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO receipt VALUES (?, ?, ?, ?, ?)")
            .execute(arguments: [row.id.raw, row.replica.raw, row.n, seq, code])
    }

    func rows(_ condition: String, _ arguments: StatementArguments) throws -> [OutboxRow] {
        let statement = try db.cachedStatement(sql: "SELECT \(Self.columns) FROM pending \(condition)")
        return try Row.fetchAll(statement, arguments: arguments).map(Self.decode)
    }

    static func decode(_ row: Row) throws -> OutboxRow {
        guard let replica = Name(row[0] as String), let id = ChangeID(row[2] as String), let at = Instant(row[8] as String) else {
            throw DamagedState()
        }
        let fork = (row[11] as Int64?).map { seq in
            Base(seq: seq, hash: (row[12] as Int64?).map { ShortHash(word: UInt64(bitPattern: $0)) })
        }
        let pending = PendingRow(
            replica: replica, n: row[1], id: id, bytes: [UInt8](row[3] as Data),
            hash: ShortHash(word: UInt64(bitPattern: row[4] as Int64)),
            state: PendingState(rawValue: row[5] as String) ?? .accepted, moved: row[10], fork: fork)
        return OutboxRow(pending: pending, code: row[6], detail: row[7], at: at, seq: row[9])
    }

    private struct Key: Hashable, Comparable {
        var replica: String
        var n: Int64

        static func < (a: Key, b: Key) -> Bool { (a.replica, a.n) < (b.replica, b.n) }
    }
}

/// Reads a change of this file's own; it was written by this library, so a failure means damage.
func decodeOwn(_ row: PendingRow) throws -> Change {
    do throws(CodecError) {
        return try ChangeCodec.decode(row.bytes)
    } catch {
        throw AnnalsError(
            .damaged, "pending change @~\(row.n) cannot be read (\(error))",
            wayOut: "Keep this file, and make a new clone to go on working.")
    }
}
