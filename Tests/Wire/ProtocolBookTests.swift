import AnnalsJSON
import AnnalsModel
import AnnalsWire
import Foundation
import Testing

/// The book of `Protocol/` against the code: nothing that a peer can meet is left out of it.
struct ProtocolBookTests {
    /// Whether a row of one of the file's tables begins with this name.
    private func hasRow(_ name: String, _ text: String) -> Bool { text.contains("\n| `\(name)` |") }

    @Test("every code that a peer can meet has its row in ERRORS.md")
    func codes() throws {
        let errors = try ProtocolFiles.text("ERRORS.md")
        for code in ProtocolErrorCode.allCases.map(\.rawValue) + RefusalCode.allCases.map(\.rawValue)
            + ServerMessage.StopCode.allCases.map(\.rawValue) + JSONError.Code.allCases.map(\.rawValue)
        {
            #expect(hasRow(code, errors), "\(code)")
        }
    }

    @Test("what a server tells a client to do stands in ERRORS.md in the same words")
    func recovery() throws {
        let errors = try ProtocolFiles.text("ERRORS.md")
        for code in ProtocolErrorCode.allCases { #expect(errors.contains(code.recovery), "\(code.rawValue)") }
    }

    @Test("every announced limit has its row in SPEC.md, with its default")
    func limits() throws {
        let spec = try ProtocolFiles.text("SPEC.md")
        for (name, value) in Limits().announced { #expect(spec.contains("\n| `\(name)` | \(value) |"), "\(name) \(value)") }
    }

    @Test("every message has its row in SPEC.md, with every member that is written, and its vectors")
    func messages() throws {
        let spec = try ProtocolFiles.text("SPEC.md")
        let vectors = try CodecVectors.load()
        var names: Set<String> = []
        for vector in vectors.client.valid {
            names.insert(Self.name(try ClientMessageCodec.decode(Array(vector.line.utf8))))
        }
        for vector in vectors.server.valid {
            names.insert(Self.name(try ServerMessageCodec.decode(Array(vector.line.utf8))))
        }
        #expect(names == Set(Self.names), "a message without a vector")
        for name in names { #expect(hasRow(name, spec), "\(name)") }
        for vector in vectors.client.valid + vectors.server.valid {
            let message = try Value.parse(Array((vector.writes ?? vector.line).utf8))
            let type = try #require(message["type"]?.string)
            let starts = ["client", "server", "either"].map { "| `\(type)` | \($0) |" }
            let row = try #require(spec.split(separator: "\n").first { row in starts.contains { row.hasPrefix($0) } })
            for member in message.object ?? [] where member.key != "type" {
                #expect(row.contains("`\(member.key)`"), "\(type).\(member.key)")
            }
        }
    }

    private static let names = [
        "hello", "auth", "open", "pull", "credit", "push", "ping", "pong", "welcome", "unsupported", "ready", "opened",
        "entries", "checkpoint", "caughtUp", "ack", "refused", "known", "stopped", "error",
    ]

    /// Exhaustive, so that a new message does not build until it has its name here.
    private static func name(_ message: ClientMessage) -> String {
        switch message {
        case .hello: "hello"
        case .auth: "auth"
        case .open: "open"
        case .pull: "pull"
        case .credit: "credit"
        case .push: "push"
        case .ping: "ping"
        case .pong: "pong"
        }
    }

    private static func name(_ message: ServerMessage) -> String {
        switch message {
        case .welcome: "welcome"
        case .unsupported: "unsupported"
        case .ready: "ready"
        case .opened: "opened"
        case .entries: "entries"
        case .checkpoint: "checkpoint"
        case .caughtUp: "caughtUp"
        case .ack: "ack"
        case .refused: "refused"
        case .known: "known"
        case .stopped: "stopped"
        case .error: "error"
        case .ping: "ping"
        case .pong: "pong"
        }
    }

    @Test("every operation and merge class stands in SPEC.md")
    func operations() throws {
        let spec = try ProtocolFiles.text("SPEC.md")
        for vector in try CodecVectors.load().change.valid {
            for operation in try ChangeCodec.decode(Array(vector.line.utf8)).operations {
                #expect(hasRow(operation.name, spec), "\(operation.name)")
            }
        }
        for merge in MergeClass.allCases { #expect(spec.contains("\n| \(merge.rawValue) |"), "\(merge.rawValue)") }
    }

    @Test("VOCABULARY.md says every kind and field of the vocabulary, and no other")
    func vocabulary() throws {
        let text = try ProtocolFiles.text("VOCABULARY.md")
        #expect(text.contains("vocabulary \(Vocabulary.current.version)"))
        #expect(text.contains(Codebooks.ploverTypes.joined(separator: " ")))
        let expected = VocabularyText.lines(.current)
        let lines = text.split(separator: "\n").map(String.init)
        for line in expected { #expect(lines.contains(line), "missing: \(line)") }
        for line in lines where line.hasPrefix("## ") || line.hasPrefix("| `") {
            #expect(expected.contains(line), "not in the vocabulary: \(line)")
        }
    }

    @Test("schemas/vocabulary.json is the schema of the vocabulary")
    func vocabularySchema() throws {
        #expect(try ProtocolFiles.value("schemas/vocabulary.json") == Vocabulary.current.jsonSchema)
    }

    @Test("schemas/items.json is the schema of item files, and takes the coded article but not an article with a slip in it")
    func itemFileSchema() throws {
        #expect(try ProtocolFiles.value("schemas/items.json") == Vocabulary.current.itemFileSchema)
        let schema = try JSONSchema()
        let file = ProtocolFiles.folder.deletingLastPathComponent().appending(path: "seeds/seed-events.items.jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 163)
        for line in lines { #expect(try schema.accepts(try Value.parse(Array(line.utf8)), "items.json"), "\(line.prefix(60))") }
        for (right, wrong) in [
            (#""kind":"event""#, #""kind":"evnt""#), (#""status":"initialed""#, #""status":"initialled""#),
            (#""actor":"actor#A01""#, #""actor":"A01""#), (#""title""#, #""titel""#),
        ] {
            let line = try #require(lines.first { $0.contains(right) }).replacingOccurrences(of: right, with: wrong)
            #expect(try !schema.accepts(try Value.parse(Array(line.utf8)), "items.json"), "\(wrong)")
        }
    }
}
