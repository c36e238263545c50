internal import Foundation
internal import GRDBSQLite

/// What the figures were measured on.
enum Machine {
    static func facts(_ options: Options) -> [(String, String)] {
        var facts = [
            ("CPU", processor), ("cores", "\(sysconf(Int32(_SC_NPROCESSORS_ONLN)))"), ("memory", memory), ("kernel", kernel),
            ("disk", output(["findmnt", "-n", "-o", "SOURCE,FSTYPE,OPTIONS", "-T", options.folder])),
            ("system", system), ("Swift", firstLine(output(["swift", "--version"]))), ("SQLite", String(cString: sqlite3_libversion())),
            ("libuv", output(["dpkg-query", "-W", "-f=${Version}", "libuv1-dev"])),
        ]
        if options.hasPeers {
            facts.append(("Redis", output(["redis-server", "--version"])))
            facts.append(("PostgreSQL", output([Postgres.programs + "/postgres", "--version"])))
        }
        facts.append(("load at the start", firstLine(file("/proc/loadavg"))))
        facts.append(("runs", "\(options.runs) counted after a warm-up, contenders by turns; median (min–max); ratios run by run"))
        facts.append(("workload", workload))
        return facts
    }

    private static var workload: String {
        let plan = PushPlan.make(connections: 12, changes: 20_000)
        let sizes = plan.lanes.flatMap { lane in (0..<lane.count).map { Double(lane.range($0).count - 1) } }.sorted()
        let mean = sizes.reduce(0, +) / Double(sizes.count)
        func at(_ share: Double) -> Int { Int(sizes[Int(Double(sizes.count - 1) * share)]) }
        return "seed \(Workload.seed); change lines of \(Int(mean)) bytes in the mean (p10 \(at(0.1)), p50 \(at(0.5)), p90 \(at(0.9)), "
            + "max \(at(1))), ten to an event"
    }

    private static var processor: String {
        let line = file("/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") } ?? ""
        return line.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }

    private static var memory: String {
        let line = file("/proc/meminfo").split(separator: "\n").first ?? ""
        return "\((Int(line.filter(\.isNumber)) ?? 0) >> 20) GB"
    }

    private static var kernel: String { firstLine(file("/proc/sys/kernel/osrelease")) }

    private static var system: String {
        let line = file("/etc/os-release").split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") } ?? ""
        return line.dropFirst(12).replacingOccurrences(of: "\"", with: "")
    }

    private static func file(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    private static func firstLine(_ text: String) -> String { text.split(separator: "\n").first.map(String.init) ?? "" }

    private static func output(_ words: [String]) -> String {
        guard let child = try? Child(words) else { return "unknown" }
        let text = child.readAll()
        child.wait()
        return text.split(separator: "\n").first.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }
}
