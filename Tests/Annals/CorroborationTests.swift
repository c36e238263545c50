import AnnalsModel
import AnnalsWire
import Testing

@testable import Annals

@Suite("Corroboration counts sources, not repetitions")
struct CorroborationTests {
    let folder: TemporaryFolder
    private let replica: Replica

    init() throws {
        folder = try TemporaryFolder()
        replica = try Replica.test(folder, "golden", user: "golden")
        try replica.importItems(ItemFile(CodedArticle().text, vocabulary: .current))
    }

    private func item(_ kind: String, _ key: String) throws -> ItemID {
        try #require(try replica.view().entities(kind: kind, where: .equals("key", .string(key))).first?.id)
    }

    /// A document of its own, and a citation in it about an item.
    private func cite(
        _ text: String, about item: ItemID, source: Value?, repeats: ItemID? = nil, revises: ItemID? = nil, stance: String = "supports"
    ) throws {
        try replica.quickly { edit in
            var fields: [(String, Value)] = [("text", .string(text))]
            if let source { fields.append(("source", source)) }
            if let repeats { fields.append(("republishes", .string(repeats.raw))) }
            if let revises { fields.append(("previous", .string(revises.raw))) }
            let document = try edit.create("document", fields: fields)
            let citation = try edit.create(
                "citation",
                fields: [
                    ("document", .string(document.raw)), ("quote", ["exact": .string(text)]), ("position", ["start": 0, "end": 1]),
                ])
            try edit.add(citation, "about", ["item": .string(item.raw), "field": "when", "stance": .string(stance)])
        }
    }

    private func counts(_ item: ItemID, field: String? = "when") throws -> [Int] {
        let found = try replica.view().corroboration(of: item, field: field)
        return [found.supporting.count, found.contradicting.count]
    }

    @Test("a second source makes two, a second text of it none more, a repetition of the first none more, a contradiction stands apart")
    func sources() throws {
        let event = try item("event", "E07")
        let article = try item("document", "D01")
        #expect(try counts(event) == [1, 0])
        try cite("Initialed on 8 August.", about: event, source: ["text": "Armenpress"])
        #expect(try counts(event) == [2, 0])
        try cite("Initialed, as reported.", about: event, source: ["text": "Armenpress"])
        #expect(try counts(event) == [2, 0])
        try cite("MENAFN says that it was initialed.", about: event, source: ["text": "A third outlet"], repeats: article)
        #expect(try counts(event) == [2, 0])
        try cite("Initialed on 9 August.", about: event, source: ["text": "A fourth outlet"], stance: "contradicts")
        #expect(try counts(event) == [2, 1])
        // Of another field only what names no field counts.
        #expect(try counts(event, field: "occurrence") == [1, 0])
        // Without a source a document speaks for itself.
        try cite("One.", about: event, source: nil)
        try cite("Two.", about: event, source: nil)
        #expect(try counts(event) == [4, 1])
        // A newer version of it is the same voice, unless it names a source.
        try cite("One, corrected.", about: event, source: nil, revises: ItemID(document: sha256("One.")))
        #expect(try counts(event) == [4, 1])
        try cite("One, as others print it.", about: event, source: ["text": "Others"], revises: ItemID(document: sha256("One.")))
        #expect(try counts(event) == [5, 1])
    }

    @Test("documents that repeat each other in a circle are looked at once")
    func circle() throws {
        let event = try item("event", "E07")
        let before = try counts(event)[0]
        try cite("One.", about: event, source: ["text": "One"])
        let one = ItemID(document: sha256("One."))
        try cite("Two.", about: event, source: ["text": "Two"], repeats: one)
        try replica.quickly { try $0.set(one, "republishes", .string(ItemID(document: sha256("Two.")).raw)) }
        #expect(try counts(event)[0] == before + 1)
    }
}
