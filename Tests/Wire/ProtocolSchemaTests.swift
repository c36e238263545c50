import AnnalsModel
import AnnalsWire
import Testing

/// The JSON Schemas against the vectors: neither may say what the other denies.
struct ProtocolSchemaTests {
    /// What a schema cannot tell: it sees values, not bytes, and knows no calendar.
    static let beyondSchemas = [
        "a change begins with {", "a change ends with }", "at: no such day", "at: no leap seconds", "change is the last member",
    ]

    @Test("the schemas take every valid vector and no invalid one")
    func vectors() throws {
        let schema = try JSONSchema()
        let vectors = try CodecVectors.load()
        for (file, part) in [
            ("client.json", vectors.client), ("server.json", vectors.server), ("change.json", vectors.change),
            ("entry.json", vectors.entry),
        ] {
            for vector in part.valid {
                #expect(try schema.accepts(try Value.parse(Array(vector.line.utf8)), file), "\(file) \(vector.line)")
            }
            for vector in part.invalid where !Self.beyondSchemas.contains(vector.why ?? "") {
                guard let value = try? Value.parse(vector.bytes) else { continue }
                #expect(try !schema.accepts(value, file), "\(file): \(vector.why ?? "")")
            }
        }
    }

    @Test("every message has its definition, and its members are those that the codec writes")
    func definitions() throws {
        let schema = try JSONSchema()
        let vectors = try CodecVectors.load()
        for (file, part) in [("client.json", vectors.client), ("server.json", vectors.server)] {
            var written: [String: Set<String>] = [:]
            for vector in part.valid {
                let message = try Value.parse(Array((vector.writes ?? vector.line).utf8))
                written[message["type"]?.string ?? "", default: []].formUnion((message.object ?? []).map(\.key))
            }
            let definitions = schema.schema(file)["$defs"]?.object ?? []
            #expect(definitions.map(\.key) == written.keys.sorted())
            for definition in definitions {
                let rule = definition.value["$ref"] == nil ? definition.value : schema.schema("checkpoint.json")
                #expect(
                    (rule["properties"]?.object ?? []).map(\.key) == written[definition.key]?.sorted(), "\(definition.key)")
            }
        }
    }

    @Test("a change's schema tells one operation from another")
    func operations() throws {
        let schema = try JSONSchema()
        #expect(try schema.accepts(["op": "retract", "kind": "event", "on": "aaaa111100000001-1"], "change.json", "operation"))
        #expect(try !schema.accepts(["op": "retract", "kind": "event", "on": "aaaa111100000001"], "change.json", "operation"))
    }
}
