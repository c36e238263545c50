internal import Foundation

/// Writes the same lines to a file of its own: raw SQLite, or the floor.
enum RowsWorker {
    static func run(_ arguments: Arguments) throws -> Metrics {
        let (path, batch) = (try arguments.text("path"), try arguments.number("batch"))
        let plan = PushPlan.make(connections: try arguments.number("connections"), changes: try arguments.number("changes"))
        let lines = plan.lanes.flatMap { lane in (0..<lane.count).map { lane.bytes($0..<$0 + 1) } }
        var times: [UInt64] = []
        var cpu = 0.0
        switch try arguments.text("target") {
        case "sqlite":
            let database = try RawSQLiteLog.open(path, tuning: arguments.number("tuning", or: 0))
            cpu = Clock.cpu()
            times = try RawSQLiteLog.write(lines, to: database, batch: batch)
            cpu = Clock.cpu() - cpu
            guard try database.integer("SELECT count(*) FROM log") == lines.count else { throw BenchFailure("rows are missing") }
        case "fdatasync":
            cpu = Clock.cpu()
            times = try Fdatasync.write(lines, to: path, batch: batch)
            cpu = Clock.cpu() - cpu
        case let name: throw BenchFailure("no target \(name)")
        }
        for end in ["", "-wal", "-shm"] { unlink(path + end) }
        let seconds = Double(times.reduce(0, +)) / 1e9
        var metrics = Metrics(["rate": Double(lines.count) / seconds, "seconds": seconds, "clientCPU": cpu])
        metrics.latencies(times.sorted())
        return metrics
    }
}
