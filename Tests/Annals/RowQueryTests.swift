import AnnalsModel
import GRDB
import Testing

@testable import Annals

/// A list costs what it shows, and shows the same whichever way its rows were found.
@Suite struct RowQueryTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let dates = [
        "2025-08-08", "[2025-08-07..2025-08-08]", "2025-08", "2025", "2024-12-30/2025-01-02", "2024/..", "../2025-01-01", "-0044",
        "Y12025", "1999", "2025-12-31", "2026-01-01",
    ]

    private func made() throws -> Replica {
        let replica = try Replica.test(folder, "r")
        for (number, date) in Self.dates.enumerated() {
            try replica.quickly {
                try $0.create(
                    "event",
                    fields: [
                        ("title", .string("e\(number)")), ("when", ["edtf": .string(date)]),
                        ("tags", number % 2 == 0 ? ["tripp", "x"] : ["x"]),
                    ])
            }
        }
        try replica.quickly { try $0.create("event", fields: [("title", "undated"), ("tags", ["x"])]) }
        // Conflicts: a day each, a day and a span, a day and nothing.
        var log = TestLog()
        let other = try Replica.test(folder, "o", user: "bek", seed: 8)
        for each in [replica, other] { try each.meet(log) }
        try replica.push(&log)
        for each in [replica, other] { try each.pull(log) }
        let sides: [(String, String?)] = [("2025-08-08", "1998-01-01"), ("2031-05-01", "2024-12-31/2025-01-01"), ("2025-12-31", nil)]
        for (number, dates) in sides.enumerated() {
            for (each, date) in [(replica, dates.0), (other, dates.1)] {
                let event = try each.view().find("e\(number + 1)").id
                try each.quickly { try $0.set(event, "when", date.map { ["edtf": .string($0)] } ?? .null) }
            }
        }
        for each in [replica, other] { try each.push(&log) }
        for each in [replica, other] { try each.pull(log) }
        #expect(try replica.conflicts().count == 3)
        return replica
    }

    @Test("rows that an index finds are those that a look at every row finds, for spans of days of all kinds")
    func sameRows() throws {
        let replica = try made()
        let view = try replica.view()
        let bounds: [String?] = [nil, "0000-01-01", "1999-06-01", "2024-12-31", "2025-01-01", "2025-08-08", "2025-12-31", "2026-01-01"]
        for from in bounds {
            for to in bounds {
                for filters in [
                    [Filter.overlaps("when", from: from, to: to)], [.overlaps("when", from: from, to: to), .equals("tags", "tripp")],
                ] {
                    for order in [Order.handle, .handle.reversed, .date("when"), .updated] {
                        let query = EntityQuery(kind: "event", filters: filters, order: order, retracted: false, limit: .max)
                        let ways = try [0, 5000].map { fewMax in
                            try replica.store.read { db, _ in
                                var found: [Entity] = []
                                try RowQuery(query: query, schema: replica.store.schema, fewMax: fewMax)
                                    .forEachRecord(db, unchangedSince: nil) {
                                        if query.accepts($0.visible, view.vocabulary) { found.append($0.visible) }
                                        return true
                                    }
                                return found.map { $0.shown("title")?.string ?? "" }
                            }
                        }
                        let all = try view.entities(kind: "event", order: order).filter { query.accepts($0, view.vocabulary) }
                        #expect(ways[0] == all.compactMap { $0.shown("title")?.string }, "\(from ?? "") to \(to ?? "")")
                        #expect(ways[1] == ways[0], "\(from ?? "") to \(to ?? "")")
                    }
                }
            }
        }
    }

    @Test("no index is gone through for the rows of a span of days, but that of dates which are open or cross a year")
    func plan() throws {
        let replica = try made()
        let filter = Filter.overlaps("when", from: "2025-08-01", to: "2025-08-31")
        let schema = replica.store.schema
        let rows = try #require(filter.sql(schema.table("event"), schema.vocabulary)?.rows)
        let plan = try replica.store.read { db, _ in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + rows.selection, arguments: rows.arguments).map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains("kind_event_when_earliest (when_earliest>? AND when_earliest<?)") })
        #expect(plan.contains { $0.contains("kind_event_when_earliest_wide") })
        #expect(plan.allSatisfy { !$0.hasPrefix("SCAN kind_event") || $0.contains("kind_event_when_earliest_wide") })
    }
}
