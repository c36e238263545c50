import AnnalsModel
import AnnalsWire
import Foundation

@testable import Annals

/// The coded article: the item file of `seeds/` and the golden file that it was made of.
struct CodedArticle {
    static let seeds = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "seeds")

    let text: String
    let golden: Value
    private let items: [String: Value]

    init() throws {
        text = try String(contentsOf: Self.seeds.appending(path: "seed-events.items.jsonl"), encoding: .utf8)
        // A file over many lines, for people: no LF stands within a string.
        let file = try Data(contentsOf: Self.seeds.appending(path: "golden/seed-events.json"))
        golden = try Value.parse(file.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 })
        var items: [String: Value] = [:]
        for line in text.split(separator: "\n").dropFirst() {
            let item = try Value.parse(Array(line.utf8))
            items["\(item["kind"]?.string ?? "")#\(item["key"]?.string ?? "")"] = item
        }
        self.items = items
    }

    func items(_ kind: String) -> [Value] { items.filter { $0.key.hasPrefix(kind + "#") }.sorted { $0.key < $1.key }.map(\.value) }

    /// A field of an item; of a list an empty one where nothing is said.
    func field(_ item: String, _ name: String) -> Value? { items[item]?["fields"]?[name] }

    func list(_ item: String, _ name: String) -> [Value] { field(item, name)?.array ?? [] }

    func coding(_ item: String, _ name: String) -> Value? { items[item]?["codings"]?[name]?[golden["coder"]?.string ?? ""] }

    /// The citations that say something of an item: what each quotes, of which field, by whom.
    func quotes(_ item: String, _ field: String? = nil) -> [Value] {
        items("citation").filter { citation in
            (citation["fields"]?["about"]?.array ?? []).contains {
                $0["item"]?.string == item && (field == nil || $0["field"]?.string == field)
            }
        }
    }

    /// Whether this passage of the golden file is a citation about the item, at its place and with its surroundings.
    func hasQuote(_ quote: Value, _ item: String, _ field: String? = nil) -> Bool {
        quotes(item, field).contains { citation in
            let fields = citation["fields"]
            return fields?["quote"]?["exact"] == quote["exact"] && fields?["quote"]?["prefix"] == quote["prefix"]
                && fields?["quote"]?["suffix"] == quote["suffix"] && fields?["position"]?["start"] == quote["start"]
                && fields?["position"]?["end"] == quote["end"]
        }
    }

    /// How the item file names what the golden file calls `E02`.
    static func name(_ id: String) -> String {
        let kinds: [Character: String] = [
            "A": "actor", "C": "commitment", "E": "event", "I": "instrument", "N": "note", "P": "place", "S": "source",
        ]
        return "\(id.first.flatMap { kinds[$0] } ?? "")#\(id)"
    }
}
