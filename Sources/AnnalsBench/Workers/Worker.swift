internal import Foundation

/// One contender's part of a run, in a process of its own, so that its CPU and memory are its own.
enum Worker {
    /// Runs a worker and gives what it measured.
    static func run(_ options: Options, _ name: String, _ arguments: [String: Any], server: [pid_t] = []) throws -> Metrics {
        let before = Child.cpu(of: server)
        let words = arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let child = try Child([options.itself, "worker", name] + words)
        let text = child.readAll()
        let end = child.wait()
        guard end.code == 0 else { throw BenchFailure("worker \(name) ended with \(end.code): \(text.suffix(500))") }
        var metrics = Metrics(lines: text)
        if !server.isEmpty { metrics["serverCPU"] = Child.cpu(of: server) - before }
        metrics["workerPeakMB"] = Double(end.usage.ru_maxrss) / 1024
        return metrics
    }

    /// What a worker process does.
    static func main(_ words: [String]) async throws -> Metrics {
        let arguments = Arguments(Array(words.dropFirst()))
        switch words.first {
        case "push": return try PushWorker.run(arguments)
        case "rows": return try RowsWorker.run(arguments)
        case "bytes":
            let server = try BytesAndHashes(path: try arguments.text("path"))
            Console.print("\(server.port)")
            server.run()
        case "clone": return try await ReplicaWorkers.clone(arguments)
        case "sync": return try await ReplicaWorkers.sync(arguments)
        case "annotate": return try ReplicaWorkers.annotate(arguments)
        case "raw": return try RawReplicaWorker.run(arguments)
        case "each-row": return try RawReplicaWorker.eachRow(arguments)
        case "watch": return try await ObserveWorkers.watch(arguments)
        case "author": return try await ObserveWorkers.author(arguments)
        case "relay": return try BareRelay.relay(arguments)
        case "bare-watch": return try BareRelay.watch(arguments)
        case "bare-author": return try BareRelay.author(arguments)
        case "asof": return try ObserveWorkers.asOf(arguments)
        case "query": return try QueryWorker.run(arguments)
        case "arithmetic": return try Pulse.arithmetic(milliseconds: arguments.number("milliseconds"), count: arguments.number("count"))
        case "fanout": return try LiveWorkers.fanOut(arguments)
        case "idle": return try LiveWorkers.idle(arguments)
        case "pull": return try LiveWorkers.pull(arguments)
        case "xrange": return try ScanWorkers.xrange(arguments)
        case "fill": return try ScanWorkers.fill(arguments)
        case "scan": return try ScanWorkers.scan(arguments)
        case "fold": return try FoldWorker.run(arguments)
        case let name: throw BenchFailure("no worker \(name ?? "")")
        }
    }
}
