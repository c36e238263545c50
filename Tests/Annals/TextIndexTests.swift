import AnnalsModel
import Testing

@testable import Annals

/// The full text index follows what is recorded, and nobody has to know by how much.
@Suite struct TextIndexTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func isWhole(_ replica: Replica) throws -> Bool { try replica.store.read { $1.hasAllTexts } }

    private func titles(_ replica: Replica, _ word: String, indexing: Bool) throws -> [String] {
        let view = try replica.view()
        let hits =
            indexing
            ? try view.search(word)
            : try #require(view.source as? LiveSource).find(try #require(SearchWords(word)), kinds: [], limit: 50)
        return hits.map { $0.entity.shown("title")?.string ?? "" }.sorted()
    }

    @Test("what was just recorded is found, whether the index has it yet or not", arguments: [true, false])
    func fresh(indexing: Bool) throws {
        let replica = try Replica.test(folder, "r")
        let event = try replica.quickly { try $0.create("event", fields: [("title", "alpha visit")]) }
        #expect(try !isWhole(replica))
        #expect(try titles(replica, "alpha", indexing: indexing) == ["alpha visit"])
        try replica.quickly { try $0.set(event, "title", "beta visit") }
        #expect(try titles(replica, "alpha", indexing: indexing) == [])
        #expect(try titles(replica, "visit", indexing: indexing) == ["beta visit"])
        #expect(try isWhole(replica) == indexing)
    }

    @Test("what a refused change said is not found any more, and what it had replaced is", arguments: [true, false])
    func refused(indexing: Bool) throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        let event = try replica.quickly { try $0.create("event", fields: [("title", "alpha")]) }
        try replica.push(&log)
        try replica.pull(log)
        try replica.quickly { try $0.set(event, "title", "beta") }
        try replica.quickly { try $0.create("event", fields: [("title", "beta too")]) }
        if indexing { try replica.store.indexTexts() }
        for row in try replica.store.outbox(after: 0, of: nil, limit: 9) { try log.refuse(row, by: replica.user) }
        try replica.pull(log)
        #expect(try titles(replica, "beta", indexing: indexing) == [])
        #expect(try titles(replica, "alpha", indexing: indexing) == ["alpha"])
        #expect(try replica.verify(by: log.signer).problems == [])
    }

    @Test("a list by a word of a set finds what the index lacks")
    func list() throws {
        let replica = try Replica.test(folder, "r")
        let event = try replica.quickly { try $0.create("event", fields: [("title", "x"), ("tags", ["tripp"])]) }
        #expect(try !isWhole(replica))
        let found = try replica.view().entities(kind: "event", where: .equals("tags", "tripp"))
        #expect(found.map(\.id) == [event])
    }

    @Test("a quiet moment brings it up to date, and so does a look at the whole file")
    func quiet() throws {
        let replica = try Replica.test(folder, "r")
        try replica.quickly { try $0.create("event", fields: [("title", "alpha")]) }
        replica.store.tidy()
        #expect(try isWhole(replica))
        try replica.quickly { try $0.create("event", fields: [("title", "beta")]) }
        #expect(try replica.verify().problems == [])
        #expect(try isWhole(replica))
    }

    @Test("however much it lacks, and however much of it one change made")
    func many() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        try replica.meet(log)
        let sizes = [1, TextIndexer.rowsMax - 2, 3 * TextIndexer.rowsMax, 1, TextIndexer.rowsMax, 2]
        for size in sizes {
            try replica.quickly { edit in
                for number in 1...size { try edit.create("event", fields: [("title", .string("alpha \(number)"))]) }
            }
        }
        try replica.store.indexTexts()
        #expect(try isWhole(replica))
        #expect(try sqlite3(replica, "SELECT count(*) FROM search WHERE search MATCH 'alpha'") == "\(sizes.reduce(0, +))")
        // Confirmed, they are looked at again, and stay.
        try replica.push(&log)
        try replica.pull(log, batch: 2)
        #expect(try !isWhole(replica))
        try replica.store.indexTexts()
        #expect(try sqlite3(replica, "SELECT count(*) FROM search WHERE search MATCH 'alpha'") == "\(sizes.reduce(0, +))")
        #expect(try replica.verify(by: log.signer).problems == [])
    }

    @Test("a search does not wait for the index while somebody writes", .timeLimit(.minutes(1)))
    func busy() throws {
        let replica = try Replica.test(folder, "r")
        let other = try Replica.open(in: folder("r"))
        try replica.quickly { try $0.create("event", fields: [("title", "alpha")]) }
        try replica.store.showRecorded()
        try other.store.writeLock.lock()
        #expect(try replica.view().search("alpha").count == 1)
        #expect(try !isWhole(replica))
        other.store.writeLock.unlock()
        #expect(try replica.view().search("alpha").count == 1)
        #expect(try isWhole(replica))
    }

    @Test("what the index lacks comes before what it has, for it is the latest")
    func latest() throws {
        let replica = try Replica.test(folder, "r")
        for _ in 1...3 { try replica.quickly { try $0.create("event", fields: [("title", "alpha")]) } }
        try replica.store.indexTexts()
        let latest = try replica.quickly { try $0.create("event", fields: [("title", "alpha and much else")]) }
        let source = try #require(replica.view().source as? LiveSource)
        let words = try #require(SearchWords("alpha"))
        #expect(try source.find(words, kinds: [], limit: 2).first?.entity.id == latest)
    }
}
