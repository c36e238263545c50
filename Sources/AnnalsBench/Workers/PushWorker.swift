/// Pushes a workload over sockets: to Annals, its floor, Redis or PostgreSQL.
enum PushWorker {
    static func run(_ arguments: Arguments) throws -> Metrics {
        let (port, connections) = (try arguments.number("port"), try arguments.number("connections"))
        let (changes, perPush) = (try arguments.number("changes"), try arguments.number("per"))
        let inFlight = arguments.number("inflight", or: 1)
        var sockets: [Socket] = []
        var base: (seq: Int, hash: UInt64?) = (0, nil)
        let dialect: any Dialect
        switch try arguments.text("target") {
        case "annals":
            let group = arguments.text("replicas", or: "bench")
            dialect = AnnalsDialect(group: group)
            for index in 0..<connections {
                let connection = try AnnalsConnection(port: port, user: PushPlan.user(index), replica: PushPlan.replica(index, of: group))
                sockets.append(connection.socket)
                base = (connection.seq, connection.hash)
            }
        case "bytes":
            dialect = AnnalsDialect()
            for _ in 0..<connections { sockets.append(try Socket(port: port)) }
        case "redis":
            dialect = RedisDialect()
            for _ in 0..<connections { sockets.append(try Socket(port: port)) }
        case "postgres":
            dialect = PostgresDialect(perPush: perPush)
            for _ in 0..<connections { sockets.append(try PostgresSession(port: port).socket) }
        case let name: throw BenchFailure("no target \(name)")
        }
        // What is pushed is ready before the clock starts; each session writes from the end of the log that it was shown.
        let plan = PushPlan.make(connections: connections, changes: changes, base: base, seed: Workload.seed &+ UInt64(base.seq))
        if dialect is PostgresDialect { try prepare(sockets, plan, perPush) }
        let load = Load(sockets, plan, dialect, perPush: perPush, inFlight: inFlight)
        let pace = arguments.number("pace", or: 0)
        if pace > 0 { load.pace(changesPerSecond: Double(pace)) }
        let result = try load.run()
        var metrics = Metrics([
            "rate": Double(result.changes) / result.seconds, "seconds": result.seconds, "clientCPU": result.clientCPU,
            "pause": Double(result.longestPause) / 1e6, "megabytes": Double(plan.byteCount) / 1e6,
        ])
        metrics.latencies(result.latencies)
        return metrics
    }

    /// The statement of a full push, and of the last one of each connection.
    private static func prepare(_ sockets: [Socket], _ plan: PushPlan, _ perPush: Int) throws {
        for (index, socket) in sockets.enumerated() {
            let session = PostgresSession(socket)
            let rest = plan.lanes[index].count % perPush
            for rows in Set([perPush, rest]) where rows > 0 { try session.prepareInsert("i\(rows)", rows: rows) }
        }
    }
}
