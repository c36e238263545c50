internal import Foundation

/// Many live connections.
enum LiveWorkers {
    private static func live(_ port: Int, _ index: Int) throws -> Socket {
        let connection = try AnnalsConnection(port: port, user: PushPlan.user(index), replica: "reader-\(index)")
        try connection.socket.send(AnnalsConnection.pull(after: connection.seq, live: true))
        try AnnalsConnection.expect("caughtUp", connection.socket.line())
        return connection.socket
    }

    /// Readers, some of which never read; says `ready`, and ends when all others have the entry `through`.
    static func fanOut(_ arguments: Arguments) throws -> Metrics {
        let (port, through) = (try arguments.number("port"), try arguments.number("through"))
        let stalled = try (0..<arguments.number("stalled")).map { try live(port, $0) }
        let count = try arguments.number("readers")
        let readers = Readers(try (0..<count).map { try live(port, 1000 + $0) })
        Console.print("ready")
        var (start, done, cpu) = (UInt64(0), 0, 0.0)
        while done < count {
            guard try readers.read(milliseconds: 30_000, { _, seq in if seq >= through { done += 1 } }) else {
                throw BenchFailure("no entries for 30 seconds; \(done) of \(count) readers have all")
            }
            if start == 0 {
                start = Clock.nanoseconds()
                cpu = Clock.cpu()
            }
        }
        let seconds = Clock.seconds(since: start)
        return Metrics([
            "rate": Double(count * through) / seconds, "seconds": seconds, "clientCPU": Clock.cpu() - cpu,
            "megabytes": Double(readers.byteCount) / 1e6, "stalled": Double(stalled.count),
        ])
    }

    /// Idle connections; then single changes, and how long each takes to reach every one of them.
    static func idle(_ arguments: Arguments) throws -> Metrics {
        let (port, count) = (try arguments.number("port"), try arguments.number("connections"))
        let server = pid_t(try arguments.number("server"))
        let writer = try AnnalsConnection(port: port, user: "coder-0", replica: PushPlan.replica(0))
        _ = try live(port, 0)
        let before = Child.anonymousKilobytes(of: server)
        let readers = Readers(try (0..<count).map { try live(port, $0) })
        Clock.sleep(milliseconds: 300)
        let after = Child.anonymousKilobytes(of: server)
        let plan = PushPlan.make(connections: 1, changes: arguments.number("changes", or: 10))
        var latencies: [UInt64] = []
        let (begin, cpu) = (Clock.nanoseconds(), Clock.cpu())
        for index in 0..<plan.count {
            let push = AnnalsDialect().push(plan.lanes[0], index..<(index + 1), connection: 0)
            let (start, before) = (Clock.nanoseconds(), latencies.count)
            try writer.socket.send(push)
            while latencies.count < before + count {
                let came = try readers.read(milliseconds: 10_000) { _, _ in latencies.append(Clock.nanoseconds() - start) }
                guard came else { throw BenchFailure("a change did not reach \(count - (latencies.count - before)) connections") }
            }
            try AnnalsConnection.expect("ack", writer.socket.line())
        }
        var metrics = Metrics([
            "kilobytes": Double(after - before) / Double(count), "seconds": Clock.seconds(since: begin), "clientCPU": Clock.cpu() - cpu,
        ])
        metrics.latencies(latencies.sorted())
        return metrics
    }

    /// Pulls the whole log without keeping it.
    static func pull(_ arguments: Arguments) throws -> Metrics {
        let through = try arguments.number("through")
        let connection = try AnnalsConnection(port: try arguments.number("port"), user: "reader-1", replica: "puller")
        let readers = Readers([connection.socket])
        let (start, cpu) = (Clock.nanoseconds(), Clock.cpu())
        try connection.socket.send(AnnalsConnection.pull(after: 0, live: false))
        while readers.seqs[0] < through {
            guard try readers.read(milliseconds: 20_000, { _, _ in }) else { throw BenchFailure("the pull stands still") }
        }
        let seconds = Clock.seconds(since: start)
        return Metrics([
            "rate": Double(through) / seconds, "seconds": seconds, "clientCPU": Clock.cpu() - cpu,
            "megabytes": Double(readers.byteCount) / 1e6,
        ])
    }
}
