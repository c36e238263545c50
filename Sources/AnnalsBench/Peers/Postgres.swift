internal import Foundation

/// PostgreSQL 15 in a data folder of its own, each INSERT on disk before it is answered.
final class Postgres {
    static let programs = "/usr/lib/postgresql/15/bin"

    /// What is tried, to give it its best. fsync, full_page_writes and synchronous_commit stay on.
    static let tunings: [(name: String, words: [String])] = [
        ("shared_buffers 512 MB, max_wal_size 8 GB", []),
        ("wal_buffers 64 MB, wal_compression off, commit_delay 200 µs", ["wal_buffers=64MB", "commit_delay=200", "commit_siblings=3"]),
        ("wal_sync_method open_datasync, wal_buffers 64 MB", ["wal_sync_method=open_datasync", "wal_buffers=64MB"]),
    ]

    let child: Child
    let port: Int
    private let folder: String

    init(_ options: Options, tuning: Int) throws {
        folder = options.folder + "/run/postgres"
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let become = try Self.other(folder)
        let made = try Child(
            become + [Self.programs + "/initdb", "-D", folder + "/data", "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            folder: folder, log: options.folder + "/run/postgres.log")
        guard made.wait().code == 0 else { throw BenchFailure("initdb failed; see \(options.folder)/run/postgres.log") }
        port = try Ports.free()
        let settings =
            [
                "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=", "synchronous_commit=on", "fsync=on",
                "full_page_writes=on", "shared_buffers=512MB", "max_wal_size=8GB", "min_wal_size=2GB", "autovacuum=off",
                "max_connections=80",
                "checkpoint_timeout=30min",
            ] + Self.tunings[tuning].words
        child = try Child(
            become + [Self.programs + "/postgres", "-D", folder + "/data"] + settings.flatMap { ["-c", $0] }, folder: folder,
            log: options.folder + "/run/postgres.log")
        let start = Clock.nanoseconds()
        while true {
            if let session = try? PostgresSession(port: port) {
                try session.query("CREATE TABLE log (seq bigserial PRIMARY KEY, bytes bytea NOT NULL)")
                return
            }
            guard child.isRunning, Clock.seconds(since: start) < 60 else {
                throw BenchFailure("postgres did not start; see \(options.folder)/run/postgres.log")
            }
            Clock.sleep(milliseconds: 20)
        }
    }

    /// PostgreSQL refuses root: then it runs as the user that its package made, or as nobody, who gets the folder.
    private static func other(_ folder: String) throws -> [String] {
        guard getuid() == 0 else { return [] }
        let user = getpwnam("postgres") != nil ? "postgres" : "nobody"
        guard let entry = getpwnam(user) else { throw BenchFailure("no user for PostgreSQL, which refuses root") }
        guard chown(folder, entry.pointee.pw_uid, entry.pointee.pw_gid) == 0 else { throw BenchFailure.system("chown \(folder)") }
        return ["setpriv", "--reuid", user, "--regid", "\(entry.pointee.pw_gid)", "--clear-groups", "--"]
    }

    /// Its processes: the workers that serve connections are children of the first.
    var cpu: Double { Child.cpu(of: Child.family(of: child.pid)) }

    func stop() {
        child.stop(signal: SIGINT)
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// One connection, spoken in the wire protocol ("Message Formats" in its manual)
struct PostgresSession {
    let socket: Socket

    /// A session that has begun already.
    init(_ socket: Socket) { self.socket = socket }

    init(port: Int) throws {
        socket = try Socket(port: port)
        var startup = ByteText()
        for text in ["user", "bench", "database", "postgres"] {
            startup.add(text)
            startup.bytes.append(0)
        }
        startup.bytes.append(0)
        try socket.send(Self.int32(startup.bytes.count + 8) + Self.int32(196_608) + startup.bytes)
        try ready()
    }

    static func int32(_ number: Int) -> [UInt8] { withUnsafeBytes(of: Int32(number).bigEndian) { Array($0) } }
    static func int16(_ number: Int) -> [UInt8] { withUnsafeBytes(of: Int16(number).bigEndian) { Array($0) } }

    static func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
        [type.asciiValue ?? 0] + int32(body.count + 4) + body
    }

    func query(_ sql: String) throws {
        try socket.send(Self.message("Q", Array(sql.utf8) + [0]))
        try ready()
    }

    /// Prepares an INSERT of so many rows under a name.
    func prepareInsert(_ name: String, rows: Int) throws {
        let values = (1...rows).map { "($\($0))" }.joined(separator: ",")
        let sql = "INSERT INTO log (bytes) VALUES \(values)"
        try socket.send(
            Self.message("P", Array(name.utf8) + [0] + Array(sql.utf8) + [0] + Self.int16(0)) + Self.message("S", []))
        try ready()
    }

    /// Reads messages up to ReadyForQuery.
    private func ready() throws {
        while true {
            let head = try socket.take(5)
            let length = head[1...].reduce(0) { $0 << 8 | Int($1) }
            let body = try socket.take(length - 4)
            if head[0] == UInt8(ascii: "E") {
                throw BenchFailure("PostgreSQL said: \(String(decoding: body.filter { $0 >= 32 }, as: UTF8.self))")
            }
            if head[0] == UInt8(ascii: "Z") { return }
        }
    }
}

/// A multi-row INSERT by a prepared statement; `ReadyForQuery` comes after the commit.
struct PostgresDialect: Dialect {
    let perPush: Int

    func push(_ lane: Lane, _ lines: Range<Int>, connection: Int) -> [UInt8] {
        var bind: [UInt8] = [0] + Array("i\(lines.count)".utf8) + [0]
        bind += PostgresSession.int16(1) + PostgresSession.int16(1) + PostgresSession.int16(lines.count)
        for line in lines {
            let bytes = lane.bytes(line..<line + 1).dropLast()
            bind += PostgresSession.int32(bytes.count)
            bind += bytes
        }
        bind += PostgresSession.int16(0)
        return PostgresSession.message("B", bind) + PostgresSession.message("E", [0] + PostgresSession.int32(0))
            + PostgresSession.message("S", [])
    }

    func reader() -> any AnswerReader { Reader(perPush: perPush) }

    struct Reader: AnswerReader {
        let perPush: Int
        private var buffer: [UInt8] = []
        private var done = 0

        init(perPush: Int) { self.perPush = perPush }

        mutating func confirmed(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Int {
            buffer += bytes
            var at = 0
            while at + 5 <= buffer.count {
                let length = buffer[(at + 1)..<(at + 5)].reduce(0) { $0 << 8 | Int($1) }
                guard at + 1 + length <= buffer.count else { break }
                if buffer[at] == UInt8(ascii: "E") { throw BenchFailure("PostgreSQL refused an INSERT") }
                if buffer[at] == UInt8(ascii: "Z") { done += 1 }
                at += 1 + length
            }
            buffer.removeFirst(at)
            return done * perPush
        }
    }
}
