internal import Annals
internal import Foundation

/// What a replica does with a long log.
struct ReplicaRows {
    let peers: Peers
    let cache: Cache

    private let once = Once()

    /// What was measured once in this session.
    private final class Once {
        var cut: Metrics?
        /// The rows in the tables of our own replica at the end of the log.
        var counts: [String: Int] = [:]
    }

    private var options: Options { peers.options }

    init(_ peers: Peers) {
        self.peers = peers
        cache = Cache(peers.options)
    }

    var all: [Row] { [annotate, catchUp, clone, fold, beside] }

    /// The tables of a replica as the program makes them now.
    private func model() throws -> String {
        let path = peers.path("model")
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Replica.create(in: path, user: try ReplicaWorkers.name("model")).close()
        return path + "/.annals/replica.sqlite"
    }

    var annotate: Row {
        let push = Peers.Push(connections: 1, perPush: 1, inFlight: 1, changes: options.size(2000, quick: 400))
        let ours = Contender(name: "Annals", metric: "p50", unit: "ms") { [self] in
            let path = try cache.copy(cache.needReplica(cache.whole), as: "annotate")
            return try Worker.run(options, "annotate", ["path": path, "count": push.changes])
        }
        return Row(
            name: "annotate",
            title: "annotate on a replica (synchronous=FULL, full text kept) of \(Figure.number(Double(cache.whole))) entries",
            contenders: [
                ours, peers.sqlite(push, batch: 1, metric: "p50", unit: "ms"), peers.floor(push, batch: 1, metric: "p50", unit: "ms"),
            ],
            targets: [
                .atMost(2, times: "SQLite", "p50", words: "p50 ≤ 2 × p50 of a raw SQLite FULL one-row commit"),
                .limit(5, "p99", "p99 ≤ 5 ms"),
            ], remark: "\(push.changes) changes a run: notes, tags, codings and summaries by turns, on 2,000 events")
    }

    // MARK: Catch-up and clone

