import AnnalsModel
import Testing

@testable import AnnalsCommand

@Suite("Field words") struct FieldWordsTests {
    static let place = ItemID("0123456789abcdef-1")!
    static var words: ValueWords {
        ValueWords(
            item: { word, _ in
                guard word == "a3" || word == "e40" else { throw CommandFailure("no item \(word)", do: "look again") }
                return place
            }, json: { $0 == #"{"edtf":"2025"}"# ? ["edtf": "2025"] : nil })
    }

    func event(_ assignments: String...) throws -> [FieldWords.Assignment] {
        let kind = try #require(Vocabulary.current.kind("event"))
        return try FieldWords(kind: kind, words: Self.words).read(assignments)
    }

    @Test("a plain word fills the one required part of an object")
    func mainPart() throws {
        #expect(try event("when=[2025-08-07..2025-08-08]").map(\.value) == [["edtf": "[2025-08-07..2025-08-08]"]])
        #expect(try event("coding=SUPPORT").map(\.value) == [["type": "SUPPORT"]])
    }

    @Test("parts are given with dots, in one word, or as JSON")
    func parts() throws {
        let whole: [Value] = [["edtf": "2025-08-08", "basis": "stated"]]
        #expect(try event("when=2025-08-08", "when.basis=stated").map(\.value) == whole)
        #expect(try event("when.basis=stated", "when.edtf=2025-08-08").map(\.value) == whole)
        #expect(try event("when=edtf=2025-08-08,basis=stated").map(\.value) == whole)
        #expect(try event(#"when={"edtf":"2025"}"#).map(\.value) == [["edtf": "2025"]])
    }

    @Test("a comma ends a part only where another part follows it")
    func commas() throws {
        let value = try event("participations=actor=a3,role=host,as-reported=Ministers, both").map(\.value)
        #expect(value == [["actor": .string(Self.place.raw), "role": "host", "as-reported": "Ministers, both"]])
    }

    @Test("a set takes a field more than once, a single value does not")
    func repetition() throws {
        #expect(try event("tags=tripp", "tags=peace").map(\.value) == ["tripp", "peace"])
        #expect(throws: CommandFailure.self) { try event("title=One", "title=Two") }
        #expect(throws: CommandFailure.self) { try event("when=2025", "when.edtf=2026") }
    }

    @Test("dotted parts fill one element of a set until a part comes again")
    func elements() throws {
        let value = try event(
            "participations.actor=a3", "participations.role=host", "participations.actor=a3", "participations.role=guest"
        ).map(\.value)
        let actor = Value.string(Self.place.raw)
        #expect(value == [["actor": actor, "role": "host"], ["actor": actor, "role": "guest"]])
    }

    @Test("a list is words with commas, and grows")
    func lists() throws {
        let value = try event("coding=SUPPORT", "coding.contexts=diplomatic, territory", "coding.contexts=military").map(\.value)
        #expect(value == [["type": "SUPPORT", "contexts": ["diplomatic", "territory", "military"]]])
    }

    @Test("a choice is taken in any case and kept as the vocabulary spells it")
    func choices() throws {
        #expect(try event("coding=support", "occurrence=Planned").map(\.value) == [["type": "SUPPORT"], "planned"])
    }

    @Test("a place is an item where the word is a handle, else the text as reported")
    func itemOrText() throws {
        #expect(try event("place=Washington").map(\.value) == [["text": "Washington"]])
        #expect(try event("place=e40").map(\.value) == [["item": .string(Self.place.raw)]])
        #expect(try event("place=text=e40").map(\.value) == [["text": "e40"]])
    }

    @Test(
        "a word that does not fit says where it belongs and what belongs there",
        arguments: [
            ("when=yesterday", "event.when.edtf"), ("when.basis=stated", "event.when.edtf"), ("occurrence=maybe", "event.occurrence"),
            ("wen=2025", "event"), ("participations=a3", "event.participations"), ("title", "--set"), ("title.x=1", "event.title"),
            ("when.bases=stated", "event.when"),
        ])
    func refusals(word: String, place: String) {
        let failure = #expect(throws: CommandFailure.self) { try event(word) }
        #expect(failure?.place == place)
        #expect(failure?.status == .usage)
        #expect(failure?.wayOut.isEmpty == false)
    }

    @Test("every field of every kind takes words, a kind added to the vocabulary with no other edit")
    func newKind() throws {
        let lake = KindRule(
            "lake", plural: "lakes", letter: "l", label: "name", "a body of water",
            fields: [
                FieldRule("name", .line, .latest, "its name", required: true),
                FieldRule("depth", .integer(0...20_000), .contested, "metres"),
                FieldRule("frozen", .object([.init("from", .date, required: true), .init("to", .date)]), .append, "when it froze"),
                FieldRule("rivers", .line, .set, "what flows into it"),
            ])
        let vocabulary = Vocabulary(version: 2, kinds: Vocabulary.current.kinds + [lake])
        let rewritten = FlagWords(vocabulary: vocabulary).rewritten([
            "new", "lake", "Sevan", "--depth", "79", "--frozen", "2025-01", "--frozen.to=2025-02", "--frozen", "2026-01", "--rivers",
            "Hrazdan",
            "-m", "--depth",
        ])
        #expect(
            rewritten == [
                "new", "lake", "Sevan", "--set", "depth=79", "--set", "frozen=2025-01", "--set", "frozen.to=2025-02", "--set",
                "frozen=2026-01", "--set",
                "rivers=Hrazdan",
                "-m", "--depth",
            ])
        let sets = rewritten.indices.filter { rewritten[$0] == "--set" }.map { rewritten[$0 + 1] }
        let read = try FieldWords(kind: lake, words: Self.words).read(sets)
        #expect(read.map(\.field.name) == ["depth", "frozen", "frozen", "rivers"])
        #expect(read.map(\.value) == [79, ["from": "2025-01", "to": "2025-02"], ["from": "2026-01"], "Hrazdan"])
    }
}
