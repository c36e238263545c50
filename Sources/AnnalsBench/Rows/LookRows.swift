internal import Annals
internal import AnnalsModel
internal import Foundation

/// What a person waits for: another's change, the past, an answer.
struct LookRows {
    let peers: Peers
    let cache: Cache
    private let whole = Whole()

    /// What was measured once in this session.
    private final class Whole {
        var values: [String: Double] = [:]
    }

    init(_ peers: Peers) {
        self.peers = peers
        cache = Cache(peers.options)
    }

    private var options: Options { peers.options }

    var all: [Row] { [pending, observe, asOf, queries] }

    // MARK: Pending changes

    private var waiting: Int { options.size(20_000, quick: 2000) }

    /// A replica with changes that wait, made once.
    private func needPending() throws -> String {
        let path = cache.replica(cache.pullStart) + "-pending-\(waiting)"
        if !FileManager.default.fileExists(atPath: path) {
            let copy = try cache.copy(cache.needReplica(cache.pullStart), as: "pending.making")
            Console.progress("    recording \(waiting) changes that wait, to be kept for later runs …")
            _ = try Worker.run(options, "annotate", ["path": copy, "count": waiting])
            try FileManager.default.moveItem(atPath: copy, toPath: path)
        }
        return path
    }

    private func pull(_ name: String, _ replica: @escaping () throws -> String) -> Contender {
        Contender(name: name, metric: "pulled", unit: "s") { [self] in
            let path = try cache.copy(replica(), as: "pull")
            // The server takes what waits, so it gets a log of its own.
            let server = try AnnalsServerProcess(options, data: cache.copy(cache.log(cache.whole), as: "pull-log"))
            defer { server.stop() }
            return try Worker.run(options, "sync", ["port": server.port, "path": path], server: [server.child.pid])
        }
    }

    var pending: Row {
        let with = pull("Annals", needPending)
        let without = pull("Annals, none pending") { [cache] in try cache.needReplica(cache.pullStart) }
        return Row(
            name: "pending",
            title:
                "pull of \(Figure.number(Double(cache.whole - cache.pullStart))) entries with \(Figure.number(Double(waiting))) changes pending",
            contenders: [with, without],
            targets: [.atMost(1.5, times: "Annals, none pending", "pulled", words: "≤ 1.5 × the same pull with none pending")],
            remark: "until the log as it was at the start is stored; what waits is pushed meanwhile")
    }

    // MARK: Seen elsewhere

    var observe: Row {
        let count = options.size(200, quick: 60)
        let ours = Contender(name: "Annals", metric: "p50", unit: "ms") { [self] in
            let server = try AnnalsServerProcess(options)
            defer { server.stop() }
            for name in ["author", "watcher"] { try? FileManager.default.removeItem(atPath: peers.path(name)) }
            let watcher = try Child([
                options.itself, "worker", "watch", "port=\(server.port)", "path=\(peers.path("watcher"))", "through=\(count)",
            ])
            guard watcher.readLine() == "ready" else { throw BenchFailure("the watcher did not get ready: \(watcher.readAll())") }
            let author = try Child([
                options.itself, "worker", "author", "port=\(server.port)", "path=\(peers.path("author"))", "count=\(count)",
            ])
            return try Self.seen(author, watcher, count)
        }
        let bare = Contender(name: "bytes and commits", metric: "p50", unit: "ms") { [self] in
            func worker(_ words: String...) throws -> Child { try Child([options.itself, "worker"] + words) }
            let relay = try worker("relay", "path=\(peers.path("relay"))")
            defer { relay.stop(signal: SIGKILL) }
            guard let port = Int(relay.readLine()) else { throw BenchFailure("the bare relay did not start") }
            let watcher = try worker("bare-watch", "port=\(port)", "path=\(peers.path("bare-watch.sqlite"))", "count=\(count)")
            guard watcher.readLine() == "ready" else { throw BenchFailure("the bare watcher did not get ready: \(watcher.readAll())") }
            let author = try worker("bare-author", "port=\(port)", "path=\(peers.path("bare-author.sqlite"))", "count=\(count)")
            return try Self.seen(author, watcher, count)
        }
        let push = Peers.Push(connections: 1, perPush: 1, inFlight: 1, changes: options.size(2000, quick: 400))
        var lone = peers.annals(push, metric: "p50", unit: "ms")
        lone.name = "Annals, lone ack"
        return Row(
            name: "observe", title: "annotate → seen by another live replica's observer, p50", contenders: [ours, lone, bare],
            targets: [.atMost(3, times: "Annals, lone ack", "p50", words: "≤ 3 × the lone ack p50")],
            remark: "\(count) changes a run, one every 20 ms, two processes; from the call of record to the observer's value; "
                + "bytes and commits: the same way through two SQLite commits and a synced file, and nothing else")
    }