    /// The peer with its tables of the log up to `from`, so many entries to a transaction (nil: all in one, without a journal).
    private func raw(_ name: String, from: Int, batch: Int?) -> Contender {
        Contender(name: name, metric: "rate", unit: "/s") { [self] in
            try cache.needLogs()
            var arguments: [String: Any] = ["lines": cache.lines, "batch": batch ?? 0, "from": from, "through": cache.whole]
            func fresh() throws -> String {
                if from == 0 {
                    let path = peers.path("peer.sqlite")
                    for end in ["", "-wal", "-shm"] { unlink(path + end) }
                    return path
                }
                return try cache.copy(needPeer(from), as: "peer.sqlite")
            }
            arguments["model"] = try model()
            if batch != nil {
                arguments["tuning"] = try peers.tuning("SQLite by statements, batch 1000", RawReplica.tunings.map(\.name)) { index in
                    for end in ["", "-wal", "-shm"] { unlink(peers.path("peer.sqlite") + end) }
                    let trial: [String: Any] = ["path": peers.path("peer.sqlite"), "tuning": index, "from": 0, "through": cache.whole / 10]
                    return try Worker.run(options, "raw", arguments.merging(trial) { $1 })
                }
            }
            let path = try fresh()
            arguments["path"] = path
            var metrics = try Worker.run(options, "raw", arguments)
            let counts = try RawReplica.counts(path)
            metrics.note("rows: " + counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
            for (table, count) in counts { metrics["rows." + table] = Double(count) }
            // It must have done the work that it is compared by.
            guard counts == once.counts else { throw BenchFailure("the peer's rows are \(counts), the replica's \(once.counts)") }
            for end in ["", "-wal", "-shm"] { unlink(path + end) }
            return metrics
        }
    }

    /// The peer's file at a point of the log, made by itself.
    private func needPeer(_ entries: Int) throws -> String {
        let path = cache.peer(entries)
        if !FileManager.default.fileExists(atPath: path) {
            unlink(path + ".making")
            _ = try Worker.run(
                options, "raw",
                ["lines": cache.lines, "batch": 0, "from": 0, "through": entries, "model": try model(), "path": path + ".making"])
            try FileManager.default.moveItem(atPath: path + ".making", toPath: path)
        }
        return path
    }

    /// The floor of a clone: the rows of the replica that ours has just made, each written once.
    private var eachRow: Contender {
        Contender(name: "each row once", metric: "rate", unit: "/s") { [self] in
            let (path, replica) = (peers.path("each-row.sqlite"), peers.path("clone") + "/.annals/replica.sqlite")
            unlink(path)
            let metrics = try Worker.run(options, "each-row", ["path": path, "replica": replica, "through": cache.whole])
            let counts = try RawReplica.counts(path)
            guard counts == once.counts else { throw BenchFailure("the floor's rows are \(counts), the replica's \(once.counts)") }
            unlink(path)
            return metrics
        }
    }

    private func rows(_ metrics: inout Metrics, _ path: String) throws {
        once.counts = try RawReplica.counts(path + "/.annals/replica.sqlite")
        for (table, count) in once.counts { metrics["rows." + table] = Double(count) }
    }

    var catchUp: Row {
        let ours = Contender(name: "Annals", metric: "rate", unit: "/s") { [self] in
            let path = try cache.copy(cache.needReplica(cache.catchUpStart), as: "catch-up")
            let server = try AnnalsServerProcess(options, data: cache.log(cache.whole))
            defer { server.stop() }
            var metrics = try Worker.run(options, "sync", ["port": server.port, "path": path], server: [server.child.pid])
            guard metrics["have"] == Double(cache.whole) else { throw BenchFailure("the catch-up ended early") }
            try rows(&metrics, path)
            return metrics
        }
        return Row(
            name: "catch-up", title: "catch-up of \(Figure.number(Double(cache.whole - cache.catchUpStart))) entries",
            contenders: [ours, raw("SQLite by statements, batch 1000", from: cache.catchUpStart, batch: 1000)],
            targets: [
                .atLeast(
                    2.5, times: "SQLite by statements, batch 1000", "rate",
                    words: "≥ 2.5 × one SQL statement per operation, batches of 1,000")
            ],
            remark:
                "from \(cache.catchUpStart) entries to \(cache.whole); ours over TCP with chain and signature checked, from opening to closed"
        )
    }

    var clone: Row {
        let ours = Contender(name: "Annals", metric: "rate", unit: "/s") { [self] in
            try cache.needLogs()
            let path = peers.path("clone")
            try? FileManager.default.removeItem(atPath: path)
            sync()
            let server = try AnnalsServerProcess(options, data: cache.log(cache.whole))
            defer { server.stop() }
            var metrics = try Worker.run(options, "clone", ["port": server.port, "path": path], server: [server.child.pid])
            guard metrics["have"] == Double(cache.whole) else { throw BenchFailure("the clone ended early") }
            try rows(&metrics, path)
            return metrics
        }
        let cut = Contender(name: "Annals, cut", metric: "resumed", unit: "entries") { [self] in try cutClone() }
        let (unjournaled, batches) = ("SQLite by statements, unjournaled", "SQLite by statements, batch 1000")
        return Row(
            name: "clone", title: "clone of \(Figure.number(Double(cache.whole))) entries, indexed, searchable",
            contenders: [ours, raw(unjournaled, from: 0, batch: nil), raw(batches, from: 0, batch: 1000), eachRow, cut],
            targets: [
                .atLeast(1.7, times: unjournaled, "rate", words: "≥ 1.7 × one SQL statement per operation in one unjournaled transaction"),
                .atLeast(8, times: batches, "rate", words: "≥ 8 × raw C upserts in batches of 1,000"),
                .floor(options.isQuick ? 3 : 10, "reports", "progress shown (reports during a clone, at least 10; quick: 3)"),
                .floor(Double(cache.whole), "have", "a cut clone resumes (entries after the second part)", of: "Annals, cut"),
            ],
            remark: """
                ours over TCP with chain and signature checked, from an empty folder to closed; each row once: the floor of these tables, each \
                final row of the finished replica written once in the order of its key, in one unjournaled transaction, indexes after the \
                rows, then synced; nothing is received, parsed or folded, and reading the rows into memory is not counted
                """)
    }

    /// A clone that is killed when some of the log is there, and gone on with.
    ///
    /// It either holds or does not, so it is done once in a session.
    private func cutClone() throws -> Metrics {
        if let known = once.cut { return known }
        try cache.needLogs()
        let path = peers.path("cut")
        try? FileManager.default.removeItem(atPath: path)
        let server = try AnnalsServerProcess(options, data: cache.log(cache.catchUpStart))
        let child = try Child([options.itself, "worker", "clone", "port=\(server.port)", "path=\(path)"])
        let start = Clock.nanoseconds()
        var received: Int64 = 0
        while received == 0, Clock.seconds(since: start) < 60 {
            Clock.sleep(milliseconds: 20)
            received = (try? Replica.open(in: path).status().received) ?? 0
        }
        child.stop(signal: SIGKILL)
        server.stop()
        let second = try AnnalsServerProcess(options, data: cache.log(cache.whole))
        defer { second.stop() }
        let left = try Replica.open(in: path).status().have
        var metrics = try Worker.run(options, "sync", ["port": second.port, "path": path])
        metrics["resumed"] = left > 0 ? metrics["entries"] : 0
        once.cut = metrics
        return metrics
    }

    // MARK: Fold

    var fold: Row {
        let ours = Contender(name: "Annals", metric: "fold", unit: "ns an entry") { [self] in
            try cache.needLogs()
            return try Worker.run(options, "fold", ["lines": cache.lines])
        }
        return Row(
            name: "fold", title: "fold in memory, lines already scanned (\(Figure.number(Double(cache.whole))))", contenders: [ours],
            targets: [.limit(1.5, "ratio", "≤ 1.5 × the time of scanning them")])
    }

    // MARK: Two processes

    var beside: Row {
        let ours = Contender(name: "Annals", metric: "p99", unit: "ms") { [self] in
            let path = try cache.copy(cache.needReplica(cache.catchUpStart), as: "beside")
            let server = try AnnalsServerProcess(options, data: cache.log(cache.whole))
            defer { server.stop() }
            let other = try Child([options.itself, "worker", "sync", "port=\(server.port)", "path=\(path)"])
            var metrics = try Worker.run(options, "annotate", ["path": path, "count": 50, "pause": 5, "while": other.pid])
            let text = other.readAll()
            guard other.wait().code == 0 else { throw BenchFailure("the catch-up failed: \(text.suffix(300))") }
            metrics["catchUp"] = Metrics(lines: text)["seconds"]
            metrics.note("\(Int(metrics["count"] ?? 0)) annotations during a catch-up of \(Figure.number(metrics["catchUp"] ?? 0)) s")
            return metrics
        }
        return Row(
            name: "beside", title: "annotator beside a catching-up process on one file", contenders: [ours],
            targets: [.limit(50, "p99", "waits ≤ 50 ms p99")], remark: "one change every 5 ms while another process catches up")
    }
}
