internal import Foundation

/// Redis 7 with a stream, each command on disk before it is answered.
final class Redis {
    /// What is tried, to give it its best.
    static let tunings: [(name: String, words: [String], inFlight: Int)] = [
        ("defaults, 1 pipeline in flight", [], 1),
        ("4 pipelines in flight", [], 4),
        (
            "stream-node-max-entries 1000, max-bytes 0, 4 in flight",
            ["--stream-node-max-entries", "1000", "--stream-node-max-bytes", "0"], 4
        ),
        ("io-threads 2, 4 in flight", ["--io-threads", "2", "--io-threads-do-reads", "yes"], 4),
        (
            "no-appendfsync-on-rewrite, no AOF rewrite, 4 in flight",
            ["--no-appendfsync-on-rewrite", "yes", "--auto-aof-rewrite-percentage", "0"], 4
        ),
    ]

    let child: Child
    let port: Int
    private let folder: String

    init(_ options: Options, tuning: Int, folder: String? = nil) throws {
        self.folder = folder ?? options.folder + "/run/redis"
        try? FileManager.default.removeItem(atPath: self.folder)
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        port = try Ports.free()
        child = try Child(
            [
                "redis-server", "--bind", "127.0.0.1", "--port", "\(port)", "--dir", self.folder, "--appendonly", "yes", "--appendfsync",
                "always", "--save", "", "--daemonize", "no",
            ] + Self.tunings[tuning].words, log: options.folder + "/run/redis.log")
        let start = Clock.nanoseconds()
        while (try? Socket(port: port)) == nil {
            guard child.isRunning, Clock.seconds(since: start) < 30 else { throw BenchFailure("redis-server did not start") }
            Clock.sleep(milliseconds: 5)
        }
    }

    var cpu: Double { Child.cpu(of: Child.family(of: child.pid)) }

    func stop() {
        child.stop(signal: SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }
}
