import AnnalsModel
import AnnalsWire
import EDTF
import Foundation
import Testing

@testable import Annals

/// Each part of the golden file against the item file that it became: the table of `Documentation/item-files.md`, checked.
@Suite("The coded article says all that the golden file says")
struct CodedArticleTests {
    private let article: CodedArticle
    private let golden: Value

    init() throws {
        article = try CodedArticle()
        golden = article.golden
    }

    private func each(_ part: String) -> [(id: String, name: String, value: Value)] {
        (golden[part]?.array ?? []).map { (id: $0["id"]?.string ?? "", name: CodedArticle.name($0["id"]?.string ?? ""), value: $0) }
    }

    private func named(_ id: Value?) -> Value? { id?.string.map { .string(CodedArticle.name($0)) } }
    private func item(_ id: Value?) -> Value? { named(id).map { .object([("item", $0)]) } }

    /// Null and an empty list say nothing.
    private func said(_ value: Value?) -> Value? { value.flatMap { $0.isNull || $0.array?.isEmpty == true ? nil : $0 } }

    /// A golden object's members that a test does not look at are a hole in it.
    private func expectOnly(_ members: Set<String>, _ value: Value, _ what: String) {
        #expect(Set((value.object ?? []).map(\.key)).subtracting(members) == [], "\(what)")
    }

    @Test("nothing but what these tests look at stands in the golden file")
    func parts() {
        expectOnly(
            [
                "format", "text", "sources", "codebooks", "actors", "places", "instruments", "events", "commitments", "relations", "notes",
                "coder", "known_debatable",
            ], golden, "golden")
        for (part, members) in [
            ("sources", ["id", "publisher", "published", "attribution", "evidence", "admiralty_source_reliability"]),
            ("codebooks", ["id", "version"]),
            ("actors", ["id", "name", "kind", "plover_code", "plover_sector", "office", "mention"]),
            ("places", ["id", "name", "country", "geonames", "precision", "evidence"]),
            ("instruments", ["id", "name", "kind", "status_history", "evidence", "note"]),
            (
                "events",
                [
                    "id", "title", "when", "plover", "cameo", "actors", "recipients", "evidence", "instruments", "commitments", "place",
                    "about_places", "ratings", "coder_note", "alternatives",
                ]
            ),
            (
                "commitments",
                [
                    "id", "text", "modality", "basis", "obligors", "beneficiaries", "deadline", "conditions", "instrument", "evidence",
                    "fulfilment", "note",
                ]
            ),
            ("relations", ["source", "type", "target", "basis"]),
            ("notes", ["id", "target", "kind", "text", "evidence", "speaker", "value", "scale"]),
        ] {
            for value in golden[part]?.array ?? [] { expectOnly(Set(members), value, part) }
        }
    }

