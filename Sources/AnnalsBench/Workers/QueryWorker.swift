internal import Annals
internal import AnnalsModel
internal import Foundation
internal import GRDBSQLite

/// Every question that the README and `Documentation/replica-file.md` show, asked of the library and of the file.
enum QueryWorker {
    static func run(_ arguments: Arguments) throws -> Metrics {
        let path = try arguments.text("path")
        let replica = try Replica.open(in: path)
        defer { replica.close() }
        let repeats = try arguments.number("count")
        let events = try replica.view().entities(kind: "event", limit: 500).map(\.id)
        guard !events.isEmpty else { throw BenchFailure("the replica has no events") }
        let database = try RawSQLite(path + "/.annals/replica.sqlite", readOnly: true)
        var metrics = Metrics()
        var worst = ("", 0.0)
        for (name, ask) in queries(replica, events, database) {
            var times: [UInt64] = []
            let begin = Clock.nanoseconds()
            for index in 0..<repeats {
                let start = Clock.nanoseconds()
                try ask(index)
                times.append(Clock.nanoseconds() - start)
                // A slow one need not be asked as often.
                if Clock.seconds(since: begin) > 1.5 { break }
            }
            var found = Metrics()
            found.latencies(times.sorted())
            let p99 = found["p99"] ?? 0
            metrics["library." + name] = p99
            metrics.note("\(name) \(Figure.number(p99)) ms (p50 \(Figure.number(found["p50"] ?? 0)))")
            if p99 > worst.1 { worst = (name, p99) }
        }
        metrics["p99"] = worst.1
        metrics.note("the slowest is \(worst.0)")
        return metrics
    }

    private static func queries(
        _ replica: Replica, _ events: [ItemID], _ database: RawSQLite
    ) -> [(String, (Int) throws -> Void)] {
        func sql(_ text: String) -> (Int) throws -> Void {
            { _ in
                let statement = try database.prepare(text)
                defer { sqlite3_finalize(statement) }
                while sqlite3_step(statement) == SQLITE_ROW {}
            }
        }
        func month(_ index: Int) -> (String, String) {
            let month = 1 + index % 12
            let text = (month < 10 ? "0" : "") + "\(month)"
            return ("202\(index % 5)-\(text)-01", "202\(index % 5)-\(text)-28")
        }
        let words = ["peace process", "ceasefire", "embassy declaration", "zangor"]
        return [
            ("view", { _ in _ = try replica.view() }),
            (
                "show",
                { index in
                    let view = try replica.view()
                    let entity = try view.entity(events[index % events.count])
                    if let entity { _ = view.conflicts(of: entity) }
                }
            ),
            (
                "about-an-item",
                { index in
                    let view = try replica.view()
                    for kind in ["citation", "note"] {
                        _ = try view.entities(kind: kind, where: .names(events[index % events.count]))
                    }
                }
            ),
            (
                "find-by-handle",
                { index in
                    let view = try replica.view()
                    _ = try view.find(try view.handle(of: events[index % events.count]))
                }
            ),
            (
                "list-of-a-month",
                { index in
                    let (from, to) = month(index)
                    _ = try replica.view().entities(kind: "event", where: .overlaps("when", from: from, to: to), limit: 50)
                }
            ),
            (
                "list-by-tag",
                { _ in
                    _ = try replica.view().entities(kind: "event", where: .equals("tags", "peace-process"), limit: 50)
                }
            ),
            ("list-by-updated", { _ in _ = try replica.view().entities(kind: "event", order: .updated, limit: 50) }),
            ("search", { index in _ = try replica.view().search(words[index % words.count], limit: 50) }),
            ("conflicts", { _ in _ = try replica.conflicts() }),
            ("status", { _ in _ = try replica.status() }),
            ("log-of-an-item", { index in _ = try replica.history(of: events[index % events.count], through: nil) }),
            (
                "sql-events-of-days",
                sql(
                    "SELECT handle, title, when_edtf FROM events WHERE when_earliest <= '2025-08-08' AND when_latest >= '2025-08-07'")
            ),
            ("sql-conflicts", sql("SELECT handle, field, value, \"by\" FROM conflicts")),
            ("sql-log", sql("SELECT seq, received, author, why FROM log LIMIT 20")),
            ("sql-search", sql("SELECT handle FROM search JOIN handles USING (id) WHERE search MATCH 'zangor'")),
        ]
    }

    /// The verbs as a person types them; those that show the whole record are told apart.
    static let verbs: [(name: String, words: [String], isPage: Bool)] = [
        ("status", ["status"], true), ("show", ["show", "HANDLE"], true),
        ("list-month", ["list", "event", "--since", "2025-08", "--until", "2025-08-31", "--limit", "50"], true),
        ("list-tag", ["list", "event", "--tag", "peace-process", "--json"], true),
        ("search", ["search", "zangor"], true), ("conflicts", ["conflicts"], true), ("log-limit", ["log", "--limit", "5"], true),
        ("log-item", ["log", "HANDLE", "--json"], true), ("list", ["list"], false), ("log", ["log"], false),
    ]
}
