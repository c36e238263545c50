internal import GRDB
internal import GRDBSQLite

/// A statement of the connection's cache whose values are bound where they lie, for what is written by the hundred thousand.
///
/// GRDB boxes each value of a statement; of a row of 25 columns that cost more than the row's own work. What is bound must
/// stay where it is until `run` returns: so callers bind inside of `withUnsafeBytes` and bind every parameter anew each time.
struct BoundStatement {
    private let statement: GRDB.Statement
    private let handle: OpaquePointer

    init(_ db: Database, _ sql: String) throws { self.init(try db.cachedStatement(sql: sql)) }

    /// One whose values are bound already, or will be.
    init(_ statement: GRDB.Statement) {
        self.statement = statement
        handle = statement.sqliteStatement
        // GRDB leaves a statement where it ended, and SQLite binds nothing to one that is not at its beginning.
        sqlite3_reset(handle)
    }

    func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }

    func bind(_ index: Int32, _ value: Int64?) {
        if let value { bind(index, value) } else { bindNull(index) }
    }

    func bindNull(_ index: Int32) { sqlite3_bind_null(handle, index) }

    /// Bytes that stay where they are until `run` returns.
    func bind(_ index: Int32, blob bytes: UnsafeRawBufferPointer) {
        if bytes.isEmpty {
            // An empty buffer may have no address, which SQLite takes for NULL.
            sqlite3_bind_zeroblob(handle, index, 0)
        } else {
            sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), nil)
        }
    }

    /// UTF-8 that stays where it is until `run` returns.
    func bind(_ index: Int32, text bytes: UnsafeRawBufferPointer) {
        guard let address = bytes.baseAddress, !bytes.isEmpty else {
            sqlite3_bind_text(handle, index, "", 0, nil)
            return
        }
        sqlite3_bind_text64(
            handle, index, address.assumingMemoryBound(to: CChar.self), UInt64(bytes.count), nil, UInt8(SQLITE_UTF8))
    }

    /// A text, which is copied.
    func bind(_ index: Int32, _ text: String) {
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                _ = sqlite3_bind_text64(handle, index, bytes.baseAddress, UInt64(bytes.count), Self.copied, UInt8(SQLITE_UTF8))
            }
        }
    }

    func bind(_ index: Int32, _ text: String?) {
        if let text { bind(index, text) } else { bindNull(index) }
    }

    /// SQLITE_TRANSIENT, a macro with a cast that Swift does not import.
    private static var copied: sqlite3_destructor_type? { unsafeBitCast(-1, to: sqlite3_destructor_type?.self) }

    var parameterCount: Int32 { sqlite3_bind_parameter_count(handle) }

    /// Executes a statement that returns no rows.
    func run() throws {
        let code = sqlite3_step(handle)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw failure(code) }
    }

    /// Goes through the rows.
    func forEachRow(_ body: (BoundRow) throws -> Void) throws {
        try goThrough(while: {
            try body($0)
            return true
        })
    }

    /// Goes through the rows until `body` says false.
    func goThrough(while body: (BoundRow) throws -> Bool) throws {
        defer { sqlite3_reset(handle) }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: if try !body(BoundRow(handle: handle)) { return }
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code), message: sqlite3_db_handle(handle).map { String(cString: sqlite3_errmsg($0)) })
    }
}

/// A row while its statement stands on it.
struct BoundRow {
    fileprivate let handle: OpaquePointer

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    /// The bytes of a blob or text, there until the next row.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let address = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(start: address, count: Int(sqlite3_column_bytes(handle, column)))
    }

    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }
}
