internal import Foundation

/// A conversation with `annals serve` up to `opened`, as Protocol/SPEC.md says.
struct AnnalsConnection {
    let socket: Socket
    /// The end of the log when it was opened.
    let seq: Int
    /// The first 16 hex digits of its head.
    let hash: UInt64?

    static let workspace = "bench"

    init(port: Int, user: String, replica: String) throws {
        socket = try Socket(port: port)
        try socket.send("{\"type\":\"hello\",\"protocols\":[1],\"agent\":\"annals-bench\"}\n")
        try Self.expect("welcome", socket.line())
        try socket.send("{\"type\":\"auth\",\"method\":\"development\",\"user\":\"\(user)\"}\n")
        try Self.expect("ready", socket.line())
        try socket.send("{\"type\":\"open\",\"ws\":\"\(Self.workspace)\",\"have\":0,\"replicas\":[\"\(replica)\"]}\n")
        let opened = try socket.line()
        try Self.expect("opened", opened)
        seq = Self.integer("\"seq\":", in: opened) ?? 0
        let head = opened.utf8.count > 0 ? Self.text("\"head\":\"", in: opened) : ""
        hash = seq > 0 ? UInt64(head.prefix(16), radix: 16) : nil
    }

    static func expect(_ type: String, _ line: String) throws {
        guard line.hasPrefix("{\"type\":\"\(type)\"") else { throw BenchFailure("the server said \(line) instead of \(type)") }
    }

    static func integer(_ name: String, in line: String) -> Int? {
        guard let found = line.range(of: name) else { return nil }
        return Int(line[found.upperBound...].prefix { $0.isNumber })
    }

    static func text(_ name: String, in line: String) -> String {
        guard let found = line.range(of: name) else { return "" }
        return String(line[found.upperBound...].prefix { $0 != "\"" })
    }

    static func pull(after seq: Int, live: Bool) -> String {
        "{\"type\":\"pull\",\"ws\":\"\(workspace)\",\"after\":\(seq),\"credit\":\(1 << 50),\"live\":\(live)}\n"
    }
}
