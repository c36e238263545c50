internal import Annals
internal import AnnalsModel
internal import Foundation

/// Two live replicas: one records, the other one watches.
enum ObserveWorkers {
    /// A live replica, caught up.
    private static func live(_ arguments: Arguments, user: String) async throws -> (Replica, Task<Void, any Error>) {
        let path = try arguments.text("path")
        let address = try ReplicaWorkers.address(arguments)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let replica = try Replica.create(in: path, user: ReplicaWorkers.name(user), workspace: address.workspace)
        let (caughtUp, note) = AsyncStream<Void>.makeStream()
        let task = Task {
            _ = try await replica.sync(with: address, live: true) { progress in
                if case .caughtUp = progress { note.yield() }
            }
        }
        for await _ in caughtUp { break }
        return (replica, task)
    }

    /// Watches until it has seen so many changes; prints when it saw how far the log had come.
    static func watch(_ arguments: Arguments) async throws -> Metrics {
        let (replica, task) = try await live(arguments, user: "reader-1")
        let through = Int64(try arguments.number("through"))
        Console.print("ready")
        var seen: [(Int64, UInt64)] = []
        for try await seq in replica.observe({ $0.base.seq }) {
            seen.append((seq, Clock.nanoseconds()))
            if seq >= through { break }
        }
        task.cancel()
        Console.print(seen.map { "seen \($0.0) \($0.1)" }.joined(separator: "\n"))
        return Metrics()
    }

    /// Records a change every so many milliseconds; prints when it began each.
    static func author(_ arguments: Arguments) async throws -> Metrics {
        let (replica, task) = try await live(arguments, user: "coder-1")
        var made: [UInt64] = []
        for number in 1...(try arguments.number("count")) {
            let view = try replica.view()
            let start = Clock.nanoseconds()
            try replica.record(from: view) { edit in
                _ = try edit.create("event", fields: [("title", .string("Observed change number \(number)"))])
            }
            made.append(start)
            try await Task.sleep(for: .milliseconds(20))
        }
        // The last one must have gone out before this ends.
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        Console.print(made.map { "made \($0)" }.joined(separator: "\n"))
        return Metrics()
    }

    /// The past in the middle of the log, and all of it.
    static func asOf(_ arguments: Arguments) throws -> Metrics {
        let replica = try Replica.open(in: try arguments.text("path"))
        defer { replica.close() }
        let end = try replica.status().have
        let cpu = Clock.cpu()
        let whole = try Clock.measure { _ = try replica.view(asOf: .seq(end)) }
        let middle = try Clock.measure { _ = try replica.view(asOf: .seq(end / 2)) }
        return Metrics([
            "middle": middle, "whole": whole, "ratio": middle / (whole / 2), "seconds": whole + middle, "clientCPU": Clock.cpu() - cpu,
        ])
    }
}
