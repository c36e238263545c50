internal import Foundation
internal import GRDBSQLite

/// SQLite through its C API, for the peers.
final class RawSQLite {
    let handle: OpaquePointer
    /// SQLITE_TRANSIENT copies what is bound; what outlives the step needs no copy.
    static let keep: sqlite3_destructor_type? = nil

    init(_ path: String, readOnly: Bool = false) throws {
        var handle: OpaquePointer?
        let flags = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        guard sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK, let handle else {
            throw BenchFailure("\(path) cannot be opened")
        }
        self.handle = handle
    }

    deinit { sqlite3_close_v2(handle) }

    func run(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure(sql) }
    }

    func prepare(_ sql: String) throws -> OpaquePointer {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK, let statement else {
            throw failure(sql)
        }
        return statement
    }

    /// Steps a statement that gives no rows, and makes it ready again.
    func step(_ statement: OpaquePointer) throws {
        let code = sqlite3_step(statement)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw failure("a statement") }
        sqlite3_reset(statement)
    }

    func integer(_ sql: String) throws -> Int {
        let statement = try prepare(sql)
        defer { sqlite3_finalize(statement) }
        guard sqlite3_step(statement) == SQLITE_ROW else { throw failure(sql) }
        return Int(sqlite3_column_int64(statement, 0))
    }

    func texts(_ sql: String) throws -> [String] {
        let statement = try prepare(sql)
        defer { sqlite3_finalize(statement) }
        var found: [String] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            if let text = sqlite3_column_text(statement, 0) { found.append(String(cString: text)) }
        }
        return found
    }

    private func failure(_ what: String) -> BenchFailure {
        BenchFailure("SQLite, \(what.prefix(200)): \(String(cString: sqlite3_errmsg(handle)))")
    }
}

/// One change in one row, durable before the next batch: what someone would write by hand instead of Annals.
enum RawSQLiteLog {
    /// Settings of the tunings that are tried; all with 16 KB pages, a write-ahead log and synchronous=FULL.
    static let tunings: [(name: String, sql: String)] = [
        ("autocheckpoint 1000", "PRAGMA wal_autocheckpoint = 1000"),
        ("autocheckpoint 4096, cache 64 MB", "PRAGMA wal_autocheckpoint = 4096; PRAGMA cache_size = -65536"),
        ("autocheckpoint 10000, mapped 256 MB", "PRAGMA wal_autocheckpoint = 10000; PRAGMA mmap_size = 268435456"),
    ]

    static func open(_ path: String, tuning: Int) throws -> RawSQLite {
        for end in ["", "-wal", "-shm"] { unlink(path + end) }
        let database = try RawSQLite(path)
        try database.run("PRAGMA page_size = 16384")
        try database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \(tunings[tuning].sql)")
        try database.run("CREATE TABLE log (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")
        guard try database.integer("PRAGMA synchronous") == 2 else { throw BenchFailure("SQLite did not take synchronous=FULL") }
        return database
    }

    /// Writes the lines of all lanes, so many in each transaction; gives the time of each transaction in nanoseconds.
    static func write(_ lines: [ArraySlice<UInt8>], to database: RawSQLite, batch: Int) throws -> [UInt64] {
        let (begin, commit) = (try database.prepare("BEGIN IMMEDIATE"), try database.prepare("COMMIT"))
        let insert = try database.prepare("INSERT INTO log (bytes) VALUES (?1)")
        defer { for statement in [begin, commit, insert] { sqlite3_finalize(statement) } }
        var times: [UInt64] = []
        times.reserveCapacity(lines.count / batch + 1)
        var next = 0
        while next < lines.count {
            let start = Clock.nanoseconds()
            let end = min(next + batch, lines.count)
            try database.step(begin)
            for line in lines[next..<end] {
                line.withUnsafeBytes { _ = sqlite3_bind_blob(insert, 1, $0.baseAddress, Int32($0.count), RawSQLite.keep) }
                try database.step(insert)
            }
            try database.step(commit)
            times.append(Clock.nanoseconds() - start)
            next = end
        }
        return times
    }
}

/// The floor: the same bytes appended to a file, with `fdatasync` after each batch.
enum Fdatasync {
    static func write(_ lines: [ArraySlice<UInt8>], to path: String, batch: Int) throws -> [UInt64] {
        unlink(path)
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard file >= 0 else { throw BenchFailure.system(path) }
        defer { close(file) }
        var times: [UInt64] = []
        var next = 0
        var buffer: [UInt8] = []
        while next < lines.count {
            let start = Clock.nanoseconds()
            let end = min(next + batch, lines.count)
            buffer.removeAll(keepingCapacity: true)
            for line in lines[next..<end] { buffer.append(contentsOf: line) }
            guard Foundation.write(file, buffer, buffer.count) == buffer.count, fdatasync(file) == 0 else {
                throw BenchFailure.system(path)
            }
            times.append(Clock.nanoseconds() - start)
            next = end
        }
        return times
    }
}
