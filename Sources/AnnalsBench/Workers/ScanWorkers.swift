internal import Foundation
internal import GRDBSQLite

/// The peers of a replay: XRANGE, and a scan of rows.
enum ScanWorkers {
    /// Reads a stream by pages of 1000, each beginning after the last id of the one before.
    static func xrange(_ arguments: Arguments) throws -> Metrics {
        let through = try arguments.number("through")
        let socket = try Socket(port: try arguments.number("port"))
        let (start, cpu) = (Clock.nanoseconds(), Clock.cpu())
        var reply = RedisReply(socket)
        var (total, after) = (0, "-")
        while total < through {
            let from = after == "-" ? after : "(" + after
            try socket.send("*6\r\n$6\r\nXRANGE\r\n$3\r\nlog\r\n$\(from.utf8.count)\r\n\(from)\r\n$1\r\n+\r\n$5\r\nCOUNT\r\n$4\r\n1000\r\n")
            let count = try reply.header("*")
            if count == 0 { break }
            for _ in 0..<count {
                _ = try reply.header("*")
                let id = try reply.bulk(keeping: true)
                let fields = try reply.header("*")
                for _ in 0..<fields { _ = try reply.bulk(keeping: false) }
                after = id
            }
            total += count
        }
        let seconds = Clock.seconds(since: start)
        guard total == through else { throw BenchFailure("the stream has \(total) entries, not \(through)") }
        return Metrics(["rate": Double(total) / seconds, "seconds": seconds, "clientCPU": Clock.cpu() - cpu])
    }

    /// One row a line, into a file that the scan reads.
    static func fill(_ arguments: Arguments) throws -> Metrics {
        let database = try RawSQLiteLog.open(try arguments.text("path"), tuning: 1)
        let lines = try MappedLines(arguments.text("lines"))
        let insert = try database.prepare("INSERT INTO log (bytes) VALUES (?1)")
        defer { sqlite3_finalize(insert) }
        try database.run("BEGIN")
        var at = 0
        while at < lines.bytes.count, let base = lines.bytes.baseAddress, let found = memchr(base + at, 10, lines.bytes.count - at) {
            let end = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            sqlite3_bind_blob(insert, 1, base + at, Int32(end - at), RawSQLite.keep)
            try database.step(insert)
            at = end + 1
        }
        try database.run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
        return Metrics()
    }

    static let tunings = ["PRAGMA cache_size = -2000", "PRAGMA cache_size = -262144", "PRAGMA mmap_size = 4294967296"]

    /// Reads every row in order, and each byte of it.
    static func scan(_ arguments: Arguments) throws -> Metrics {
        let database = try RawSQLite(try arguments.text("path"), readOnly: true)
        try database.run(tunings[arguments.number("tuning", or: 0)])
        let statement = try database.prepare("SELECT seq, bytes FROM log ORDER BY seq")
        defer { sqlite3_finalize(statement) }
        let (start, cpu) = (Clock.nanoseconds(), Clock.cpu())
        var (total, byteCount) = (0, 0)
        var copy = [UInt8](repeating: 0, count: 1 << 20)
        while sqlite3_step(statement) == SQLITE_ROW {
            let count = Int(sqlite3_column_bytes(statement, 1))
            if let bytes = sqlite3_column_blob(statement, 1), count <= copy.count {
                copy.withUnsafeMutableBytes { $0.baseAddress.map { _ = memcpy($0, bytes, count) } }
            }
            byteCount += count
            total += 1
        }
        let seconds = Clock.seconds(since: start)
        return Metrics([
            "rate": Double(total) / seconds, "seconds": seconds, "clientCPU": Clock.cpu() - cpu, "megabytes": Double(byteCount) / 1e6,
        ])
    }
}

/// Reads replies of Redis in its protocol (RESP), passing over what is not asked for.
struct RedisReply {
    private let socket: Socket
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)
    private var (at, end) = (0, 0)

    init(_ socket: Socket) { self.socket = socket }

    /// The number after this sign.
    mutating func header(_ sign: Character) throws -> Int {
        let first = try byte()
        guard first == sign.asciiValue else { throw BenchFailure("Redis answered with \(first)") }
        var number = 0
        while true {
            let digit = try byte()
            if digit == UInt8(ascii: "\r") { break }
            number = number * 10 + Int(digit) - 48
        }
        _ = try byte()
        return number
    }

    /// A string; empty where it is not kept.
    mutating func bulk(keeping: Bool) throws -> String {
        let count = try header("$")
        while end - at < count + 2 { try fill() }
        let text = keeping ? String(decoding: buffer[at..<(at + count)], as: UTF8.self) : ""
        at += count + 2
        return text
    }

    private mutating func byte() throws -> UInt8 {
        if at == end { try fill() }
        at += 1
        return buffer[at - 1]
    }

    private mutating func fill() throws {
        if at > 0 {
            buffer.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                memmove(base, base + at, end - at)
            }
            (at, end) = (0, end - at)
        }
        let count = buffer.withUnsafeMutableBytes { read(socket.descriptor, $0.baseAddress.map { $0 + end }, $0.count - end) }
        guard count > 0 else { throw BenchFailure.system("reading from Redis") }
        end += count
    }
}
