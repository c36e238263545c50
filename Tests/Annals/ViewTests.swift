import AnnalsCore
import AnnalsModel
import EDTF
import Testing

@testable import Annals

/// A view never shows what its base does not cover.
@Suite struct ViewTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a view goes on showing what it showed, whatever is recorded, confirmed, refused or received", arguments: [UInt64](1...4))
    func stale(seed: UInt64) throws {
        print("seed \(seed)")
        var log = TestLog()
        var dice = Dice(seed)
        let aliya = try Replica.test(folder, "a", seed: seed)
        let bek = try Replica.test(folder, "b", user: "bek", seed: seed &+ 100)
        try aliya.meet(log)
        try bek.meet(log)
        var work = RandomWork(seed &* 13)
        var kept: [(view: View, shown: [String])] = []
        for round in 0..<40 {
            try work.step(aliya)
            try work.step(bek)
            if round % 4 == 0 {
                for row in try aliya.store.outbox(after: 0, of: nil, limit: 2) {
                    if Int.random(in: 0..<6, using: &dice) == 0 {
                        try log.refuse(row, by: aliya.user)
                    } else {
                        log.accept(row, by: aliya.user)
                    }
                    try aliya.store.mark(row.replica, upTo: row.n, .accepted)
                }
                try bek.push(&log)
            }
            if round % 5 == 0 { try aliya.pull(log, batch: 4) }
            if round % 9 == 0 { try bek.pull(log, batch: 4) }
            if kept.count < 3 {
                let view = try aliya.view()
                kept.append((view, try shown(view)))
            }
        }
        for (view, before) in kept { #expect(try shown(view) == before) }
        // And once more, now that what was folded anew is remembered.
        for (view, before) in kept { #expect(try shown(view) == before) }
    }

    /// All that a view can say, by each of its ways.
    private func shown(_ view: View) throws -> [String] {
        var lines: [String] = ["\(view.base)"]
        for kind in view.vocabulary.kinds {
            for entity in try view.entities(kind: kind.name, retracted: true) {
                let line = String(decoding: ExportLine(entity: entity, vocabulary: view.vocabulary).bytes, as: UTF8.self)
                lines.append(line)
                #expect(try view.entity(entity.id) == entity)
                #expect(try view.find(view.handle(of: entity.id)) == entity)
            }
        }
        lines += try view.search("title").map { "\($0.entity.id) \($0.snippet)" }.sorted()
        lines += try view.search("remark").map { "\($0.entity.id)" }.sorted()
        lines += try view.conflicts().map { "\($0.handle).\($0.field) \($0.sides.map(\.stamp.id))" }
        return lines
    }

    @Test("what was pending in a view stays in it when it is refused")
    func refusedSince() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        let event = try replica.quickly { try $0.create("event", fields: [("title", "pending")]) }
        let view = try replica.view()
        try log.refuse(replica.store.outbox(after: 0, of: nil, limit: 1)[0], by: replica.user)
        try replica.pull(log)
        #expect(try replica.view().entity(event) == nil)
        #expect(try view.find("e~1").shown("title") == "pending")
        #expect(try view.entities(kind: "event").map(\.id) == [event])
        #expect(try view.search("pending").map(\.entity.id) == [event])
        // Recorded from the aged view: the person still saw it.
        #expect(failure { try replica.quickly { try $0.set(event, "title", "x") } } == .notFound)
        try replica.record(from: view) { try $0.set(event, "title", "x") }
        #expect(try replica.verify(by: log.signer).problems == [])
    }

    @Test("lists by any order and filter are the same from the file, from a view that has aged, and from the past")
    func queries() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        let other = try Replica.test(folder, "o", user: "bek", seed: 8)
        try replica.meet(log)
        try other.meet(log)
        let dates = ["2025-08-08", "[2025-08-07..2025-08-08]", "2025-08", "2024/..", "-0044", "2025-08-09?", "1999"]
        for (number, date) in dates.enumerated() {
            let from = number % 2 == 0 ? replica : other
            try from.quickly {
                try $0.create(
                    "event",
                    fields: [
                        ("title", .string("e\(9 - number)é")),
                        ("when", ["edtf": .string(date), "basis": number % 3 == 0 ? "stated" : "implied"]),
                        ("tags", number % 2 == 0 ? ["tripp", "x"] : ["x"]), ("coding", ["type": number % 2 == 0 ? "AID" : "AGREE"]),
                    ])
            }
        }
        try replica.quickly { try $0.create("event", fields: [("title", "undated")]) }
        for from in [replica, other] { try from.push(&log) }
        for from in [replica, other] { try from.pull(log) }
        // A conflict: both write the date of e1 without seeing each other.
        let first = try replica.view().find("e1").id
        try replica.quickly { try $0.set(first, "when", ["edtf": "2030-01-01"]) }
        try other.quickly { try $0.set(first, "when", ["edtf": "2031-01-01"]) }
        for from in [replica, other] { try from.push(&log) }
        for from in [replica, other] { try from.pull(log) }

        let fresh = try replica.view()
        let past = try replica.view(asOf: .seq(log.seq))
        let aged = try replica.view()
        try replica.quickly { try $0.set(first, "title", "changed since") }
        try replica.quickly { try $0.create("event", fields: [("title", "new since"), ("tags", ["tripp"])]) }
        let filters: [[Filter]] = [
            [], [.equals("tags", "tripp")], [.equals("coding.type", "AID")], [.equals("when.basis", "stated")],
            [.overlaps("when", from: "2025-08-07", to: "2025-08-07")], [.overlaps("when", from: "2025-08-10", to: nil)],
            [.overlaps("when.edtf", from: nil, to: "1999-06-01")], [.inConflict], [.author(Name("bek")!)],
            [.not(.has("when"))], [.any(.equals("title", "undated"), .equals("tags", "tripp"))],
            [.equals("when.edtf", "2030-01-01")], [.equals("when.edtf", "2031-01-01")],
            [.equals("tags", "tripp"), .overlaps("when", from: nil, to: "2025-01-01")],
        ]
        let expected = [8, 4, 4, 2, 3, 3, 2, 1, 3, 1, 5, 1, 1, 2]
        for (index, filter) in filters.enumerated() {
            for order in [Order.handle, .date("when"), .label, .updated] {
                for order in [order, order.reversed] {
                    for limit in [Int.max, 2] {
                        let lists = try [fresh, past, aged].map {
                            try $0.entities(kind: "event", where: filter, order: order, limit: limit).map(\.id)
                        }
                        #expect(lists[0] == lists[1], "filter \(index)")
                        #expect(lists[0] == lists[2], "filter \(index)")
                        #expect(lists[0].count == min(limit, expected[index]), "filter \(index)")
                    }
                }
            }
        }
        #expect(
            try fresh.entities(kind: "event", order: .date("when")).compactMap { $0.shown("when")?["edtf"]?.string }.prefix(3) == [
                "-0044", "1999", "2024/..",
            ])
    }

    @Test("a view of the past knows what was known then, by seq and by time, and is not recorded from")
    func past() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        let event = try replica.quickly { try $0.create("event", fields: [("title", "first")]) }
        try replica.quickly { try $0.set(event, "title", "second") }
        try replica.push(&log)
        try replica.pull(log)
        try replica.quickly { try $0.set(event, "title", "pending") }
        #expect(try replica.view().find("e1").shown("title") == "pending")
        #expect(try replica.view(asOf: .seq(2)).find("e1").shown("title") == "second")
        let then = try replica.view(asOf: .seq(1))
        #expect(try then.find("e1").shown("title") == "first")
        #expect(then.base == Base(seq: 1, hash: log.heads[1].short))
        #expect(try then.search("first").count == 1)
        #expect(try then.search("second").isEmpty)
        #expect(try replica.view(asOf: .seq(0)).entities(kind: "event").isEmpty)
        let received = try log.entries.map(\.at)
        #expect(try replica.seq(of: .received(received[0])) == 1)
        #expect(try replica.seq(of: .received(received[1].advanced(byMilliseconds: -1))) == 1)
        #expect(try replica.seq(of: .received(received[0].advanced(byMilliseconds: -1))) == 0)
        #expect(try replica.seq(of: .received(received[1])) == 2)
        #expect(failure { try replica.view(asOf: .seq(3)) } == .notFound)
        #expect(failure { try replica.record(from: then) { try $0.set(event, "title", "x") } } == .wrongView)
        let other = try Replica.test(folder, "other", seed: 5)
        #expect(failure { try replica.record(from: other.view()) { try $0.create("event", fields: [("title", "x")]) } } == .wrongView)
    }

    @Test("what is recorded bears the base of the view that was on the screen, not of what came since")
    func base() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        let other = try Replica.test(folder, "o", user: "bek", seed: 8)
        try replica.meet(log)
        try other.meet(log)
        let event = try other.quickly { try $0.create("event", fields: [("title", "x"), ("when", ["edtf": "2025"])]) }
        try other.push(&log)
        try replica.pull(log)
        try other.pull(log)
        let screen = try replica.view()
        try other.quickly { try $0.set(event, "when", ["edtf": "2024"]) }
        try other.push(&log)
        try replica.pull(log)
        // 2024 is here now, but was not on the screen: the two must meet as a conflict.
        try replica.record(from: screen) { try $0.set(event, "when", ["edtf": "2023"]) }
        #expect(try replica.history().last?.change?.base == Base(seq: 1, hash: log.heads[1].short))
        #expect(try replica.conflicts().map(\.field) == ["when"])
        #expect(try replica.conflicts()[0].sides.map { $0.value["edtf"]?.string } == ["2024", "2023"])
        #expect(try screen.find("e1").shown("when")?["edtf"] == "2025")
    }
}
