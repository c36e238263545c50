import AnnalsModel
import Testing

@testable import Annals

@Suite struct SchemaTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let extended = Vocabulary(
        version: 2,
        kinds: Vocabulary.current.kinds + [
            KindRule(
                "treaty", plural: "treaties", letter: "t", label: "name", "an agreement in force",
                fields: [
                    FieldRule("name", .line, .latest, "its name", required: true),
                    FieldRule("signed-on", .date, .contested, "when it was signed"),
                    FieldRule("articles", .integer(1...1000), .latest, "how many articles"),
                    FieldRule("depositary", .itemOrText(["actor"]), .latest, "who keeps it"),
                    FieldRule("parties", .item(["actor"]), .set, "who is bound"),
                ])
        ])

    @Test("a kind added to the vocabulary has its table, view, validation and search with no other edit")
    func addedKind() throws {
        let replica = try Replica.test(folder, "r", vocabulary: Self.extended)
        let actor = try replica.quickly { try $0.create("actor", fields: [("names", ["text": "Բաքու"])]) }
        try replica.quickly {
            try $0.create(
                "treaty",
                fields: [
                    ("name", "Peace treaty"), ("signed-on", "2025-08"), ("articles", 17), ("depositary", ["text": "UN"]),
                    ("parties", .string(actor.raw)),
                ])
        }
        #expect(
            try sqlite3(
                replica, "SELECT handle, name, signed_on, signed_on_earliest, signed_on_latest, articles, depositary_text FROM treaties")
                == "t~2|Peace treaty|2025-08|2025-08-01|2025-08-31|17|UN")
        #expect(failure { try replica.quickly { try $0.create("treaty", fields: [("name", "x"), ("articles", 0)]) } } == .invalid)
        #expect(failure { try replica.quickly { try $0.create("treaty") } } == .invalid)
        #expect(try replica.view().find("t~2").shown("articles") == 17)
        #expect(try replica.view().search("peace").map(\.entity.kind) == ["treaty"])
        #expect(
            try replica.view().entities(kind: "treaty", where: .equals("articles", 17), .overlaps("signed-on", from: "2025-08-20", to: nil))
                .count == 1)
        #expect(try replica.view().entities(kind: "treaty", where: .equals("parties", .string(actor.raw))).count == 1)
    }

    @Test("what an older program kept of an unknown kind shows after the upgrade, and the other way round")
    func upgrade() throws {
        var log = TestLog()
        let new = try Replica.test(folder, "new", seed: 3, vocabulary: Self.extended)
        try new.meet(log)
        let treaty = try new.quickly { try $0.create("treaty", fields: [("name", "Peace treaty")]) }
        try new.push(&log)
        let old = try Replica.test(folder, "old", user: "bek", seed: 4)
        try old.meet(log)
        try old.pull(log)
        try old.quickly { try $0.note(on: treaty, text: "remark") }
        #expect(try old.view().entity(treaty)?.kind == "treaty")
        #expect(try old.view().handle(of: treaty) == treaty.raw)
        #expect(try old.verify(by: log.signer).problems == [])
        old.close()

        let upgraded = try Replica.open(in: folder("old"), vocabulary: Self.extended)
        #expect(try upgraded.view().find("t1").shown("name") == "Peace treaty")
        #expect(try upgraded.view().entities(kind: "note").count == 1)
        #expect(try upgraded.verify(by: log.signer).problems == [])
        upgraded.close()
        let back = try Replica.open(in: folder("old"))
        #expect(try back.view().entity(treaty)?.kind == "treaty")
        #expect(try back.verify(by: log.signer).problems == [])
    }

    @Test("a conflict on an item of an unknown kind stays in a view when the item changes")
    func unknownInConflict() throws {
        var log = TestLog()
        let new = try Replica.test(folder, "new", seed: 3, vocabulary: Self.extended)
        let other = try Replica.test(folder, "other", user: "chen", seed: 5, vocabulary: Self.extended)
        let old = try Replica.test(folder, "old", user: "bek", seed: 4)
        for replica in [new, other, old] { try replica.meet(log) }
        let treaty = try new.quickly { try $0.create("treaty", fields: [("name", "Peace treaty")]) }
        try new.push(&log)
        for replica in [new, other] { try replica.pull(log) }
        try new.quickly { try $0.retract(treaty) }
        try other.quickly { try $0.set(treaty, "name", "Treaty of peace") }
        for replica in [new, other] { try replica.push(&log) }
        for replica in [new, other, old] { try replica.pull(log) }
        let screen = try old.view()
        let shown = try screen.conflicts()
        #expect(shown.map(\.item) == [treaty] && shown.map(\.field) == ["existence"])
        try other.quickly { try $0.set(treaty, "name", "Pact") }
        try other.push(&log)
        try old.pull(log)
        #expect(try screen.conflicts() == shown)
    }

    @Test("every kind of the vocabulary has its view for plain sqlite3, readable while it is empty")
    func everyView() throws {
        let replica = try Replica.test(folder, "r")
        for kind in Vocabulary.current.kinds {
            #expect(try sqlite3(replica, "SELECT count(*) FROM \"\(kind.plural)\"") == "0")
        }
        for view in ["conflicts", "outbox", "log", "handles", "search"] {
            #expect(try sqlite3(replica, "SELECT count(*) FROM \(view)") == "0")
        }
    }
}
