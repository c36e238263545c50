internal import CLinux
internal import Foundation
internal import GRDBSQLite

/// The floor of a change that is seen elsewhere: it is kept on three disks, and nothing else.
///
/// The author commits a row to SQLite, durably, and sends the line; the relay appends it to a file, syncs, and passes it on; the watcher
/// commits a row as well, and has seen it. There is no library, no check, no hash, no item and no view; each waits in a blocking `read`.
/// At the pace of people all three have been asleep before, as with Annals: what it takes is mostly being woken and the disk.
enum BareRelay {
    /// Serves one watcher and then one author, and ends with the author.
    static func relay(_ arguments: Arguments) throws -> Metrics {
        let (listener, port) = try Ports.listening()
        let file = open(try arguments.text("path"), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw BenchFailure.system("the relay's file") }
        // Laid out before, as the server does with its own: a file that grows costs a sync more.
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        guard write(file, zeros, zeros.count) == zeros.count, fsync(file) == 0 else { throw BenchFailure.system("the relay's file") }
        var end = 0
        Console.print("\(port)")
        let (watcher, author) = (accept(listener), accept(listener))
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(author, &buffer, buffer.count)
            guard count > 0 else { return Metrics() }
            guard pwrite(file, buffer, count, end) == count, fdatasync(file) == 0, write(watcher, buffer, count) == count else {
                throw BenchFailure.system("the relay")
            }
            end += count
        }
    }

    private static func accept(_ listener: Int32) -> Int32 {
        let descriptor = Foundation.accept(listener, nil, nil)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    /// Commits what comes and says when; what was pulled may be pulled again, so it is not synced, as in a replica.
    static func watch(_ arguments: Arguments) throws -> Metrics {
        let socket = try Socket(port: try arguments.number("port"))
        let rows = try Rows(try arguments.text("path"), "NORMAL")
        Console.print("ready")
        var seen: [UInt64] = []
        for _ in 0..<(try arguments.number("count")) {
            try rows.commit(try socket.line())
            seen.append(Clock.nanoseconds())
        }
        Console.print(seen.enumerated().map { "seen \($0.offset + 1) \($0.element)" }.joined(separator: "\n"))
        return Metrics()
    }

    /// Commits a row every so many milliseconds, and sends it.
    static func author(_ arguments: Arguments) throws -> Metrics {
        let socket = try Socket(port: try arguments.number("port"))
        let rows = try Rows(try arguments.text("path"), "FULL")
        var made: [UInt64] = []
        for number in 1...(try arguments.number("count")) {
            let line = "{\"title\":\"Observed change number \(number)\",\"filler\":\"\(String(repeating: "x", count: 280))\"}"
            made.append(Clock.nanoseconds())
            try rows.commit(line)
            try socket.send(line + "\n")
            Clock.sleep(milliseconds: 20)
        }
        Console.print(made.map { "made \($0)" }.joined(separator: "\n"))
        return Metrics()
    }

    /// A table of lines.
    private final class Rows {
        private let database: RawSQLite
        private let insert: OpaquePointer

        init(_ path: String, _ synchronous: String) throws {
            database = try RawSQLiteLog.open(path, tuning: 0)
            try database.run("PRAGMA synchronous = \(synchronous)")
            insert = try database.prepare("INSERT INTO log (bytes) VALUES (?1)")
        }

        deinit { sqlite3_finalize(insert) }

        func commit(_ line: String) throws {
            let bytes = Array(line.utf8)
            try bytes.withUnsafeBytes {
                _ = sqlite3_bind_blob(insert, 1, $0.baseAddress, Int32($0.count), RawSQLite.keep)
                try database.step(insert)
            }
        }
    }
}
