internal import Foundation

/// Whether a long log costs more than a short one.
struct GrowthRow {
    let peers: Peers
    let cache: Cache
    private let small: Int
    private let large: Int

    init(_ peers: Peers) {
        self.peers = peers
        cache = Cache(peers.options)
        (small, large) = (10_000, peers.options.size(10_000_000, quick: 1_000_000))
    }

    private var options: Options { peers.options }

    /// One server's start, open, push and ack, one after the other.
    private func measure(_ folder: String) throws -> Metrics {
        // Replicas of their own for every run: those of the runs before have written already.
        let run = "g\(Clock.nanoseconds() / 1_000_000)"
        let server = try AnnalsServerProcess(options, data: folder)
        defer { server.stop() }
        var opens: [UInt64] = []
        for _ in 0..<100 {
            let start = Clock.nanoseconds()
            _ = try AnnalsConnection(port: server.port, user: "coder-0", replica: "opener")
            opens.append(Clock.nanoseconds() - start)
        }
        let pushing = Peers.Push(connections: 8, perPush: 100, inFlight: 4, changes: options.size(100_000, quick: 40_000))
        let lone = Peers.Push(connections: 1, perPush: 1, inFlight: 1, changes: options.size(1000, quick: 400))
        func push(_ push: Peers.Push, _ name: String) throws -> Metrics {
            let more: [String: Any] = ["target": "annals", "port": server.port, "replicas": run + name]
            return try Worker.run(options, "push", push.arguments.merging(more) { $1 }, server: [server.child.pid])
        }
        var metrics = try push(pushing, "p")
        sync()
        metrics["ack"] = try push(lone, "l")["p50"]
        metrics["start"] = server.startMilliseconds
        metrics["open"] = Double(opens.sorted()[opens.count / 2]) / 1e6
        return metrics
    }

    var row: Row {
        let ours = Contender(name: "Annals", metric: "rate", unit: "/s") {
            guard try free() > 12 << 30 else { throw BenchFailure("less than 12 GB free on the disk") }
            // As it is: what the runs add to ten million does not count beside them.
            return try measure(cache.needLog(large))
        }
        let short = Contender(name: "Annals, short log", metric: "rate", unit: "/s") {
            try measure(cache.copy(cache.needLog(small), as: "short"))
        }
        func within(_ metric: String, _ words: String, atMost: Bool = true) -> Target {
            let check = Target.Check.ratio(
                "Annals", metric, of: "Annals, short log", metric, atLeast: atMost ? nil : 0.85, atMost: atMost ? 1.15 : nil)
            return Target(text: words, check: check)
        }
        return Row(
            name: "growth", title: "growth: \(Figure.number(Double(large))) entries against \(Figure.number(Double(small)))",
            contenders: [ours, short],
            targets: [
                within("rate", "push rate within 15 %", atMost: false), within("ack", "ack p50 within 15 %"),
                within("open", "open within 15 %"),
                within("start", "server start within 15 %"), .limit(200, "start", "server start ≤ 200 ms"),
            ], remark: "start: from the process's start to the first answer to open; open: connect, hello, auth, open, p50 of 100")
    }

    private func free() throws -> Int {
        var status = statvfs()
        guard statvfs(options.folder, &status) == 0 else { throw BenchFailure.system(options.folder) }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }
}
