internal import AnnalsCore
internal import AnnalsModel
internal import GRDB
internal import GRDBSQLite

/// The statements of an append, prepared once, with values that are bound where they lie.
///
/// Whoever pushes a lone change waits for them. GRDB prepares `BEGIN` and `COMMIT` anew each time and boxes each value of a row, which took
/// longer than what SQLite does for them.
struct AppendStatements {
    let db: Database

    /// One transaction: committed and synced when this returns, else rolled back.
    func transaction(_ body: () throws -> Void) throws {
        try run("BEGIN IMMEDIATE")
        do {
            try body()
            try run("COMMIT")
        } catch {
            // SQLite may have rolled back by itself; the error that came first is the one to tell.
            if db.isInsideTransaction { try? db.rollback() }
            throw error
        }
    }

    /// - Parameters:
    ///   - place: where the lines stand already; nil where they go into the row.
    ///   - marks: as ``ReplicaMarks`` writes them.
    ///   - cuts: as ``LogCuts`` writes them.
    func insert(_ group: LogGroup, key: Int64, marks: [UInt8], cuts: [UInt8], place: Int64?) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO commit_group (key, count, at, head, marks, cuts, size, place, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let handle = statement.sqliteStatement
        let words = group.head.words
        // Not copied: SQLite has taken the bytes when the statement is done, and nothing of them stays bound.
        try withUnsafeBytes(of: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)) { head in
            try marks.withUnsafeBytes { marks in
                try cuts.withUnsafeBytes { cuts in
                    try group.bytes.withUnsafeBytes { bytes in
                        sqlite3_bind_int64(handle, 1, key)
                        sqlite3_bind_int64(handle, 2, group.count)
                        sqlite3_bind_int64(handle, 3, group.at.milliseconds)
                        bind(handle, 4, head)
                        sqlite3_bind_text64(
                            handle, 5, marks.baseAddress?.assumingMemoryBound(to: CChar.self), UInt64(marks.count), nil, UInt8(SQLITE_UTF8))
                        bind(handle, 6, cuts)
                        sqlite3_bind_int64(handle, 7, Int64(bytes.count))
                        if let place {
                            sqlite3_bind_int64(handle, 8, place)
                            sqlite3_bind_null(handle, 9)
                        } else {
                            sqlite3_bind_null(handle, 8)
                            bind(handle, 9, bytes)
                        }
                        defer { sqlite3_clear_bindings(handle) }
                        try step(handle)
                    }
                }
            }
        }
    }

    private func bind(_ handle: OpaquePointer, _ index: Int32, _ bytes: UnsafeRawBufferPointer) {
        if bytes.isEmpty {
            // An empty buffer may have no address, which SQLite takes for NULL.
            sqlite3_bind_zeroblob(handle, index, 0)
        } else {
            sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), nil)
        }
    }

    private func run(_ sql: String) throws { try step(db.cachedStatement(sql: sql).sqliteStatement) }

    private func step(_ handle: OpaquePointer) throws {
        let code = sqlite3_step(handle)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
}
