import AnnalsModel
import Testing

@testable import Annals

@Suite struct MergeClassTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("every merge class can be recorded and shows at once")
    func everyClass() throws {
        let replica = try Replica.test(folder, "r")
        let document = try replica.quickly { try $0.create("document", fields: [("text", "Կարճ text"), ("title", "T1")]) }
        let actor = try replica.quickly { edit in
            let actor = try edit.create("actor", fields: [("kind", "person")])
            try edit.add(actor, "names", ["text": "Nikol Pashinyan", "language": "en"])
            try edit.append(actor, "posts", ["office": "Prime Minister", "from": "2018-05-08"])
            return actor
        }
        let event = try replica.quickly {
            try $0.create(
                "event",
                fields: [
                    ("title", "Agreement initialed"), ("when", ["edtf": "[2025-08-07..2025-08-08]", "basis": "stated"]),
                    ("tags", ["tripp", "peace"]), ("coding", ["type": "SUPPORT"]),
                    ("participations", [["actor": .string(actor.raw), "role": "signatory"]]),
                ])
        }
        let view = try replica.view()
        #expect(try view.handle(of: document) == "d~1")
        let shown = try view.find("e~3")
        #expect(shown.id == event)
        #expect(shown.shown("title") == "Agreement initialed")
        #expect(shown.shown("when")?["edtf"] == "[2025-08-07..2025-08-08]")
        #expect(shown.shownElements("tags", .current).map(\.value) == ["tripp", "peace"])
        #expect(shown.codings("coding").map(\.author.raw) == ["aliya"])
        #expect(try view.find("a~2").shownElements("posts", .current).count == 1)
        #expect(try view.find("d~1").shown("text") == "Կարճ text")

        try replica.quickly { edit in
            try edit.set(event, "title", "Agreement signed")
            try edit.remove(event, "tags", values: ["tripp"])
            try edit.code(event, "coding", .null)
        }
        let after = try replica.view().find("e~3")
        #expect(after.shown("title") == "Agreement signed")
        #expect(after.shownElements("tags", .current).map(\.value) == ["peace"])
        #expect(after.codings("coding").isEmpty)
        #expect(failure { try replica.quickly { try $0.set(document, "text", "other") } } == .invalid)
        try replica.quickly { try $0.retract(event) }
        #expect(try replica.view().entities(kind: "event").isEmpty)
        #expect(try replica.view().entities(kind: "event", retracted: true).count == 1)
        #expect(failure { try replica.quickly { try $0.set(event, "title", "x") } } == .retracted)
        try replica.quickly { try $0.restore(event) }
        #expect(try replica.view().entities(kind: "event").map(\.id) == [event])
        #expect(
            try replica.exported()
                == oracle(TestLog(), through: 0, pending: replica.store.outbox(after: 0, of: nil, limit: 100), user: replica.user))
    }

    @Test("a text with any character of Unicode in it comes back as it was recorded")
    func anyText() throws {
        let replica = try Replica.test(folder, "r")
        let text = "a\u{0}b\r\n\u{FEFF}e\u{301} é 👩‍👩‍👧 \u{10FFFF}\u{7F}"
        try replica.quickly { try $0.importDocument(text: text, title: "t") }
        let shown = try #require(try replica.view().find("d~1").shown("text")?.string)
        #expect(Array(shown.utf8) == Array(text.utf8))
        #expect(try replica.verify(by: TestSigner()).problems == [])
    }

    @Test("a change that does not fit is refused before it is written")
    func refusals() throws {
        let replica = try Replica.test(folder, "r")
        #expect(failure { try replica.quickly { try $0.create("spaceship") } } == .usage)
        #expect(failure { try replica.quickly { try $0.create("event", fields: [("titel", "x")]) } } == .usage)
        #expect(failure { try replica.quickly { try $0.create("event") } } == .invalid)
        #expect(
            failure { try replica.quickly { try $0.create("event", fields: [("title", "x"), ("occurrence", "perhaps")]) } } == .invalid)
        #expect(failure { try replica.quickly { _ in } } == .invalid)
        let ghost = "0123456789abcdef-1"
        #expect(
            failure { try replica.quickly { try $0.create("note", fields: [("target", .string(ghost)), ("text", "?")]) } } == .notFound)
        let event = try replica.quickly { try $0.create("event", fields: [("title", "x")]) }
        #expect(
            failure {
                try replica.quickly {
                    try $0.create("event", fields: [("title", "y"), ("place", ["item": .string(event.raw)])])
                }
            } == .wrongKind)
        #expect(try replica.status().waiting.count == 1)
        #expect(try replica.view().entities(kind: "event").count == 1)
    }
}
