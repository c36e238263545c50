/// The peer of clone and catch-up, in a process of its own.
enum RawReplicaWorker {
    static func run(_ arguments: Arguments) throws -> Metrics {
        let path = try arguments.text("path")
        let (from, through) = (arguments.number("from", or: 0), try arguments.number("through"))
        let lines = try MappedLines(arguments.text("lines"))
        let bytes = lines.lines(after: from, through: through)
        let batch = arguments.number("batch", or: 0)
        let (start, cpu) = (Clock.nanoseconds(), Clock.cpu())
        let peer = try RawReplica(
            path, model: from == 0 ? try arguments.text("model") : nil, batch == 0 ? .none : .log, tuning: arguments.number("tuning", or: 0)
        )
        try peer.apply(bytes, batch: batch == 0 ? nil : batch)
        let seconds = Clock.seconds(since: start)
        return Metrics(["seconds": seconds, "rate": Double(through - from) / seconds, "clientCPU": Clock.cpu() - cpu])
    }

    /// The rows of a finished replica, each written once.
    static func eachRow(_ arguments: Arguments) throws -> Metrics {
        let rows = try FinalRows(try arguments.text("path"), of: try arguments.text("replica"))
        let entries = try Double(arguments.number("through"))
        return Metrics(["seconds": rows.seconds, "rate": entries / rows.seconds, "clientCPU": rows.cpu])
    }
}
