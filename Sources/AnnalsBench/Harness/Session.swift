internal import Foundation

/// One session: every row that was asked for, the table and the JSON.
struct Session {
    let options: Options

    init(_ options: Options) { self.options = options }

    func run() throws {
        Children.endWithThisProcess()
        try Limits.raise()
        let start = Clock.nanoseconds()
        try FileManager.default.createDirectory(atPath: options.folder + "/run", withIntermediateDirectories: true)
        guard FileManager.default.isExecutableFile(atPath: options.annals) else {
            throw BenchFailure("there is no \(options.annals): build it first (make bench does)")
        }
        var facts = Machine.facts(options)
        for (name, fact) in facts { Console.progress("\(name): \(fact)") }
        let peers = Peers(options)
        let rows = Rows.all(peers)
        let known = Set(rows.map(\.name))
        guard options.rows.isSubset(of: known) else { throw BenchFailure("ROWS knows \(rows.map(\.name).joined(separator: ", "))") }
        let runner = Runner(options)
        for row in rows where options.rows.isEmpty || options.rows.contains(row.name) { runner.run(row) }
        facts += peers.notes
        facts.append(
            ("load at the end", (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.trimmingCharacters(in: .newlines) ?? ""))
        let report = Report(machine: facts, results: runner.results, options: options, seconds: Clock.seconds(since: start))
        Console.print(report.markdown)
        let stamp = Int(Date().timeIntervalSince1970)
        let path = "\(options.folder)/bench-\(stamp).json"
        try Data(report.json).write(to: URL(filePath: path))
        try Data(report.markdown.utf8).write(to: URL(filePath: "\(options.folder)/bench-\(stamp).md"))
        Console.progress("figures: \(path)")
    }
}

/// What the system allows a process.
enum Limits {
    /// As many open files as may be, for rows with thousands of connections.
    static func raise() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
