import AnnalsModel
import Foundation
import Testing

@testable import AnnalsCommand

/// Every field of the vocabulary, by the table itself: from the command line into a replica, over a server into another one, with writes
/// of two people who do not see each other's.
@Suite("Every kind and field goes from the command line to another replica, and merges as its class says") struct EveryFieldTests {
    /// Two replicas, and two items of each kind that fields can name.
    private struct Desk {
        let bench: Bench
        private let server: ServerProcess
        /// Ids by kind.
        private(set) var items: [String: [String]] = [:]

        init() throws {
            bench = try Bench()
            server = try ServerProcess(
                bench, words: ["serve", "--data", "s", "--workspace", "w", "--dev-users", "--curator", "aliya", "--curator", "ben"])
            for (folder, user) in [("a", "aliya"), ("b", "ben")] { try bench.done("clone", server.address, folder, "--user", user) }
            // In an order in which each finds what it has to name.
            for kind in [
                "document", "source", "place", "actor", "event", "instrument", "commitment", "codebook", "citation", "relation", "note",
                "assessment",
            ] {
                items[kind] = try (0...1).map { try make(kind, $0) }
            }
            #expect(Set(items.keys) == Set(Vocabulary.current.kinds.map(\.name)))
            try sync()
        }

        /// Makes an item with what it must have, and with its other immutable fields.
        private func make(_ kind: String, _ variant: Int) throws -> String {
            if kind == "document" {
                try bench.write("Text \(variant).", to: "t\(variant).txt")
                return try made(bench.done("-C", "a", "import", "../t\(variant).txt", "--json"))
            }
            var words = ["-C", "a", "new", kind, "--json"]
            for field in Vocabulary.current.kind(kind)?.fields ?? [] where field.required || field.merge == .immutable {
                // What is named is there already: a note answers the one before it.
                if field.name == "reply-to", items["note"] == nil { continue }
                words += ["--\(field.name)", EveryFieldTests.word(sample(field.type, variant))]
            }
            return try made(done(words))
        }

        private func made(_ json: String) throws -> String {
            let handle = try #require(JSONLine.value(json.trimmingCharacters(in: .newlines))?["made"]?.array?.first?.string, "\(json)")
            let shown = try bench.done("-C", "a", "show", handle, "--json").trimmingCharacters(in: .newlines)
            return try #require(JSONLine.value(shown)?["id"]?.string)
        }

        @discardableResult
        func done(_ words: [String]) throws -> String {
            let run = try bench.annals(words)
            #expect(run.status == 0, "\(words.joined(separator: " ")): \(run.err)")
            return run.out
        }

        func sync() throws { for folder in ["a", "b", "a"] { try bench.done("-C", folder, "sync") } }

        /// An item as a replica shows it.
        func show(_ id: String, in folder: String) throws -> Value {
            try #require(JSONLine.value(try bench.done("-C", folder, "show", id, "--json").trimmingCharacters(in: .newlines)))
        }

        /// A value that fits the type; two variants that differ.
        func sample(_ type: ValueType, _ variant: Int) -> Value {
            switch type {
            case .text, .line: .string("Words \(variant)")
            case .token: .string("word-\(variant)")
            case .date: .string(["2025-08-07", "[2025-08-07..2025-08-08]"][variant])
            case .choice(let words): .string(words[variant])
            case .integer(let range): .integer(range.lowerBound + Int64(variant))
            case .duration: .string(["P6M", "P1Y"][variant])
            case .decimal: .string(["1.5", "-2"][variant])
            case .item(let kinds): .string(items[kinds.first ?? "event"]?[variant] ?? "")
            case .itemOrText(let kinds):
                variant == 0 ? .object([("text", "as reported")]) : .object([("item", sample(.item(kinds), 0))])
            // Both, so that what names one of a list finds it: a code that of its codebook.
            case .list(let element): .array([sample(element, variant), sample(element, 1 - variant)])
            case .object(let parts): .object(parts.map { ($0.name, sample($0.type, variant)) })
            }
        }
    }

