import AnnalsModel
import Foundation
import Testing

/// A quote that was coded by hand, with its place as it was counted by another program.
struct GoldenQuote: Decodable, Sendable, CustomTestStringConvertible {
    let exact: String
    let start: Int
    let end: Int
    let prefix: String
    let suffix: String
    let occurrence: Int
    let occurrences: Int

    var testDescription: String { "\(start)..<\(end)" }
}

/// The first article of the corpus and the quotes that were coded in it.
enum Golden {
    static let article = read("000_170d4dc274a6076d.txt")
    static let quotes: [GoldenQuote] = {
        var found: [GoldenQuote] = []
        func collect(_ value: Any) throws {
            if let members = value as? [String: Any] {
                if members["exact"] != nil {
                    found.append(
                        try JSONDecoder().decode(GoldenQuote.self, from: try JSONSerialization.data(withJSONObject: members)))
                }
                for key in members.keys.sorted() { if let member = members[key] { try collect(member) } }
            } else if let elements = value as? [Any] {
                for element in elements { try collect(element) }
            }
        }
        do {
            try collect(try JSONSerialization.jsonObject(with: Data(read("golden/seed-events.json").utf8)))
        } catch {
            Issue.record(error)
        }
        return found
    }()

    private static func read(_ path: String) -> String {
        let seeds = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../seeds")
        do {
            return String(decoding: try Data(contentsOf: seeds.appending(path: path)), as: UTF8.self)
        } catch {
            Issue.record(error)
            return ""
        }
    }
}

private let matcher = QuoteMatcher(text: Golden.article)

/// A golden quote as a passage.
private func passage(_ golden: GoldenQuote) -> Passage {
    Passage(
        quote: Quote(exact: golden.exact, prefix: golden.prefix, suffix: golden.suffix),
        position: TextPosition(start: golden.start, end: golden.end),
        occurrence: golden.occurrence, occurrences: golden.occurrences)
}

/// The query as it is typed on a plain keyboard.
private func asTyped(_ text: String) -> String {
    var typed = text.lowercased()
    for (curly, straight) in [("–", "-"), ("“", "\""), ("”", "\""), ("’", "'"), ("\n\n", " ")] {
        typed = typed.replacing(curly, with: straight)
    }
    return typed
}

@Test("the golden file has all 63 quotes")
func goldenCount() { #expect(Golden.quotes.count == 63) }

@Test("every golden quote is found where it was coded, with its context and count", arguments: Golden.quotes)
func goldenQuotes(_ golden: GoldenQuote) throws {
    let found = matcher.passages(matching: golden.exact)
    #expect(found.count == golden.occurrences)
    #expect(found.contains(passage(golden)))
    try passage(golden).verify(in: Golden.article)
    #expect(try matcher.passage(at: passage(golden).position) == passage(golden))
}

@Test("a golden quote typed in lower case with straight quotes, hyphens and spaces finds the same place", arguments: Golden.quotes)
func goldenQuotesAsTyped(_ golden: GoldenQuote) {
    #expect(matcher.passages(matching: "  " + asTyped(golden.exact) + "\n").contains { $0.position.start == golden.start })
    #expect(matcher.passages(matching: asTyped(golden.exact)).contains(passage(golden)))
}

@Test("an ellipsis takes all between", arguments: ["the draft Agreement...both countries", "the draft Agreement … both countries"])
func ellipsisInArticle(_ query: String) throws {
    let found = matcher.passages(matching: query)
    try #require(found.count == 1)
    #expect(found[0].quote.exact.hasPrefix("the draft Agreement on the Establishment of Peace"))
    #expect(found[0].quote.exact.hasSuffix("initialed by the foreign ministers of both countries"))
}

@Test(
    "the article's missing spaces around quotation marks do not stand in the way",
    arguments: [
        ("the visit as \"historical,\" highlighting", "the visit as“historical,” highlighting"),
        ("removal of a \"negative legacy of the past,\" underscoring", "removal of a“negative legacy of the past,” underscoring"),
        ("normalization process, reports.", "normalization process,reports."),
        (
            "infrastructure, as well as defense,security , and counterterrorism",
            "infrastructure, as well as defense, security, and counterterrorism"
        ),
    ])
func missingSpaces(_ query: String, _ exact: String) {
    #expect(matcher.passages(matching: query).map(\.quote.exact) == [exact])
}

@Test("words that stand at three places are three passages to choose from")
func threePlaces() throws {
    let found = matcher.passages(matching: "Memorandum")
    #expect(found.map(\.occurrence) == [1, 2, 3])
    #expect(found.allSatisfy { $0.occurrences == 3 })
    for passage in found { try passage.verify(in: Golden.article) }
}
