import AnnalsModel
import Testing

@testable import Annals

@Suite("What changed between two points, and what was written by a time")
struct DifferenceTests {
    let folder: TemporaryFolder
    private let aliya: Replica
    private let bek: Replica
    private var log = TestLog()

    init() throws {
        folder = try TemporaryFolder()
        aliya = try Replica.test(folder, "a")
        bek = try Replica.test(folder, "b", user: "bek", seed: 2)
        for replica in [aliya, bek] { try replica.meet(log) }
    }

    private mutating func exchange() throws {
        for replica in [aliya, bek] { try replica.push(&log) }
        for replica in [aliya, bek] { try replica.pull(log) }
    }

    /// Each difference in a line: what became of the item, its title, its fields.
    private func said(_ differences: [ItemDifference]) -> [String] {
        differences.map { difference in
            let fields = difference.fields.map { field in
                let author = field.author.map { "(\($0))" } ?? ""
                return "\(field.field)\(author) \(field.before.count)→\(field.after.count)"
            }
            return ([difference.fate.rawValue, difference.item.shown("title")?.string ?? ""] + fields).joined(separator: " ")
        }
    }

    @Test("a difference says what came, what went, what is said otherwise, and which conflict opened; what went to and fro is none")
    mutating func differences() throws {
        let (one, two) = try aliya.quickly { edit in
            (
                try edit.create("event", fields: [("title", "one"), ("when", ["edtf": "2025-08-07"]), ("tags", ["a", "b"])]),
                try edit.create("event", fields: [("title", "two")])
            )
        }
        try exchange()
        let start = log.seq
        #expect(try said(aliya.differences(from: .seq(0), to: .seq(start))).map { $0.prefix(8) } == ["made one", "made two"])
        #expect(try aliya.differences(from: .seq(start)).isEmpty)
        try aliya.quickly { edit in
            try edit.set(one, "when", ["edtf": "2025-08-08"])
            try edit.remove(one, "tags", values: ["a"])
            try edit.add(one, "tags", "c")
            try edit.add(one, "tags", "d")
            try edit.code(one, "coding", ["type": "AID"])
            try edit.set(two, "title", "zwei")
            _ = try edit.create("event", fields: [("title", "three")])
        }
        try bek.quickly { try $0.set(one, "when", ["edtf": "2025-08-09"]) }
        try aliya.quickly { try $0.set(two, "title", "two") }
        #expect(try said(aliya.differences(from: .seq(start))).contains("made three title 0→1"), "pending changes count")
        try exchange()
        let middle = log.seq
        for replica in [aliya, bek] {
            #expect(
                try said(replica.differences(from: .seq(start))) == [
                    "kept one when 1→2 tags 1→2 coding(aliya) 0→1", "made three title 0→1",
                ])
        }
        try aliya.quickly { try $0.retract(two) }
        try exchange()
        #expect(try said(aliya.differences(from: .seq(middle))) == ["retracted two"])
        #expect(failure { try aliya.differences(from: .seq(log.seq), to: .seq(middle)) } == .usage)
    }

    @Test("what is appended again is said again, and is a difference")
    mutating func appended() throws {
        let post: Value = ["office": "Minister"]
        let actor = try aliya.quickly { try $0.create("actor", fields: [("names", ["text": "One"]), ("posts", post)]) }
        try exchange()
        let start = log.seq
        try bek.quickly { try $0.append(actor, "posts", post) }
        try exchange()
        #expect(try aliya.differences(from: .seq(start)).first?.fields.first?.after == [post])
    }

    @Test("work that was written before and synced after is there by its author's clock, and not by the server's receipt")
    mutating func written() throws {
        // The log's own time is long after both clocks; aliya writes first and syncs last.
        let early = try aliya.quickly { try $0.create("event", fields: [("title", "written first")]) }
        for _ in 0..<10 { _ = try bek.quickly { try $0.create("event", fields: [("title", "tick")]) } }
        let late = try bek.quickly { try $0.create("event", fields: [("title", "written last")]) }
        try bek.push(&log)
        try aliya.push(&log)
        for replica in [aliya, bek] { try replica.pull(log) }
        let first = try #require(aliya.history().first { $0.change?.entities.contains(early) == true })
        let instant = try #require(first.change?.at)
        #expect(first.seq == log.seq)
        for replica in [aliya, bek] {
            let view = try replica.view(asOf: .written(instant))
            #expect(try view.entity(early) != nil && view.entity(late) == nil)
            #expect(try replica.view(asOf: .received(instant)).entity(early) == nil)
            #expect(try replica.history(through: .written(instant)).contains { $0.seq == log.seq })
            #expect(try !replica.history(through: .written(instant)).contains { $0.change?.entities.contains(late) == true })
            let latest = try replica.latest(100, through: .written(instant))
            #expect(!latest.isEmpty && latest.allSatisfy { ($0.change?.at ?? instant) <= instant })
            #expect(try replica.provenance(of: early, asOf: .written(instant)).sayings.count == 2)
            #expect(try said(replica.differences(from: .written(instant))).contains { $0.contains("written last") })
            let later = Point.written(Instant(milliseconds: instant.milliseconds + 1))
            #expect(failure { try replica.differences(from: later, to: .written(instant)) } == .usage)
            // What is there by an author's clock and not by the server's receipt is gone the other way round.
            let gone = try replica.differences(from: .written(instant), to: .seq(0))
            #expect(gone.contains { $0.item.id == early && $0.fate == .retracted })
            var lines = 0
            try replica.exportItems(asOf: .written(instant)) { _ in lines += 1 }
            #expect(lines == 1 + (try view.entities(kind: "event").count))
        }
    }
}
