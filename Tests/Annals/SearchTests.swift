import AnnalsModel
import Testing

@testable import Annals

@Suite struct SearchTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "words are found whatever their case, diacritics and script",
        arguments: [
            ("zoe", "e~1"), ("ZOË VISIT", "e~1"), ("əliyev", "e~2"), ("Eliyev", ""), ("Երև", "e~3"), ("ԲԱՔՈՒ", "e~3"), ("باكو", "e~4"),
            ("שָׁלוֹם", "e~5"), ("עולם", "e~5"), ("peace treaty", "e~6"), ("\"treaty peace\"", ""), ("\"peace treaty\"", "e~6"),
            ("treaty pea", "e~6"),
            ("tripp", "e~6"), ("NOT OR AND", ""), ("\"", ""), ("-", ""), ("ministrstvo", ""), ("министр", "e~7"), ("remark's", "e~7"),
        ])
    func words(query: String, handle: String) throws {
        let replica = try Replica.test(folder, "r-\(abs(query.hashValue))")
        let titles = [
            "Zoë's visit", "İlham Əliyev", "Բաքու և Երևան", "باكو والسلام", "שָׁלוֹם עולם", "Peace treaty", "Министры: remark's end",
        ]
        for title in titles {
            try replica.quickly {
                try $0.create("event", fields: [("title", .string(title)), ("tags", title == "Peace treaty" ? ["TRIPP"] : [])])
            }
        }
        let hits = try replica.view().search(query)
        #expect(try hits.map { try replica.view().handle(of: $0.entity.id) } == (handle.isEmpty ? [] : [handle]))
        #expect(hits.allSatisfy { $0.snippet.contains("\u{2068}") && $0.snippet.contains("\u{2069}") })
    }

    @Test("where many are found, the best of the latest come first, and none is left out")
    func many() throws {
        let replica = try Replica.test(folder, "r")
        let titles = ["peace", "peace a b", "peace a", "war", "peace a b c", "peace"]
        for title in titles { try replica.quickly { try $0.create("event", fields: [("title", .string(title))]) } }
        try replica.quickly { try $0.create("actor", fields: [("names", [["text": "peace x"]])]) }
        try replica.store.indexTexts()
        let words = try #require(SearchWords("peace"))
        func found(_ kinds: [String], _ rankedMax: Int) throws -> [String] {
            var snippets: [String] = []
            try replica.store.read { db, _ in
                try SearchIndex.forEachHit(db, words, kinds: kinds, rankedMax: rankedMax) { _, snippet in
                    snippets.append(snippet.filter { $0 != "\u{2068}" && $0 != "\u{2069}" })
                    return true
                }
            }
            return snippets
        }
        #expect(try found([], 100) == ["peace", "peace", "peace a", "peace x", "peace a b", "peace a b c"])
        #expect(try found([], 2) == ["peace", "peace x", "peace", "peace a", "peace a b", "peace a b c"])
        #expect(try found(["event"], 1) == ["peace", "peace a b c", "peace", "peace a", "peace a b"])
        #expect(try found(["actor"], 2) == ["peace x"])
        #expect(try found(["note"], 1) == [])
    }

    @Test("the search index is touched only when a text changes")
    func untouched() throws {
        let replica = try Replica.test(folder, "r")
        let event = try replica.quickly { try $0.create("event", fields: [("title", "alpha"), ("tags", ["x"])]) }
        func index() throws -> String {
            try replica.store.indexTexts()
            return try sqlite3(replica, "SELECT count(*), sum(length(block)) FROM search_data")
        }
        let before = try index()
        try replica.quickly { edit in
            try edit.set(event, "when", ["edtf": "2025"])
            try edit.set(event, "title", "alpha")
            try edit.add(event, "assignees", "aliya")
            try edit.retract(event)
        }
        #expect(try index() == before)
        try replica.quickly { edit in
            try edit.restore(event)
            try edit.add(event, "tags", "y")
        }
        #expect(try index() != before)
    }

    @Test("what is changed, retracted or of another kind is not found by what it said")
    func changes() throws {
        let replica = try Replica.test(folder, "r")
        let event = try replica.quickly { try $0.create("event", fields: [("title", "alpha")]) }
        try replica.quickly { try $0.note(on: event, text: "alpha too") }
        #expect(try replica.view().search("alpha").count == 2)
        #expect(try replica.view().search("alpha", kinds: ["note"]).map(\.entity.kind) == ["note"])
        #expect(try replica.view().search("alpha", limit: 1).count == 1)
        try replica.quickly { try $0.set(event, "title", "beta") }
        #expect(try replica.view().search("alpha").count == 1)
        #expect(try replica.view().search("beta").count == 1)
        try replica.quickly { try $0.retract(event) }
        #expect(try replica.view().search("beta").isEmpty)
        try replica.quickly { try $0.restore(event) }
        #expect(try replica.view().search("beta").count == 1)
    }
}
