import AnnalsModel
import Testing

@testable import Annals

@Suite struct UndoTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("undo puts back what was there, of every class, pending or confirmed", arguments: [false, true])
    func everything(confirmed: Bool) throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        let event = try replica.quickly {
            try $0.create(
                "event", fields: [("title", "before"), ("when", ["edtf": "2024"]), ("tags", ["a", "b"]), ("coding", ["type": "AID"])])
        }
        let actor = try replica.quickly { edit in
            let actor = try edit.create("actor")
            try edit.append(actor, "posts", ["office": "Minister"])
            return actor
        }
        func shown() throws -> [String] {
            let view = try replica.view()
            return try [event, actor].map { id in
                let entity = try #require(try view.entity(id))
                return
                    "\(entity.isPresent) \(String(describing: entity.shown("title"))) \(String(describing: entity.shown("when"))) \(String(describing: entity.shown("summary"))) \(entity.shownElements("tags", .current).map(\.value.string).sorted { $0! < $1! }) \(entity.codings("coding").map { $0.heads.map(\.value) }) \(entity.shownElements("posts", .current).map(\.value))"
            }
        }
        let before = try shown()
        let (_, receipt) = try replica.record(from: replica.view(), reason: "all at once") { edit in
            try edit.set(event, "title", "middle")
            try edit.set(event, "title", "after")
            try edit.set(event, "when", .null)
            try edit.set(event, "summary", "new")
            try edit.code(event, "coding", ["type": "AGREE"])
            try edit.add(event, "tags", "c")
            try edit.remove(event, "tags", values: ["a"])
            let post = try replica.view().entity(actor)!.elements["posts"]![0].id
            try edit.remove(actor, "posts", elements: [post])
            try edit.append(actor, "posts", ["office": "President"])
            try edit.create("note", fields: [("target", .string(event.raw)), ("text", "n")])
            try edit.retract(actor)
        }
        #expect(try shown() != before)
        if confirmed {
            try replica.push(&log)
            try replica.pull(log)
        }
        let undone = try replica.undo(receipt.change, from: replica.view(), reason: "mistake")
        #expect(try shown() == before)
        #expect(try replica.view().entities(kind: "note").isEmpty)
        #expect(try replica.step("@~\(undone.n)").change?.undoes == receipt.change)
        #expect(failure { try replica.undo(receipt.change, from: replica.view()) } == .notUndoable)
        // The undo itself can be undone.
        try replica.undo(undone.change, from: replica.view())
        #expect(try replica.view().entity(event)?.shown("title") == "after")
        #expect(try replica.view().entities(kind: "note").count == 1)
        #expect(try replica.view().entity(actor)?.isPresent == false)
    }

    @Test("undo refuses where something was written since, and where others worked on what it made")
    func writtenSince() throws {
        var log = TestLog()
        let aliya = try Replica.test(folder, "a")
        let bek = try Replica.test(folder, "b", user: "bek", seed: 2)
        for replica in [aliya, bek] { try replica.meet(log) }
        let (event, create) = try aliya.record(from: aliya.view()) { try $0.create("event", fields: [("title", "x")]) }
        try aliya.push(&log)
        for replica in [aliya, bek] { try replica.pull(log) }
        let (_, title) = try aliya.record(from: aliya.view()) { try $0.set(event, "title", "y") }
        let (_, code) = try bek.record(from: bek.view()) { edit in
            try edit.code(event, "coding", ["type": "AID"])
        }
        for replica in [aliya, bek] { try replica.push(&log) }
        for replica in [aliya, bek] { try replica.pull(log) }
        #expect(failure { try aliya.undo(create.change, from: aliya.view()) } == .notUndoable)
        #expect(failure { try aliya.undo(code.change, from: aliya.view()) } == .notUndoable)
        try bek.undo(title.change, from: bek.view())
        #expect(try bek.view().find("e1").shown("title") == "x")
        #expect(failure { try bek.undo(title.change, from: bek.view()) } == .notUndoable)
        try bek.undo(code.change, from: bek.view())
        #expect(try bek.view().find("e1").codings("coding").isEmpty)
        #expect(failure { try aliya.undo(ChangeID("0123456789abcdef")!, from: aliya.view()) } == .notFound)
    }

    @Test("a resolution is not undone: a conflict is not opened again")
    func resolution() throws {
        var log = TestLog()
        let aliya = try Replica.test(folder, "a")
        let bek = try Replica.test(folder, "b", user: "bek", seed: 2)
        for replica in [aliya, bek] { try replica.meet(log) }
        let event = try aliya.quickly { try $0.create("event", fields: [("title", "x")]) }
        try aliya.push(&log)
        for replica in [aliya, bek] { try replica.pull(log) }
        for replica in [aliya, bek] { try replica.quickly { try $0.set(event, "occurrence", replica === aliya ? "happened" : "planned") } }
        for replica in [aliya, bek] { try replica.push(&log) }
        for replica in [aliya, bek] { try replica.pull(log) }
        let (_, receipt) = try aliya.record(from: aliya.view()) { try $0.resolve(event, "occurrence", take: Name("bek")!) }
        #expect(failure { try aliya.undo(receipt.change, from: aliya.view()) } == .notUndoable)
    }

    @Test("what a change made and locked, or wrote and locked, a curator undoes whole and brings back; an analyst does not")
    func locks() throws {
        var log = TestLog()
        let (aliya, bek) = (try Replica.test(folder, "a"), try Replica.test(folder, "b", user: "bek", seed: 2))
        try aliya.meet(log)
        try bek.meet(log, role: .analyst)
        let (event, made) = try aliya.record(from: aliya.view()) { edit in
            let event = try edit.create("event", fields: [("title", "x")])
            try edit.set(event, "state", "locked")
            return event
        }
        func isLocked() throws -> Bool? { try aliya.view().entity(event).flatMap { $0.isPresent ? !$0.locks.isEmpty : nil } }
        try aliya.push(&log)
        for replica in [aliya, bek] { try replica.pull(log) }
        #expect(failure { try bek.undo(made.change, from: bek.view()) } == .locked)
        let undone = try aliya.undo(made.change, from: aliya.view())
        #expect(try isLocked() == nil)
        try aliya.undo(undone.change, from: aliya.view())
        #expect(try isLocked() == true)
        // Opened, written and taken away in one change.
        let (_, all) = try aliya.record(from: aliya.view()) { edit in
            try edit.set(event, "state", "reviewed")
            try edit.set(event, "title", "y")
            try edit.retract(event)
        }
        try aliya.undo(all.change, from: aliya.view())
        #expect(try isLocked() == true && aliya.view().entity(event)?.shown("title") == "x")
        // Opened, written and locked again in one.
        let (_, between) = try aliya.record(from: aliya.view()) { edit in
            try edit.set(event, "state", "reviewed")
            try edit.set(event, "title", "y")
            try edit.set(event, "state", "locked")
        }
        try aliya.undo(between.change, from: aliya.view())
        #expect(try isLocked() == true && aliya.view().entity(event)?.shown("title") == "x")
        #expect(
            failure {
                try aliya.record(from: aliya.view()) { edit in
                    try edit.set(event, "state", "reviewed")
                    try edit.set(event, "state", "locked")
                    try edit.set(event, "title", "z")
                }
            } == .locked)
    }

    @Test("a blind curator does not say again, by an undo, what is hidden from him")
    func hidden() throws {
        var log = TestLog()
        let (aliya, bek) = (try Replica.test(folder, "a"), try Replica.test(folder, "b", user: "bek", seed: 2))
        for replica in [aliya, bek] { try replica.meet(log) }
        let event = try aliya.quickly { try $0.create("event", fields: [("title", "x"), ("adjudicated", ["type": "AID"])]) }
        let (_, other) = try aliya.record(from: aliya.view()) { try $0.set(event, "adjudicated", ["type": "AGREE"]) }
        try aliya.push(&log)
        try bek.pull(log)
        #expect(failure { try bek.undo(other.change, from: bek.view().blind(for: bek.user)) } == .notUndoable)
        try bek.quickly { try $0.code(event, EventCoding(type: .aid, isSubmitted: true)) }
        try bek.undo(other.change, from: bek.view().blind(for: bek.user))
        #expect(try bek.view().entity(event)?.shown("adjudicated") == ["type": "AID"])
    }

    @Test("an element with a code that nobody here knows comes back as it was")
    func foreignMapping() throws {
        let replica = try Replica.test(folder, "r")
        let book = try replica.quickly { try $0.create("codebook", fields: [("name", "k"), ("version", "1"), ("codes", [["code": "A"]])]) }
        // As another program records it.
        let mapping: Value = ["to": .string(book.raw), "codes": [["from": "A", "to": "Z"]]]
        _ = try replica.store.record(
            replica.store.ambient.changeID(), [ChangeOperation("codebook", .append(on: book, field: "mappings", value: mapping))],
            base: replica.view().base, reason: nil, undoes: nil, made: [])
        let element = try #require(try replica.view().entity(book)?.elements["mappings"]?.first?.id)
        let (_, gone) = try replica.record(from: replica.view()) { try $0.remove(book, "mappings", elements: [element]) }
        try replica.undo(gone.change, from: replica.view())
        #expect(try replica.view().entity(book)?.elements["mappings"]?.map(\.value) == [mapping])
    }
}
