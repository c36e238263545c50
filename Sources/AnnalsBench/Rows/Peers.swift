internal import Foundation

/// The contenders that several rows share, and the tuning of each peer that was the fastest in this session.
final class Peers {
    let options: Options
    private var chosen: [String: Int] = [:]
    private(set) var notes: [(String, String)] = []

    init(_ options: Options) { self.options = options }

    // MARK: Tunings

    /// The fastest of a peer's tunings, tried once in a session.
    func tuning(_ key: String, _ names: [String], _ trial: (Int) throws -> Metrics) throws -> Int {
        if let known = chosen[key] { return known }
        var rates: [Double] = []
        for index in names.indices {
            // Twice, the better one: a first run meets cold files.
            let runs = try (0..<2).map { _ in try trial(index)["rate"] ?? 0 }
            rates.append(runs.max() ?? 0)
            Console.progress("    tuning \(key), \(names[index]): \(Figure.number(rates[index])) changes/s")
        }
        let best = rates.indices.max { rates[$0] < rates[$1] } ?? 0
        chosen[key] = best
        let tried = names.indices.map { "\(names[$0]) \(Figure.number(rates[$0]))/s" }.joined(separator: "; ")
        notes.append(("tuning of \(key)", "\(names[best]) (tried: \(tried))"))
        return best
    }

    // MARK: Contenders

    struct Push {
        var connections: Int
        var perPush: Int
        var inFlight: Int
        var changes: Int

        var arguments: [String: Any] { ["connections": connections, "per": perPush, "inflight": inFlight, "changes": changes] }
    }

    func annals(_ push: Push, metric: String = "rate", unit: String = "/s", more: [String: Any] = [:]) -> Contender {
        Contender(name: "Annals", metric: metric, unit: unit) { [options] in
            let server = try AnnalsServerProcess(options)
            defer { server.stop() }
            let arguments = push.arguments.merging(["target": "annals", "port": server.port]) { $1 }.merging(more) { $1 }
            return try Worker.run(options, "push", arguments, server: [server.child.pid])
        }
    }

    func sqlite(_ push: Push, batch: Int, metric: String = "rate", unit: String = "/s") -> Contender {
        Contender(name: "SQLite", metric: metric, unit: unit) { [self] in
            let arguments: [String: Any] = [
                "target": "sqlite", "path": path("raw.sqlite"), "connections": push.connections, "changes": push.changes, "batch": batch,
            ]
            let best = try tuning("SQLite, batch \(batch)", RawSQLiteLog.tunings.map(\.name)) { index in
                try Worker.run(options, "rows", arguments.merging(["tuning": index]) { $1 })
            }
            return try Worker.run(options, "rows", arguments.merging(["tuning": best]) { $1 })
        }
    }

    func floor(_ push: Push, batch: Int, metric: String = "rate", unit: String = "/s") -> Contender {
        Contender(name: "fdatasync", metric: metric, unit: unit) { [self] in
            try Worker.run(
                options, "rows",
                [
                    "target": "fdatasync", "path": path("floor"), "connections": push.connections, "changes": push.changes, "batch": batch,
                ])
        }
    }

    func bytesAndHashes(_ push: Push, metric: String = "rate", unit: String = "/s", more: [String: Any] = [:]) -> Contender {
        Contender(name: "bytes and hashes", metric: metric, unit: unit) { [self] in
            let file = path("bytes")
            let server = try Child([options.itself, "worker", "bytes", "path=\(file)"])
            defer {
                server.stop(signal: SIGKILL)
                unlink(file)
            }
            guard let port = Int(server.readLine()) else { throw BenchFailure("the floor's server did not start") }
            let arguments = push.arguments.merging(["target": "bytes", "port": port]) { $1 }.merging(more) { $1 }
            return try Worker.run(options, "push", arguments, server: [server.pid])
        }
    }

    func redis(_ push: Push) -> Contender {
        Contender(name: "Redis", metric: "rate", unit: "/s") { [self] in
            func run(_ tuning: Int) throws -> Metrics {
                let server = try Redis(options, tuning: tuning)
                defer { server.stop() }
                var push = push
                push.inFlight = push.perPush == 1 ? 1 : Redis.tunings[tuning].inFlight
                return try Worker.run(
                    options, "push", push.arguments.merging(["target": "redis", "port": server.port]) { $1 }, server: [server.child.pid])
            }
            let best = try tuning("Redis, \(push.connections) connections × \(push.perPush)", Redis.tunings.map(\.name)) { try run($0) }
            return try run(best)
        }
    }

    func postgres(_ push: Push) -> Contender {
        Contender(name: "PostgreSQL", metric: "rate", unit: "/s") { [self] in
            func run(_ tuning: Int) throws -> Metrics {
                let server = try Postgres(options, tuning: tuning)
                defer { server.stop() }
                return try Worker.run(
                    options, "push", push.arguments.merging(["target": "postgres", "port": server.port]) { $1 },
                    server: [server.child.pid])
            }
            let names = Postgres.tunings.map(\.name)
            let best = try tuning("PostgreSQL, \(push.connections) connections × \(push.perPush)", names) { try run($0) }
            return try run(best)
        }
    }

    func path(_ name: String) -> String { options.folder + "/run/" + name }
}
