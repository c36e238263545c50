internal import Foundation

/// What is made once and kept between runs, in `.build/bench/cache`: logs, and replicas of them.
///
/// The folders' names hold a digest of the code that writes them, so what another version left is made anew.
final class Cache {
    let options: Options
    private let storeVersion: String
    private let replicaVersion: String
    /// Raised when the workload or the builder changes.
    private static let version = 2

    init(_ options: Options) {
        self.options = options
        let environment = ProcessInfo.processInfo.environment
        storeVersion = "\(Self.version)-" + (environment["ANNALS_BENCH_STORE"] ?? "here")
        replicaVersion = storeVersion + "-" + (environment["ANNALS_BENCH_REPLICA"] ?? "here")
    }

    private var folder: String { options.folder + "/cache" }

    /// A million entries, a hundred thousand events; a quick run makes do with a tenth.
    var whole: Int { options.size(1_000_000, quick: 100_000) }
    /// What a catch-up begins with: 300,000 fewer.
    var catchUpStart: Int { whole / 10 * 7 }
    /// What a pull of 100,000 begins with.
    var pullStart: Int { whole / 10 * 9 }

    func log(_ entries: Int) -> String { "\(folder)/log-\(storeVersion)-\(entries)" }
    var lines: String { "\(folder)/lines-\(storeVersion)-\(whole).jsonl" }
    func replica(_ entries: Int) -> String { "\(folder)/replica-\(replicaVersion)-\(entries)" }
    func peer(_ entries: Int) -> String { "\(folder)/peer-\(replicaVersion)-\(entries).sqlite" }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// The logs of the replica rows; made where they are missing.
    func needLogs() throws {
        if [catchUpStart, pullStart, whole].allSatisfy({ exists(log($0)) }), exists(lines) { return }
        try make("the log of \(whole) entries") {
            var builder = try LogBuilder()
            try builder.build([catchUpStart, pullStart, whole], folder: log, lines: lines)
        }
    }

    /// A log of this length by itself, for the growth row.
    func needLog(_ entries: Int) throws -> String {
        if !exists(log(entries)) {
            try make("a log of \(entries) entries") {
                var builder = try LogBuilder()
                try builder.build([entries], folder: log, lines: nil)
            }
        }
        return log(entries)
    }

    /// A replica of the log so far, made by the product's own clone.
    func needReplica(_ entries: Int) throws -> String {
        try needLogs()
        let path = replica(entries)
        if !exists(path) {
            try make("a replica of \(entries) entries by annals clone") {
                let making = path + ".making"
                try? FileManager.default.removeItem(atPath: making)
                let server = try AnnalsServerProcess(options, data: log(entries))
                defer { server.stop() }
                _ = try Worker.run(options, "clone", ["port": server.port, "path": making])
                try FileManager.default.moveItem(atPath: making, toPath: path)
            }
        }
        return path
    }

    private func make(_ what: String, _ body: () throws -> Void) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        Console.progress("    making \(what), to be kept for later runs …")
        let start = Clock.nanoseconds()
        try body()
        Console.progress("    … made in \(Figure.text(Clock.seconds(since: start), "s"))")
    }

    /// A copy to be used up, in `run/`, its bytes on disk so that writing them back does not disturb what is measured.
    func copy(_ path: String, as name: String) throws -> String {
        let target = options.folder + "/run/" + name
        try? FileManager.default.removeItem(atPath: target)
        let child = try Child(["cp", "-r", "--reflink=auto", path, target])
        guard child.wait().code == 0 else { throw BenchFailure("\(path) cannot be copied") }
        sync()
        return target
    }
}