    /// How long each of an author's changes took until the watcher saw it.
    private static func seen(_ author: Child, _ watcher: Child, _ count: Int) throws -> Metrics {
        let made = numbers(author.readAll(), "made").map { $0[0] }
        guard author.wait().code == 0, made.count == count else { throw BenchFailure("the author failed") }
        let seen = numbers(watcher.readAll(), "seen")
        watcher.wait()
        // The k-th change is entry k, since nobody else writes.
        let times = made.enumerated().compactMap { index, time in
            seen.first { $0[0] >= UInt64(index + 1) }.map { $0[1] > time ? $0[1] - time : 0 }
        }
        guard times.count == count else { throw BenchFailure("only \(times.count) of \(count) changes were seen") }
        var metrics = Metrics()
        metrics.latencies(times.sorted())
        return metrics
    }

    private static func numbers(_ text: String, _ word: String) -> [[UInt64]] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.first.map(String.init) == word ? words.dropFirst().compactMap { UInt64($0) } : nil
        }
    }

    // MARK: The past

    var asOf: Row {
        let ours = Contender(name: "Annals", metric: "middle", unit: "s") { [self] in
            try Worker.run(options, "asof", ["path": cache.needReplica(cache.whole)])
        }
        return Row(
            name: "as-of", title: "as-of at the middle of \(Figure.number(Double(cache.whole))) entries", contenders: [ours],
            targets: [.limit(1.2, "ratio", "≤ 1.2 × half of a full fold")])
    }

    // MARK: Questions

    var queries: Row {
        let library = Contender(name: "library", metric: "p99", unit: "ms") { [self] in
            try Worker.run(options, "query", ["path": cache.needReplica(cache.whole), "count": options.size(100, quick: 20)])
        }
        let program = Contender(name: "process", metric: "slowest", unit: "ms") { [self] in try verbs() }
        // As long as the slower queries usually take.
        let arithmetic = Contender(name: "arithmetic of 15 ms", metric: "p99", unit: "ms") { [options] in
            try Worker.run(options, "arithmetic", ["milliseconds": 15, "count": 600])
        }
        return Row(
            name: "queries", title: "every query of the README on \(Figure.number(Double(cache.whole / 10))) events",
            contenders: [library, program, arithmetic],
            targets: [
                .limit(50, "p99", "≤ 50 ms p99 in the library (the slowest query)", of: "library"),
                .limit(80, "slowest", "≤ 80 ms for the whole cold process (p90 of the slowest verb)", of: "process"),
                Target(
                    text: "annals list and annals log without a limit: the whole record, in ms, published",
                    check: .published("process", "all")),
            ])
    }

    /// Each verb as a process of its own, from its start to its end.
    private func verbs() throws -> Metrics {
        let path = try cache.needReplica(cache.whole)
        let replica = try Replica.open(in: path)
        let view = try replica.view()
        let handle = try view.entities(kind: "event", limit: 50).last.map { try view.handle(of: $0.id) } ?? "e3"
        replica.close()
        var metrics = Metrics()
        var worst = ("", 0.0)
        for verb in QueryWorker.verbs {
            var times: [UInt64] = []
            let log = peers.path("verb.log")
            // What shows the whole record takes its time: once in a session.
            if !verb.isPage, let known = whole.values[verb.name] {
                metrics["all"] = max(metrics["all"] ?? 0, known)
                continue
            }
            for _ in 0..<(verb.isPage ? options.size(20, quick: 8) : 1) {
                unlink(log)
                let start = Clock.nanoseconds()
                let child = try Child([options.annals] + verb.words.map { $0 == "HANDLE" ? handle : $0 }, folder: path, log: log)
                let code = child.wait().code
                times.append(Clock.nanoseconds() - start)
                guard code == 0 || code == 4 else { throw BenchFailure("annals \(verb.words.joined(separator: " ")) ended with \(code)") }
                if times.reduce(0, +) > 2_500_000_000 { break }
            }
            times.sort()
            let p90 = Double(times[min(times.count - 1, times.count * 9 / 10)]) / 1e6
            metrics["process." + verb.name] = p90
            metrics.note("annals \(verb.words.joined(separator: " ")) \(Figure.number(p90)) ms")
            if !verb.isPage {
                whole.values[verb.name] = p90
                metrics["all"] = max(metrics["all"] ?? 0, p90)
            } else if p90 > worst.1 {
                worst = (verb.name, p90)
            }
        }
        metrics["slowest"] = worst.1
        return metrics
    }
}
