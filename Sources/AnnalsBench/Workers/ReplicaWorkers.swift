internal import Annals
internal import AnnalsModel
internal import Foundation

/// What a replica does, with the library, in a process of its own.
enum ReplicaWorkers {
    static func name(_ text: String) throws -> Name {
        guard let name = Name(text) else { throw BenchFailure("\(text) is no name") }
        return name
    }

    static func address(_ arguments: Arguments) throws -> ServerAddress {
        ServerAddress(
            .tcp(host: "127.0.0.1", port: UInt16(try arguments.number("port"))), workspace: try name(AnnalsConnection.workspace))
    }

    /// Makes a replica from a server, as `annals clone` does.
    static func clone(_ arguments: Arguments) async throws -> Metrics {
        let path = try arguments.text("path")
        let address = try address(arguments)
        let user = try name("reader-1")
        return try await syncing {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            return try Replica.create(in: path, user: user, workspace: address.workspace, server: address.description)
        }
    }

    /// Brings a replica to the end of the log.
    static func sync(_ arguments: Arguments) async throws -> Metrics {
        let path = try arguments.text("path")
        return try await syncing(with: try address(arguments)) { try Replica.open(in: path) }
    }

    private static func syncing(with address: ServerAddress? = nil, _ open: () throws -> Replica) async throws -> Metrics {
        let (start, cpu) = (Clock.nanoseconds(), Clock.cpu())
        let replica = try open()
        let before = try replica.status().have
        let target = Arrival()
        let summary = try await replica.sync(with: address) { target.note($0, start) }
        let synced = Clock.seconds(since: start)
        replica.close()
        let seconds = Clock.seconds(since: start)
        let entries = Double(summary.have - before)
        return Metrics([
            "seconds": seconds, "synced": synced, "rate": entries / seconds, "entries": entries, "have": Double(summary.have),
            "clientCPU": Clock.cpu() - cpu, "reports": Double(target.reports), "pulled": target.seconds,
        ])
    }

    /// When the log as it was at the beginning had been stored.
    private final class Arrival: Sendable {
        private let state = NSLock()
        // Only touched while `state` is held.
        private nonisolated(unsafe) var count = 0
        // Only touched while `state` is held.
        private nonisolated(unsafe) var end: Int64?
        // Only touched while `state` is held.
        private nonisolated(unsafe) var arrived = 0.0

        var reports: Int { state.withLock { count } }
        var seconds: Double { state.withLock { arrived } }

        func note(_ progress: SyncProgress, _ start: UInt64) {
            guard case .received(let have, let all) = progress else { return }
            state.withLock {
                count += 1
                if end == nil { end = all }
                if arrived == 0, have >= end ?? .max { arrived = Clock.seconds(since: start) }
            }
        }
    }

    /// Records small changes one after the other, and says how long each call took.
    static func annotate(_ arguments: Arguments) throws -> Metrics {
        let replica = try Replica.open(in: try arguments.text("path"))
        defer { replica.close() }
        let count = try arguments.number("count")
        let pause = arguments.number("pause", or: 0)
        let events = try replica.view().entities(kind: "event", order: .updated, limit: 2000).map(\.id)
        guard !events.isEmpty else { throw BenchFailure("the replica has no events") }
        let words = Words()
        var random = BenchRandom(seed: UInt64(arguments.number("seed", or: 9)))
        var times: [UInt64] = []
        let (start, cpu) = (Clock.nanoseconds(), Clock.cpu())
        let other = pid_t(arguments.number("while", or: 0))
        while other > 0 ? Child.isRunning(other) : times.count < count {
            let view = try replica.view()
            let event = events[random.below(events.count)]
            let before = Clock.nanoseconds()
            try record(replica, view, event, words, &random)
            times.append(Clock.nanoseconds() - before)
            if pause > 0 { Clock.sleep(milliseconds: pause) }
        }
        var metrics = Metrics(["seconds": Clock.seconds(since: start), "clientCPU": Clock.cpu() - cpu, "count": Double(times.count)])
        metrics.latencies(times.sorted())
        return metrics
    }

    /// A change as people make them: a note, a tag, a judgment or a summary, some with texts that are searched by.
    static func record(_ replica: Replica, _ view: View, _ event: ItemID, _ words: Words, _ random: inout BenchRandom) throws {
        var text = ByteText()
        words.sentence(12, &random, into: &text)
        let sentence = String(decoding: text.bytes, as: UTF8.self)
        let choice = random.below(4)
        try replica.record(from: view) { edit in
            switch choice {
            case 0: _ = try edit.create("note", fields: [("target", .string(event.raw)), ("text", .string(sentence))])
            case 1: try edit.add(event, "tags", .string(String(sentence.prefix(24))))
            case 2:
                try edit.code(
                    event, "coding",
                    .object([("type", .string("SUPPORT")), ("contexts", .array(["diplomatic"])), ("note", .string(sentence))]))
            default: try edit.set(event, "summary", .string(sentence))
            }
        }
    }
}
