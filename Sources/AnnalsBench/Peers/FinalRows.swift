internal import Foundation
internal import GRDBSQLite

/// The floor of a clone: what a finished replica holds, written once into the same tables by one connection.
///
/// Each row is written in the order of its key, with a prepared statement, in one transaction without a journal; indexes are made
/// after the rows, for that is faster; texts go into the full text index row by row; then the file is synced. Nothing is received,
/// checked, parsed or folded. Rows are read from the replica into memory a block at a time, while the clock stands.
final class FinalRows {
    private let source: RawSQLite
    private let target: RawSQLite
    private(set) var seconds = 0.0
    private(set) var cpu = 0.0

    /// - Parameters:
    ///   - path: where nothing is yet.
    ///   - replica: the database of a finished replica.
    init(_ path: String, of replica: String) throws {
        source = try RawSQLite(replica, readOnly: true)
        target = try RawSQLite(path)
        let pageSize = try source.integer("PRAGMA page_size")
        let (names, tables, indexes) = (try schema("table", "name"), try schema("table", "sql"), try schema("index", "sql"))
        try clocked {
            try target.run(
                """
                PRAGMA page_size = \(pageSize); PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
                PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY; BEGIN EXCLUSIVE
                """)
            for sql in tables { try target.run(sql) }
            // As the replica has it; both less and more were slower.
            try target.run("INSERT INTO search (search, rank) VALUES ('hashsize', 33554432)")
        }
        for name in names { try copy(name) }
        try clocked {
            for sql in indexes { try target.run(sql) }
            try target.run("COMMIT")
            let file = open(path, O_RDWR)
            guard file >= 0 else { throw BenchFailure.system(path) }
            defer { close(file) }
            guard fsync(file) == 0 else { throw BenchFailure.system(path) }
        }
    }

    private func schema(_ type: String, _ column: String) throws -> [String] {
        try source.texts(
            """
            SELECT \(column) FROM sqlite_schema WHERE type = '\(type)' AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
            AND name NOT GLOB 'search_*' ORDER BY rowid
            """)
    }

    private func clocked(_ body: () throws -> Void) rethrows {
        let (start, used) = (Clock.nanoseconds(), Clock.cpu())
        try body()
        seconds += Clock.seconds(since: start)
        cpu += Clock.cpu() - used
    }

    private func copy(_ table: String) throws {
        let isSearch = table == "search"
        let select = try source.prepare(isSearch ? "SELECT rowid, * FROM search" : "SELECT * FROM \"\(table)\" NOT INDEXED")
        defer { sqlite3_finalize(select) }
        let width = Int(sqlite3_column_count(select))
        let places = Array(repeating: "?", count: width).joined(separator: ", ")
        let columns = isSearch ? " (rowid, id, kind, body)" : ""
        let insert = try target.prepare("INSERT INTO \"\(table)\"\(columns) VALUES (\(places))")
        defer { sqlite3_finalize(insert) }
        var block = RowBlock(width: width)
        while try block.read(select) {
            try clocked { try block.write(insert, target) }
        }
    }
}

/// Rows in memory, as they are bound.
private struct RowBlock {
    private enum Cell {
        case null
        case integer(Int64)
        case real(Double)
        case text(Range<Int>)
        case blob(Range<Int>)
    }

    private static let size = 64 << 20
    private let width: Int
    // Never empty, so that an empty text has a place.
    private var bytes: [UInt8] = [0]
    private var cells: [Cell] = []
    // A statement that is stepped after its end begins anew.
    private var isAtEnd = false

    init(width: Int) { self.width = width }

    /// The next rows; false where there are none.
    mutating func read(_ select: OpaquePointer) throws -> Bool {
        bytes.removeSubrange(1...)
        cells.removeAll(keepingCapacity: true)
        while !isAtEnd, bytes.count + cells.count * MemoryLayout<Cell>.stride < Self.size {
            let code = sqlite3_step(select)
            guard code == SQLITE_ROW else {
                guard code == SQLITE_DONE else { throw BenchFailure("a row of the replica cannot be read") }
                isAtEnd = true
                break
            }
            for column in 0..<Int32(width) { take(select, column) }
        }
        return !cells.isEmpty
    }

    private mutating func take(_ select: OpaquePointer, _ column: Int32) {
        func range(_ start: UnsafeRawPointer?) -> Range<Int> {
            let count = Int(sqlite3_column_bytes(select, column))
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
            return bytes.count - count..<bytes.count
        }
        switch sqlite3_column_type(select, column) {
        case SQLITE_INTEGER: cells.append(.integer(sqlite3_column_int64(select, column)))
        case SQLITE_FLOAT: cells.append(.real(sqlite3_column_double(select, column)))
        case SQLITE_TEXT: cells.append(.text(range(sqlite3_column_text(select, column))))
        case SQLITE_BLOB: cells.append(.blob(range(sqlite3_column_blob(select, column))))
        default: cells.append(.null)
        }
    }

    func write(_ insert: OpaquePointer, _ target: RawSQLite) throws {
        try bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            var column: Int32 = 0
            for cell in cells {
                column += 1
                switch cell {
                case .null: sqlite3_bind_null(insert, column)
                case .integer(let number): sqlite3_bind_int64(insert, column, number)
                case .real(let number): sqlite3_bind_double(insert, column, number)
                case .text(let range):
                    let text = (base + range.lowerBound).assumingMemoryBound(to: CChar.self)
                    sqlite3_bind_text(insert, column, text, Int32(range.count), RawSQLite.keep)
                case .blob(let range): sqlite3_bind_blob(insert, column, base + range.lowerBound, Int32(range.count), RawSQLite.keep)
                }
                if column == width {
                    try target.step(insert)
                    column = 0
                }
            }
        }
    }
}
