import AnnalsModel
import Testing

@testable import Annals

@Suite struct ConflictTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Two replicas whose dates of one event, and existence of another, conflict.
    private func inConflict() throws -> (aliya: Replica, bek: Replica, log: TestLog, event: ItemID) {
        var log = TestLog()
        let aliya = try Replica.test(folder, "a")
        let bek = try Replica.test(folder, "b", user: "bek", seed: 2)
        for replica in [aliya, bek] { try replica.meet(log) }
        let event = try aliya.quickly { try $0.create("event", fields: [("title", "x")]) }
        try aliya.push(&log)
        for replica in [aliya, bek] { try replica.pull(log) }
        try aliya.quickly { try $0.set(event, "when", ["edtf": "2025-08-07"]) }
        try bek.quickly { edit in
            try edit.set(event, "when", ["edtf": "2025-08-08"])
            try edit.set(event, "title", "y")
        }
        for replica in [aliya, bek] { try replica.push(&log) }
        for replica in [aliya, bek] { try replica.pull(log) }
        return (aliya, bek, log, event)
    }

    /// Whether the list of open conflicts says what the items say; `verify` compares them too.
    private func isListed(_ replica: Replica, _ log: TestLog) throws -> Bool {
        let view = try replica.view()
        let items = try view.entities(kind: "event", retracted: true)
        return try view.conflicts() == items.flatMap(view.conflicts) && replica.verify(by: log.signer).problems.isEmpty
    }

    @Test("a plain write on a field in conflict is refused with exit status 4; resolve closes it")
    func plainWrite() throws {
        var (aliya, bek, log, event) = try inConflict()
        let view = try aliya.view()
        #expect(failure { try aliya.record(from: view) { try $0.set(event, "when", ["edtf": "2026"]) } } == .conflict)
        #expect(AnnalsError.Code.conflict.exitStatus == 4)
        do {
            try aliya.record(from: view) { try $0.set(event, "when", ["edtf": "2026"]) }
        } catch let error as AnnalsError {
            #expect(
                error.description
                    == "e1.when is in conflict (aliya, bek). Look with `annals conflicts`, then `annals resolve e1.when --take aliya`.")
        }
        // Other fields of the same entity are free.
        try aliya.quickly { try $0.set(event, "title", "z") }
        #expect(failure { try aliya.quickly { try $0.resolve(event, "title", value: "x") } } == .invalid)
        #expect(failure { try aliya.quickly { try $0.resolve(event, "when", take: Name("chen")!) } } == .notFound)
        try aliya.quickly { edit in
            try edit.resolve(event, "when", take: Name("bek")!)
            try edit.set(event, "when", ["edtf": "2025-08-09"])
        }
        #expect(try aliya.conflicts().isEmpty)
        #expect(try aliya.view().find("e1").shown("when")?["edtf"] == "2025-08-09")
        try aliya.push(&log)
        for replica in [aliya, bek] { try replica.pull(log) }
        #expect(try bek.conflicts().isEmpty)
        #expect(try sqlite3(bek, "SELECT count(*) FROM conflict") == "0")
    }

    @Test("a resolve closes what its author saw, and a side that came meanwhile stays")
    func lateSide() throws {
        var (aliya, bek, log, event) = try inConflict()
        let chen = try Replica.test(folder, "c", user: "chen", seed: 3)
        try chen.meet(log)
        try chen.store.apply(log.batch(1, 1))
        try chen.quickly { try $0.set(event, "when", ["edtf": "2025-08-10"]) }
        try chen.push(&log)
        try aliya.quickly { try $0.resolve(event, "when", take: Name("aliya")!) }
        #expect(try aliya.conflicts().isEmpty)
        try aliya.push(&log)
        for replica in [aliya, bek, chen] { try replica.pull(log) }
        for replica in [aliya, bek, chen] {
            #expect(try replica.conflicts().map { $0.sides.map(\.stamp.author.raw) } == [["chen", "aliya"]])
            #expect(try replica.status().openConflicts == 1)
            #expect(try isListed(replica, log))
        }
        #expect(try aliya.exported() == chen.exported())
    }

    @Test("revise against retract is a conflict on existence, which is resolved like any other")
    func existence() throws {
        var (aliya, bek, log, event) = try inConflict()
        try aliya.quickly { try $0.retract(event) }
        try bek.quickly { try $0.set(event, "summary", "still working on it") }
        for replica in [aliya, bek] { try replica.push(&log) }
        for replica in [aliya, bek] { try replica.pull(log) }
        #expect(try bek.conflicts().map(\.field) == ["existence", "when"])
        #expect(try bek.conflicts().map(\.label) == ["y", "y"])
        #expect(try isListed(bek, log))
        #expect(failure { try bek.quickly { try $0.retract(event) } } == .conflict)
        #expect(try bek.view().entities(kind: "event").count == 1)
        try bek.quickly { try $0.resolve(event, "existence", value: "retracted") }
        #expect(try bek.view().entities(kind: "event").isEmpty)
        try bek.push(&log)
        try aliya.pull(log)
        #expect(try aliya.conflicts().map(\.field) == ["when"])
        #expect(try aliya.view().entities(kind: "event").isEmpty)
    }

    @Test("a note without words in conflict is listed as it is, and its label is none; a pending item by the handle that it has then")
    func labels() throws {
        var (aliya, bek, log, event) = try inConflict()
        let note = try aliya.quickly { try $0.create("note", fields: [("target", .string(event.raw)), ("text", "")]) }
        #expect(try isListed(aliya, log))
        try aliya.push(&log)
        for replica in [aliya, bek] { try replica.pull(log) }
        try aliya.quickly { try $0.retract(note) }
        // Only its owner may write it; that it is there again is for everybody to say.
        let laptop = try Replica.test(folder, "laptop", user: "aliya", seed: 4)
        try laptop.meet(log)
        try laptop.pull(log)
        try laptop.quickly { try $0.set(note, "text", "") }
        for replica in [aliya, laptop] { try replica.push(&log) }
        for replica in [aliya, bek, laptop] { try replica.pull(log) }
        let found = try bek.conflicts().first { $0.item == note }
        #expect(found?.field == "existence" && found?.handle == "n4" && found?.label == nil)
        #expect(try bek.verify(by: log.signer).problems == [])
    }

    @Test("concurrent writes of class latest show the highest seq and list the other as overwritten")
    func overwrite() throws {
        let (aliya, bek, log, event) = try inConflict()
        var late = log
        try aliya.quickly { try $0.set(event, "title", "aliya's") }
        try bek.quickly { try $0.set(event, "title", "bek's") }
        for replica in [aliya, bek] { try replica.push(&late) }
        for replica in [aliya, bek] { try replica.pull(late) }
        #expect(try aliya.view().find("e1").shown("title") == "bek's")
        #expect(try sqlite3(aliya, "SELECT field, reason, \"by\" FROM notice") == "title|overwritten|aliya")
    }

    @Test("all that was written beside a lock is listed once, in one order, and verified; who locks having seen it ends that")
    func besideLock() throws {
        var (aliya, bek, log, event) = try inConflict()
        try aliya.quickly { try $0.set(event, "state", "locked") }
        try bek.quickly { edit in
            for (field, value) in [("title", "t"), ("summary", "s"), ("occurrence", "happened")] as [(String, Value)] {
                try edit.set(event, field, value)
            }
            try edit.set(event, "place", ["text": "p"])
            try edit.add(event, "tags", "g")
            try edit.code(event, "coding", ["type": "AID"])
        }
        // Whoever goes on in the same replica has seen what he wrote before.
        try aliya.push(&log)
        try bek.push(&log)
        for replica in [aliya, bek] { try replica.pull(log) }
        let fields = ["title", "summary", "occurrence", "place", "tags", "coding"]
        for replica in [aliya, bek] {
            let notices = try replica.view().notices()
            #expect(notices.map(\.field) == fields.sorted() && notices.allSatisfy { $0.stamp.author == bek.user })
            #expect(try replica.view(asOf: .seq(log.seq)).notices() == notices)
            #expect(try sqlite3(replica, "SELECT field FROM notice").split(separator: "\n").map(String.init) == fields)
            #expect(try replica.verify(by: log.signer).problems == [])
        }
        try aliya.quickly { try $0.set(event, "state", "locked") }
        #expect(try aliya.view().notices().isEmpty)
    }

    @Test("a coder's own two machines conflict with each other, and with nobody else")
    func perCoder() throws {
        var (aliya, bek, log, event) = try inConflict()
        let laptop = try Replica.test(folder, "laptop", user: "aliya", seed: 4)
        try laptop.meet(log)
        try laptop.pull(log)
        try aliya.quickly { try $0.code(event, "coding", ["type": "AID"]) }
        try laptop.quickly { try $0.code(event, "coding", ["type": "AGREE"]) }
        try bek.quickly { try $0.code(event, "coding", ["type": "ASSAULT"]) }
        for replica in [aliya, laptop, bek] { try replica.push(&log) }
        for replica in [aliya, laptop, bek] { try replica.pull(log) }
        #expect(try bek.conflicts().map { "\($0.field) \($0.author?.raw ?? "")" } == ["coding aliya", "when "])
        #expect(try isListed(bek, log))
        try bek.quickly { try $0.code(event, "coding", ["type": "AID"]) }
        #expect(failure { try laptop.quickly { try $0.code(event, "coding", ["type": "AID"]) } } == .conflict)
        try laptop.quickly { try $0.resolve(event, "coding", value: ["type": "AID"]) }
        #expect(try laptop.conflicts().map(\.field) == ["when"])
        #expect(failure { try laptop.quickly { try $0.resolve(event, "wen", value: "2025") } } == .usage)
    }
}
