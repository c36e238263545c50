internal import Foundation

/// What the server sends: replay, fan-out, many connections.
final class StreamRows {
    private let peers: Peers
    private let cache: Cache
    private var redis: Redis?
    private var options: Options { peers.options }

    init(_ peers: Peers) {
        self.peers = peers
        cache = Cache(peers.options)
    }

    var all: [Row] { [replay, fanOut, idle] }

    private var replay: Row {
        let through = cache.whole
        let ours = Contender(name: "Annals", metric: "rate", unit: "/s") { [self] in
            try cache.needLogs()
            let server = try AnnalsServerProcess(options, data: cache.log(through))
            defer { server.stop() }
            return try Worker.run(options, "pull", ["port": server.port, "through": through], server: [server.child.pid])
        }
        let sqlite = Contender(name: "SQLite scan", metric: "rate", unit: "/s") { [self] in
            try cache.needLogs()
            let path = peers.path("scan-\(through).sqlite")
            if !FileManager.default.fileExists(atPath: path) {
                _ = try Worker.run(options, "fill", ["path": path, "lines": cache.lines])
            }
            let best = try peers.tuning("SQLite scan", ScanWorkers.tunings) {
                try Worker.run(options, "scan", ["path": path, "tuning": $0])
            }
            return try Worker.run(options, "scan", ["path": path, "tuning": best])
        }
        let stream = Contender(name: "Redis XRANGE", metric: "rate", unit: "/s") { [self] in
            let best = try peers.tuning("Redis XRANGE", Redis.tunings[1...3].map(\.name)) { index in
                let trial = try filled(through / 10, tuning: index + 1)
                defer { trial.stop() }
                return try Worker.run(options, "xrange", ["port": trial.port, "through": through / 10])
            }
            let server = try redis ?? filled(through, tuning: best + 1)
            redis = server
            return try Worker.run(options, "xrange", ["port": server.port, "through": through], server: [server.child.pid])
        }
        return Row(
            name: "replay", title: "replay of \(Figure.number(Double(through))) entries over TCP",
            contenders: [ours, sqlite] + (options.hasPeers ? [stream] : []),
            targets: [
                .atLeast(2, times: "Redis XRANGE", "rate", words: "≥ 2 × Redis XRANGE COUNT 1000"),
                .atLeast(0.5, times: "SQLite scan", "rate", words: "≥ 0.5 × a raw SQLite scan of the same rows"),
            ], remark: "ours with checkpoints, which the client does not verify here",
            finish: { [self] in
                redis?.stop()
                redis = nil
                unlink(peers.path("scan-\(through).sqlite"))
            })
    }

    /// A Redis with a stream of so many changes.
    private func filled(_ changes: Int, tuning: Int) throws -> Redis {
        let server = try Redis(options, tuning: tuning)
        _ = try Worker.run(
            options, "push", ["target": "redis", "port": server.port, "connections": 8, "per": 500, "inflight": 4, "changes": changes])
        return server
    }

    private var fanOut: Row {
        let changes = options.size(60_000, quick: 20_000)
        let ours = Contender(name: "Annals", metric: "rate", unit: "deliveries/s") { [self] in
            let server = try AnnalsServerProcess(options)
            defer { server.stop() }
            let readers = try Child([
                options.itself, "worker", "fanout", "port=\(server.port)", "readers=90", "stalled=10", "through=\(changes)",
            ])
            guard readers.readLine() == "ready" else { throw BenchFailure("the readers did not get ready: \(readers.readAll())") }
            let (memory, cpu) = (Child.anonymousKilobytes(of: server.child.pid), server.cpu)
            var arguments = Peers.Push(connections: 8, perPush: 100, inFlight: 4, changes: changes).arguments
            arguments.merge(["target": "annals", "port": server.port]) { $1 }
            let pushed = try Worker.run(options, "push", arguments)
            let text = readers.readAll()
            guard readers.wait().code == 0 else { throw BenchFailure("the readers failed: \(text.suffix(300))") }
            var metrics = Metrics(lines: text)
            metrics["serverCPU"] = server.cpu - cpu
            metrics["grownMB"] = Double(Child.anonymousKilobytes(of: server.child.pid) - memory) / 1024
            metrics.note("pushed at \(Figure.number(pushed["rate"] ?? 0))/s meanwhile")
            return metrics
        }
        return Row(
            name: "fan-out", title: "live fan-out to 100 replicas", contenders: [ours],
            targets: [
                .floor(2_000_000, "rate", "≥ 2 million deliveries/s in all"),
                .limit(64, "grownMB", "memory bounded: the server grows by ≤ 64 MB with 10 stalled readers among them"),
            ], remark: "90 that read and 10 that never do; \(changes) changes a run, pushed by 8 connections × 100; only the 90 count")
    }

    private var idle: Row {
        let count = options.size(10_000, quick: 2000)
        let ours = Contender(name: "Annals", metric: "p99", unit: "ms") { [self] in
            let server = try AnnalsServerProcess(options)
            defer { server.stop() }
            return try Worker.run(
                options, "idle", ["port": server.port, "connections": count, "server": server.child.pid], server: [server.child.pid])
        }
        return Row(
            name: "idle", title: "\(Figure.number(Double(count))) idle connections", contenders: [ours],
            targets: [
                .limit(6, "kilobytes", "≤ 6 KB user memory each (growth of the server's anonymous memory)"),
                .limit(150, "p99", "one change reaches all of them within 150 ms p99"),
            ], remark: "live connections; 10 single changes a run")
    }
}
