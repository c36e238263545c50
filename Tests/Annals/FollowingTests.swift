import AnnalsModel
import GRDB
import Testing

@testable import Annals

/// Receipts, observers, history and verification.
@Suite struct FollowingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a receipt is fulfilled when another process brings the confirmation", .timeLimit(.minutes(1)))
    func receipt() async throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        let syncing = try Replica.open(in: folder("r"))
        let (_, first) = try replica.record(from: replica.view()) { try $0.create("event", fields: [("title", "x")]) }
        let (_, second) = try replica.record(from: replica.view()) { try $0.create("event", fields: [("title", "y")]) }
        async let seq = first.confirmed()
        async let failed = Task { try await second.confirmed() }.result
        let rows = try syncing.store.outbox(after: 0, of: nil, limit: 9)
        log.accept(rows[0], by: syncing.user)
        try log.refuse(rows[1], by: syncing.user, code: "role")
        try syncing.pull(log)
        #expect(try await seq == 1)
        let outcome = await failed
        #expect(throws: AnnalsError.self) { try outcome.get() }
        try await first.accepted()
    }

    @Test("an observer sees what this and other processes change", .timeLimit(.minutes(1)))
    func observe() async throws {
        let replica = try Replica.test(folder, "r")
        let other = try Replica.open(in: folder("r"))
        var seen: [Int] = []
        for try await count in replica.observe({ try $0.entities(kind: "event").count }) {
            if seen.last != count { seen.append(count) }
            switch count {
            case 0: try other.quickly { try $0.create("event", fields: [("title", "x")]) }
            case 1: try replica.quickly { try $0.create("event", fields: [("title", "y")]) }
            default: break
            }
            if count == 2 { break }
        }
        #expect(seen == [0, 1, 2])
    }

    @Test("whoever watches the lock file is told of a commit when it can be seen", .timeLimit(.minutes(1)))
    func told() async throws {
        let replica = try Replica.test(folder, "r")
        let other = try Replica.open(in: folder("r"))
        func revision() throws -> Int64 { try replica.store.read { _, meta in meta.revision } }
        // No second look that would make up for what was not told.
        let feed = ChangeFeed(lockFile: replica.store.paths.writeLock, safetyPollMilliseconds: 3_600_000)
        var seen = try revision()
        var count = 0
        for await _ in feed.listen() {
            let now = try revision()
            if now == seen, count > 0 { continue }
            seen = now
            count += 1
            if count == 5 { break }
            try (count % 2 == 0 ? replica : other).quickly { try $0.create("event", fields: [("title", "x")]) }
        }
        feed.finish()
    }

    @Test("history is the log in order, then what waits, whole or of one item")
    func history() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        let one = try replica.quickly { try $0.create("event", fields: [("title", "1")]) }
        let two = try replica.quickly { try $0.create("event", fields: [("title", "2")]) }
        try replica.quickly { try $0.note(on: one, text: "refused") }
        let rows = try replica.store.outbox(after: 0, of: nil, limit: 9)
        for row in rows.prefix(2) { log.accept(row, by: replica.user) }
        try log.refuse(rows[2], by: replica.user)
        try replica.pull(log)
        try replica.quickly { try $0.set(one, "title", "1b") }
        try replica.quickly { try $0.set(two, "title", "2b") }
        let steps = try replica.history()
        #expect(steps.map(\.handle) == ["@1", "@2", "@3", "@~4", "@~5"])
        #expect(steps.map(\.refusal?.code) == [nil, nil, "invalid", nil, nil])
        #expect(steps.prefix(3).map(\.line) == log.lines)
        #expect(try replica.history(of: one).map(\.handle) == ["@1", "@~4"])
        #expect(try replica.history(from: 2, through: .seq(2)).map(\.handle) == ["@2"])
        #expect(try replica.step("@2").change?.id == two.change)
        #expect(try replica.step("@~2").seq == 2)
        #expect(try replica.step("@~5").seq == nil)
        #expect(try replica.step(one.change!.raw).seq == 1)
        #expect(failure { try replica.step("@9") } == .notFound)
        var count = 0
        try replica.replay { _ in
            count += 1; return count < 2
        }
        #expect(count == 2)
    }

    @Test("verification finds a changed line, a changed state, a changed pending change and a forged checkpoint")
    func verify() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        let event = try replica.quickly { try $0.create("event", fields: [("title", "truth"), ("key", "K1")]) }
        try replica.push(&log)
        try replica.pull(log)
        try replica.quickly { try $0.set(event, "title", "pending truth") }
        let sound = try replica.verify(by: log.signer)
        #expect(sound.isSound && sound.isProven == true && sound.entries == 1 && sound.entities == 1)
        func damaged(_ sql: String, _ undo: String) throws -> [String] {
            try replica.store.onWriter { try $0.execute(sql: sql) }
            defer { #expect(throws: Never.self) { try replica.store.onWriter { try $0.execute(sql: undo) } } }
            return try replica.verify(by: log.signer).problems
        }
        func replaced(_ table: String) -> (String, String) {
            (
                "UPDATE \(table) SET bytes = CAST(replace(CAST(bytes AS TEXT), 'truth', 'trush') AS BLOB)",
                "UPDATE \(table) SET bytes = CAST(replace(CAST(bytes AS TEXT), 'trush', 'truth') AS BLOB)"
            )
        }
        let line = try damaged(replaced("log_chunk").0, replaced("log_chunk").1)
        #expect(line.contains { $0.contains("entries 1 to 1 do not hash") })
        let pending = try damaged(replaced("pending").0, replaced("pending").1)
        #expect(pending.contains { $0.contains("@~2") })
        #expect(try damaged("UPDATE kind_event SET key = 'K2'", "UPDATE kind_event SET key = 'K1'").count == 1)
        #expect(try damaged("UPDATE search SET body = 'x'", "UPDATE search SET body = 'K1' || char(10) || 'pending truth'").count == 1)
        let forged = try damaged(
            "UPDATE meta SET value = replace(value, '\"epoch\":1', '\"epoch\":2') WHERE key = 'checkpoint'",
            "UPDATE meta SET value = replace(value, '\"epoch\":2', '\"epoch\":1') WHERE key = 'checkpoint'")
        #expect(forged == ["no checkpoint of the server proves entry 1"])
        #expect(try replica.verify(by: log.signer).isSound)
    }

    @Test(
        "verification finds what items are listed and found by changed: a date, a label, an owner, who names whom, a notice",
        arguments: [
            "UPDATE kind_event SET when_earliest = '1999-01-01' WHERE when_earliest IS NOT NULL", "UPDATE kind_event SET _label = 'Forged'",
            "UPDATE kind_event SET _owner = 'mallory'", "UPDATE kind_event SET summary = 'Forged'", "UPDATE kind_event SET _doc = NULL",
            "DELETE FROM reference", "DELETE FROM notice", "UPDATE notice SET reason = 'immutable'",
            "INSERT INTO notice SELECT entity_id || '9', field, write_id, reason, \"by\", seq FROM notice",
        ])
    func verifyRows(_ forgery: String) throws {
        var two = try TwoReplicas()
        let event = try two.golden.quickly { edit in
            let actor = try edit.create("actor", fields: [("names", [["text": "Minister"]])])
            return try edit.create(
                "event",
                fields: [
                    ("title", "truth"), ("when", ["edtf": "2025-08-07"]),
                    ("participations", [["actor": .string(actor.raw), "role": "host"]]),
                ])
        }
        try two.exchange()
        for replica in [two.golden, two.bek] { try replica.quickly { try $0.set(event, "title", .string("by \(replica.user)")) } }
        try two.exchange()
        try two.bek.quickly { try $0.add(event, "tags", "pending") }
        #expect(try two.bek.verify(by: two.log.signer).problems == [])
        try two.bek.store.onWriter { try $0.execute(sql: forgery) }
        #expect(try !two.bek.verify(by: two.log.signer).isSound)
    }

    @Test("an export is one header and one canonical line for each item, in the order of ids")
    func export() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        try replica.quickly { try $0.create("event", fields: [("title", "x"), ("tags", ["b", "a", "b"]), ("coding", ["type": "AID"])]) }
        try replica.push(&log)
        try replica.pull(log)
        try replica.quickly { try $0.create("event", fields: [("title", "pending")]) }
        #expect(try replica.exported().count == 3)
        var lines: [String] = []
        try replica.export(asOf: .seq(1)) { lines.append(String(decoding: $0, as: UTF8.self)) }
        let id = try replica.view().find("e1").id
        let change = id.raw.dropLast(2)
        #expect(lines[0] == #"{"format":"annals-export/1","vocabulary":1}"#)
        #expect(
            lines[1]
                == #"{"codings":{"coding":{"aliya":{"type":"AID"}}},"created":{"at":"2025-08-09T00:40:01.000Z","by":"aliya","seq":1},"existence":"present","fields":{"title":"x"},"handle":"e1","id":"\#(id)","kind":"event","sets":{"tags":[{"by":"aliya","id":"\#(change)-2","value":"b"},{"by":"aliya","id":"\#(change)-3","value":"a"}]}}"#
        )
        #expect(lines.count == 2)
    }

    @Test("quotes are found forgivingly and stored as the text has them, and cite a field by key path")
    func quotes() throws {
        let replica = try Replica.test(folder, "r")
        let text = "Both sides — “the draft Agreement” — met. Both sides left."
        try replica.quickly { try $0.importDocument(text: text) }
        let view = try replica.view()
        let article = try view.document("d~1")
        #expect(failure { try article.passage("both sides") } == .ambiguous)
        #expect(failure { try article.passage("nothing like it") } == .notFound)
        #expect(try article.passage("both sides", nth: 2).position == TextPosition(start: 42, end: 52))
        #expect(failure { try article.passage("both sides", nth: 3) } == .notFound)
        let quote = try article.passage("- \"the draft agreement\"")
        let (event, citation) = try replica.record(from: view) { edit in
            let event = try edit.create(Event(title: "Initialed", occurrence: .happened))
            return (event, try edit.cite(quote, of: article, for: event, field: \.occurrence))
        }.0
        let stored = try #require(try replica.view().entity(citation))
        #expect(stored.shown("quote")?["exact"] == "— “the draft Agreement”")
        #expect(
            stored.shownElements("about", .current).map(\.value) == [
                ["item": .string(event.id.raw), "field": "occurrence", "stance": "supports"]
            ])
        #expect(
            failure {
                try replica.quickly { try $0.cite(citation, for: event.id, field: "whence") }
            } == .usage)
        #expect(try replica.view().entities(kind: "citation", where: .equals("about.item", .string(event.id.raw))).count == 1)
    }
}