    /// A value as a person types it: a word, or JSON.
    private static func word(_ value: Value) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        default: JSONLine.text(value)
        }
    }

    @Test("as its class says", arguments: Vocabulary.current.kinds.map(\.name))
    func field(kind: String) throws {
        let desk = try Desk()
        let rule = try #require(Vocabulary.current.kind(kind))
        let id = try #require(desk.items[kind]?.first)
        let fields = rule.fields.filter { $0.merge != .immutable }
        // Both write every field, and see nothing of each other.
        for field in fields {
            for (variant, folder) in ["a", "b"].enumerated() where variant == 0 || field.writers == .anyone {
                try desk.done(["-C", folder, "set", "\(id).\(field.name)", Self.word(desk.sample(field.type, variant))])
            }
        }
        try desk.sync()
        let shown = try ["a", "b"].map { try desk.show(id, in: $0) }
        #expect(shown[0] == shown[1], "replicas differ")
        for field in rule.fields { try check(field, shown[0], id, desk) }
        try checkRemovals(fields.filter { $0.merge == .set }, id, desk)
    }

    private func check(_ field: FieldRule, _ item: Value, _ id: String, _ desk: Desk) throws {
        let samples = (0...1).map { desk.sample(field.type, $0) }
        let conflicts = (item["conflicts"]?.array ?? []).filter { $0["field"]?.string == field.name }
        let name = "\(field.name)"
        switch field.merge {
        case .immutable:
            // A document has its text from a file, and its other fields by flags of their own.
            if !["text", "language", "previous", "reply-to", "key"].contains(name) {
                #expect(item["fields"]?[name] == samples[0], "\(name)")
            }
            let run = try desk.bench.annals("-C", "a", "set", "\(id).\(name)", Self.word(samples[1]))
            #expect(run.status == 1 && run.err.contains("said once"), "\(name): \(run.err)")
        case .latest:
            #expect(samples.contains(item["fields"]?[name] ?? .null) && conflicts.isEmpty, "\(name)")
            let why = try desk.bench.done("-C", "b", "why", "\(id).\(name)", "--json")
            #expect(why.contains(#""standing":"overwritten""#), "\(name): the other value is kept and said to be overwritten")
        case .contested where field.writers == .owner:
            #expect(item["fields"]?[name] == samples[0] && conflicts.isEmpty, "\(name)")
            let run = try desk.bench.annals("-C", "b", "set", "\(id).\(name)", Self.word(samples[1]))
            #expect(run.status == 1 && run.err.contains("is aliya's: nobody else writes its \(name)"), "\(name): \(run.err)")
        case .contested:
            let sides = (conflicts.first?["sides"]?.array ?? []).compactMap { $0["value"] }
            #expect(conflicts.count == 1 && Set(sides) == Set(samples), "\(name)")
            #expect(try desk.bench.annals("-C", "b", "set", "\(id).\(name)", Self.word(samples[0])).status == 4, "\(name)")
            try desk.bench.done("-C", "b", "resolve", "\(id).\(name)", "--take", "aliya")
            let settled = try desk.show(id, in: "b")
            #expect(settled["fields"]?[name] == samples[0], "\(name)")
            #expect(!(settled["conflicts"]?.array ?? []).contains { $0["field"]?.string == name }, "\(name)")
        case .set, .append:
            let values = (item["sets"]?[name]?.array ?? []).compactMap { $0["value"] }
            #expect(samples.allSatisfy(values.contains) && conflicts.isEmpty, "\(name)")
        case .perCoder:
            #expect(
                item["codings"]?[name]?["aliya"] == .array([samples[0]]) && item["codings"]?[name]?["ben"] == .array([samples[1]]),
                "\(name)")
            #expect(conflicts.isEmpty, "\(name)")
        }
    }

    /// Who adds what another one removes meanwhile is heard.
    private func checkRemovals(_ fields: [FieldRule], _ id: String, _ desk: Desk) throws {
        if fields.isEmpty { return }
        for field in fields {
            let word = Self.word(desk.sample(field.type, 0))
            try desk.done(["-C", "a", "set", "\(id).\(field.name)", word, "--remove"])
            try desk.done(["-C", "b", "set", "\(id).\(field.name)", word])
            let other = Self.word(desk.sample(field.type, 1))
            try desk.done(["-C", "a", "set", "\(id).\(field.name)", other, "--remove"])
        }
        try desk.sync()
        for folder in ["a", "b"] {
            let item = try desk.show(id, in: folder)
            for field in fields {
                let values = (item["sets"]?[field.name]?.array ?? []).compactMap { $0["value"] }
                #expect(values.contains(desk.sample(field.type, 0)), "\(field.name): add wins")
                #expect(!values.contains(desk.sample(field.type, 1)), "\(field.name): removed")
            }
        }
    }
}
