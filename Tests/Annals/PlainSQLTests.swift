import AnnalsModel
import EDTF
import Testing

@testable import Annals

@Suite struct PlainSQLTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("plain sqlite3 reads events, citations, the log, the outbox, conflicts and the search index")
    func views() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        let text = "The draft Agreement was initialed by both countries."
        let (document, event) = try replica.record(from: replica.view(), reason: "first \"import\"") { edit in
            let document = try edit.importDocument(text: text, title: "Draft; signed")
            let event = try edit.create(Event(title: "Zoë's visit", when: .init("2025-08-07/2025-08-08"), tags: ["tripp", "b"]))
            return (document, event)
        }.0
        try replica.push(&log)
        try replica.pull(log)
        let view = try replica.view()
        try replica.record(from: view, reason: "evidence") { edit in
            let article = try view.document("d1")
            try edit.cite(article.passage("draft agreement"), of: article, for: event, field: \.when)
            try edit.code(event, EventCoding(type: .support))
        }
        #expect(
            try sqlite3(
                replica,
                "SELECT handle, title, when_edtf, when_earliest, when_latest, tags, author, json_extract(coding, '$.aliya.type') FROM events"
            )
                == "e1|Zoë's visit|2025-08-07/2025-08-08|2025-08-07|2025-08-08|tripp; b|aliya|SUPPORT")
        #expect(try sqlite3(replica, "SELECT handle, document, quote_exact, position_start FROM citations") == "q~2|d1|draft Agreement|4")
        #expect(try sqlite3(replica, "SELECT seq, author, change IS NOT NULL, why FROM log") == "1|aliya|1|first \"import\"")
        #expect(try sqlite3(replica, "SELECT line FROM log") == String(decoding: log.lines[0], as: UTF8.self))
        #expect(try sqlite3(replica, "SELECT change, state, why FROM outbox") == "@~2|queued|evidence")
        try replica.store.indexTexts()
        #expect(try sqlite3(replica, "SELECT h.handle FROM search AS s JOIN handles AS h USING (id) WHERE search MATCH 'zoe'") == "e1")
        #expect(try sqlite3(replica, "SELECT id FROM documents") == document.raw)
        // What names the event or the document is found by the table of references and by a column; not in a view before it.
        let now = try replica.view()
        #expect(try now.entities(kind: "citation", where: .names(event.id)).count == 1)
        #expect(try now.entities(kind: "citation", where: .names(document)).count == 1)
        #expect(try view.entities(kind: "citation", where: .names(event.id)).isEmpty)
        #expect(try now.entities(kind: "note", where: .names(event.id)).isEmpty)
        try replica.quickly { try $0.retract(event.id) }
        #expect(try sqlite3(replica, "SELECT count(*) FROM events") == "0")
    }

    @Test("the view of the log cuts chunks of one or several batches, and lines of any length")
    func longLog() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        for number in 1...40 {
            let text = String(repeating: "ճ", count: number % 9 == 0 ? 40_000 : number * 20)
            try replica.quickly { try $0.create("event", fields: [("title", .string("t\(number)")), ("summary", .string(text))]) }
        }
        try replica.push(&log)
        try replica.pull(log, batch: 3)
        #expect(try sqlite3(replica, "SELECT count(*), min(seq), max(seq) FROM log") == "40|1|40")
        for seq in [1, 9, 10, 40] {
            #expect(try sqlite3(replica, "SELECT line FROM log WHERE seq = \(seq)") == String(decoding: log.lines[seq - 1], as: UTF8.self))
        }
        #expect(try sqlite3(replica, "SELECT group_concat(seq, ' ') FROM (SELECT seq FROM log LIMIT 5)") == "40 39 38 37 36")
        #expect(try Int(sqlite3(replica, "SELECT count(*) FROM log_chunk"))! < 20)
        #expect(try Int(sqlite3(replica, "SELECT max(length(bytes)) FROM log_chunk WHERE count > 3"))! <= LogChunks.joinedBytesMax)
        for seq in 0...40 { #expect(try replica.store.headHash(at: Int64(seq)) == log.heads[seq]) }
        #expect(try replica.store.headHash(at: 41) == nil)
        #expect(try replica.history().map(\.line) == log.lines)
    }
}
