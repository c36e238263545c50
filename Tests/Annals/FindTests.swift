import AnnalsModel
import Testing

@testable import Annals

@Suite struct FindTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("handles, pending handles after confirmation, ids and their beginnings name one thing")
    func names() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        let (one, two, note) = try replica.quickly { edit in
            let one = try edit.create("event", fields: [("title", "1")])
            let two = try edit.create("event", fields: [("title", "2")])
            return (one, two, try edit.note(on: two, text: "n"))
        }
        let pending = try replica.view()
        for (name, id) in [("e~1", one), ("e~1.2", two), ("n~1", note), ("e~1.2.when", two), (two.raw, two)] {
            #expect(try pending.find(name).id == id)
        }
        try replica.push(&log)
        try replica.pull(log)
        let view = try replica.view()
        for (name, id) in [("e1", one), ("e~1", one), ("e1.2", two), ("e~1.2", two), ("n1", note), ("n~1", note)] {
            #expect(try view.find(name).id == id)
        }
        #expect(try view.findField("e1.2.when").field?.name == "when")
        #expect(failure { try view.findField("e1.whence") } == .usage)
        #expect(failure { try view.find("e1", kind: "note") } == .wrongKind)
        #expect(failure { try view.find("@1") } == .wrongKind)
        #expect(failure { try view.find("z1") } == .notFound)
        #expect(failure { try view.find("e~2") } == .notFound)
        #expect(failure { try view.find(String(one.raw.prefix(16))) } == .ambiguous)
        #expect(try view.find(String(two.raw)).id == two)
        #expect(failure { try view.find("zzzzzzz") } == .notFound)
        #expect(failure { try view.find("Tripp") } == .notFound)
    }

    @Test("two imports of one text are one document, under either name")
    func document() throws {
        var log = TestLog()
        let aliya = try Replica.test(folder, "a")
        let bek = try Replica.test(folder, "b", user: "bek", seed: 2)
        for replica in [aliya, bek] { try replica.meet(log) }
        let text = "Երևան, 9 օգոստոսի"
        let a = try aliya.quickly { try $0.importDocument(text: text, title: "A") }
        try bek.quickly { try $0.create("event", fields: [("title", "before")]) }
        let b = try bek.quickly { try $0.importDocument(text: text, title: "B") }
        #expect(a == b)
        try aliya.push(&log)
        try bek.push(&log)
        for replica in [aliya, bek] { try replica.pull(log) }
        #expect(try bek.view().find("d1").id == a)
        #expect(try bek.view().find("d~2").id == a)
        #expect(try bek.view().find(String(a.raw.prefix(12))).id == a)
        #expect(try bek.view().entities(kind: "document").count == 1)
        // Nobody saw the other's title: the later one shows, the other is listed.
        #expect(try bek.view().find("d1").shown("title") == "B")
        #expect(try aliya.exported() == bek.exported())
    }

    @Test("what is not there is answered by at most five that are near, the nearest first")
    func candidates() throws {
        let replica = try Replica.test(folder, "r")
        for number in 1...9 { try replica.quickly { try $0.create("event", fields: [("title", .string("\(number)"))]) } }
        do {
            _ = try replica.view().find("e~20")
            Issue.record("found")
        } catch let error as AnnalsError {
            #expect(error.description == "there is no event e~20. Near it: e~9, e~8, e~7, e~6, e~5.")
        }
    }
}