    @Test("the text, its source and who is cited in it")
    func document() throws {
        let text = try #require(article.field("document#D01", "text")?.string)
        #expect(text.utf8.count == golden["text"]?["bytes"]?.integer.map(Int.init))
        #expect(text.unicodeScalars.count == golden["text"]?["code_points"]?.integer.map(Int.init))
        #expect(text.utf16.count == golden["text"]?["utf16_units"]?.integer.map(Int.init))
        #expect(ItemID(document: sha256(text)).raw == "sha256:" + (golden["text"]?["sha256"]?.string ?? ""))
        #expect(article.field("document#D01", "title") == golden["text"]?["path"])
        #expect(article.field("document#D01", "language") == golden["text"]?["language"])
        let source = try #require(golden["sources"]?.array?.first)
        #expect(golden["sources"]?.array?.count == 1)
        #expect(article.field("source#S01", "name") == source["publisher"])
        #expect(article.coding("source#S01", "reliability")?.string == source["admiralty_source_reliability"]?.string?.uppercased())
        #expect(article.field("document#D01", "source") == ["item": "source#S01"])
        #expect(article.field("document#D01", "published") == source["published"])
        #expect(article.field("document#D01", "attribution") == source["attribution"])
        for quote in source["evidence"]?.array ?? [] { #expect(article.hasQuote(quote, "document#D01")) }
    }

    @Test("actors, places and codebooks")
    func actors() {
        for (id, name, actor) in each("actors") {
            #expect(article.list(name, "names").map { $0["text"] } == [actor["name"]], "\(id)")
            #expect(article.field(name, "kind") == actor["kind"])
            #expect(article.field(name, "code") == said(actor["plover_code"]))
            #expect(article.field(name, "sector") == said(actor["plover_sector"]))
            #expect(article.list(name, "posts").map { $0["office"] } == (said(actor["office"]).map { [$0] } ?? []))
            #expect(article.hasQuote(actor["mention"] ?? .null, name, "names"))
        }
        for (id, name, place) in each("places") {
            #expect(article.field(name, "name") == place["name"], "\(id)")
            #expect(article.field(name, "country") == said(place["country"]))
            #expect(article.field(name, "geonames") == said(place["geonames"]))
            #expect(article.field(name, "resolution") == place["precision"])
            #expect(article.hasQuote(place["evidence"] ?? .null, name))
        }
        for (id, _, book) in each("codebooks") {
            #expect(article.field("codebook#\(id)", "version") == book["version"])
        }
        #expect(article.items("actor").count == 14 && article.items("place").count == 5 && article.items("codebook").count == 5)
    }

    @Test("instruments, their statuses in order, and what is remarked on them")
    func instruments() {
        for (id, name, instrument) in each("instruments") {
            #expect(article.field(name, "title") == instrument["name"], "\(id)")
            #expect(article.field(name, "kind") == instrument["kind"])
            let statuses = (instrument["status_history"]?.array ?? []).map { status in
                [status["status"], named(status["event"]), status["basis"]]
            }
            #expect(article.list(name, "statuses").map { [$0["status"], $0["event"], $0["basis"]] } == statuses)
            #expect(article.field("note#N-\(id)", "text") == instrument["note"])
            for quote in instrument["evidence"]?.array ?? [] { #expect(article.hasQuote(quote, name)) }
        }
        #expect(article.items("instrument").count == 10)
    }

    @Test("events: when, where, who, and what changed by them")
    func events() throws {
        for (id, name, event) in each("events") {
            #expect(article.field(name, "title") == event["title"], "\(id)")
            let when = try #require(event["when"])
            for part in ["edtf", "basis", "note"] { #expect(article.field(name, "when")?[part] == when[part]) }
            let date = try EDTF(try #require(when["edtf"]?.string))
            #expect(date.earliest?.description == when["earliest"]?.string)
            #expect(date.latest?.description == when["latest"]?.string)
            #expect(when["edtf"]?.string?.hasPrefix("[") == (when["kind"] == "instant"))
            #expect(article.field(name, "place") == item(said(event["place"])))
            #expect(article.list(name, "about-places") == (event["about_places"]?.array ?? []).compactMap(item))
            let sides = [("actor", event["actors"]), ("recipient", event["recipients"])]
            let parts = sides.flatMap { side, list in (list?.array ?? []).map { (side, $0) } }
            let expected = parts.map { side, part -> Value in
                var members: [(String, Value)] = [
                    ("side", .string(side)), ("role", part["role"] ?? .null), ("actor", named(part["actor"]) ?? .null),
                ]
                if let behalf = named(part["on_behalf_of"]) { members.append(("on-behalf-of", behalf)) }
                if let basis = part["basis"] { members.append(("basis", basis)) }
                return .object(members)
            }
            #expect(Set(article.list(name, "participations")) == Set(expected), "\(id)")
            for change in event["instruments"]?.array ?? [] {
                let statuses = article.list(CodedArticle.name(change["instrument"]?.string ?? ""), "statuses")
                #expect(statuses.contains { $0["status"] == change["status"] && $0["event"]?.string == name }, "\(id)")
            }
            for commitment in event["commitments"]?.array ?? [] {
                #expect(article.list(CodedArticle.name(commitment.string ?? ""), "events").contains(.string(name)), "\(id)")
            }
            let tags = article.list(name, "tags")
            #expect(tags.contains("debatable") == (golden["known_debatable"]?.array ?? []).contains(.string(id)))
            for quote in event["evidence"]?.array ?? [] { #expect(article.hasQuote(quote, name)) }
        }
        #expect(article.items("event").count == 14)
    }

    @Test("events: their coding, its alternatives, and how far they are believed")
    func codings() throws {
        for (id, name, event) in each("events") {
            let coding = try #require(article.coding(name, "coding"))
            let plover = try #require(event["plover"])
            #expect(coding["type"] == plover["type"], "\(id)")
            #expect(coding["mode"] == said(plover["mode"]))
            #expect(coding["contexts"] == said(plover["context"]))
            #expect(coding["auxiliary"].map { [$0] } == said(plover["auxiliary"])?.array)
            #expect(coding["type"]?.string.flatMap(Codebooks.quadClass) == plover["quad"]?.string)
            #expect(coding["cameo"] == event["cameo"]?["code"])
            #expect(coding["cameo"]?.string.map(Codebooks.cameoRoot) == event["cameo"]?["root"]?.string)
            #expect(coding["note"] == event["coder_note"])
            let alternatives = (event["alternatives"]?.array ?? []).map { [$0["plover"], $0["mode"], $0["cameo"], $0["why"]].map(said) }
            #expect(
                (coding["alternatives"]?.array ?? []).map { [$0["type"], $0["mode"], $0["cameo"], $0["why"]] } == alternatives, "\(id)")
            #expect(event["ratings"]?["source_reliability"]?.string?.uppercased() == article.coding("source#S01", "reliability")?.string)
            #expect(article.field("assessment#X-\(id)", "target")?.string == name)
            #expect(
                article.coding("assessment#X-\(id)", "credibility")?.integer.map(String.init)
                    == event["ratings"]?["information_credibility"]?.string)
        }
    }

    @Test("commitments: who, for whom, by when, on what condition")
    func commitments() throws {
        for (id, name, commitment) in each("commitments") {
            for part in ["text", "modality", "basis"] { #expect(article.field(name, part) == commitment[part], "\(id) \(part)") }
            #expect(article.field(name, "instrument") == named(said(commitment["instrument"])))
            for part in ["obligors", "beneficiaries"] {
                #expect(Set(article.list(name, part)) == Set((commitment[part]?.array ?? []).compactMap(named)), "\(id) \(part)")
            }
            let deadline = article.field(name, "deadline")
            if let golden = said(commitment["deadline"]) {
                #expect(deadline?["duration"] == golden["relative"])
                #expect(deadline?["relation"] == golden["relation"])
                #expect(deadline?["anchor"] == named(golden["anchor_event"]))
                #expect(deadline?["basis"] == golden["anchor_basis"])
                #expect(article.hasQuote(golden["quote"] ?? .null, name, "deadline"))
            } else {
                #expect(deadline == nil)
            }
            let conditions = (commitment["conditions"]?.array ?? []).map { condition in
                Value.object([
                    ("kind", condition["kind"] ?? .null), ("basis", condition["basis"] ?? .null),
                    ("what", item(condition["commitment"]) ?? .object([("text", condition["text"] ?? .null)])),
                ])
            }
            #expect(Set(article.list(name, "conditions")) == Set(conditions), "\(id)")
            for condition in commitment["conditions"]?.array ?? [] where condition["evidence"] != nil {
                #expect(article.hasQuote(condition["evidence"] ?? .null, name, "conditions"))
            }
            #expect(said(commitment["fulfilment"]) == nil && article.coding(name, "fulfilment") == nil)
            #expect(article.field("note#N-\(id)", "text") == commitment["note"])
            for quote in commitment["evidence"]?.array ?? [] { #expect(article.hasQuote(quote, name)) }
        }
        #expect(article.items("commitment").count == 9)
    }

    @Test("relations, and notes with what they rest on and who speaks")
    func relationsAndNotes() {
        let relations = article.items("relation").compactMap { $0["fields"] }.map { [$0["from"], $0["type"], $0["to"], $0["basis"]] }
        let expected = (golden["relations"]?.array ?? []).map { [named($0["source"]), $0["type"], named($0["target"]), $0["basis"]] }
        #expect(relations == expected)
        #expect(relations.count == 18)
        for (id, name, note) in each("notes") {
            #expect(article.field(name, "target") == named(note["target"]), "\(id)")
            #expect(article.field(name, "kind") == note["kind"])
            #expect(article.field(name, "text") == note["text"])
            #expect(article.field(name, "opinion") == said(note["value"]))
            #expect(note["scale"] == nil || note["scale"] == "stix-opinion-enum")
            let target = note["target"]?.string.map(CodedArticle.name) ?? ""
            for quote in note["evidence"]?.array ?? [] {
                #expect(article.hasQuote(quote, target), "\(id)")
                let speaker = item(said(note["speaker"]))
                let about = article.quotes(target).filter { $0["fields"]?["position"]?["start"] == quote["start"] }
                    .flatMap { $0["fields"]?["about"]?.array ?? [] }
                #expect(about.contains { $0["item"]?.string == target && $0["speaker"] == speaker }, "\(id)")
            }
        }
    }
}
