/// JSON Schemas (draft 2020-12) that follow from the vocabulary: what the fields of each kind may hold.
extension Vocabulary {
    /// The schema document: under `$defs`, for each kind an object whose properties are its fields.
    ///
    /// `Protocol/schemas/vocabulary.json` is this document for ``current``. Each field bears its merge class and, where it
    /// is not everyone's, the role that may write it, as `x-` members.
    public var jsonSchema: Value {
        .object([
            ("$schema", "https://json-schema.org/draft/2020-12/schema"),
            ("title", .string("Annals vocabulary, version \(version)")),
            ("$defs", .object(kinds.map { ($0.name, $0.jsonSchema) })),
        ])
    }
}

extension KindRule {
    /// An object whose properties are the kind's fields; those that a create must bring are required.
    public var jsonSchema: Value {
        var members: [(String, Value)] = [
            ("type", "object"), ("description", .string(summary)), ("x-letter", .string(String(letter))),
            ("properties", .object(fields.map { ($0.name, $0.jsonSchema) })),
        ]
        let required = fields.filter(\.required).map { Value.string($0.name) }
        if !required.isEmpty { members.append(("required", .array(required))) }
        if role > .analyst { members.append(("x-role", .string(role.rawValue))) }
        return .object(members)
    }
}

extension FieldRule {
    /// What one value of the field may be: of a set or append field one element, of a per-coder field one author's value.
    public var jsonSchema: Value {
        var members = (type.jsonSchema.object ?? []).map { ($0.key, $0.value) }
        members.append(("description", .string(summary)))
        members.append(("x-merge", .string(merge.rawValue)))
        if role > .analyst { members.append(("x-role", .string(role.rawValue))) }
        if writers == .owner { members.append(("x-writers", .string(writers.rawValue))) }
        return .object(members)
    }
}

extension ValueType {
    /// Members that the type does not know are allowed, as in validation.
    public var jsonSchema: Value {
        switch self {
        case .text: ["type": "string"]
        case .line, .token: ["type": "string", "minLength": 1, "pattern": "^[^\\u0000-\\u001F]*$"]
        case .date: ["type": "string", "description": "EDTF, level 1 or one of a set", "minLength": 1]
        case .choice(let words): ["type": "string", "enum": .array(words.map(Value.string))]
        case .integer(let range):
            ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .decimal: ["type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$", "maxLength": 41]
        case .item: Self.itemSchema
        case .itemOrText:
            [
                "type": "object", "properties": ["item": Self.itemSchema, "text": ["type": "string"]],
                "oneOf": [["required": ["item"]], ["required": ["text"]]],
            ]
        case .list(let element): ["type": "array", "items": element.jsonSchema]
        case .object(let parts): Self.objectSchema(parts)
        }
    }

    private static let itemSchema: Value = [
        "type": "string", "pattern": "^([0-9abcdefghjkmnpqrstvwxyz]{16}-[1-9][0-9]*|sha256:[0-9a-f]{64})$",
    ]

    private static func objectSchema(_ parts: [Part]) -> Value {
        var members: [(String, Value)] = [
            ("type", "object"), ("properties", .object(parts.map { ($0.name, $0.type.jsonSchema) })),
        ]
        let required = parts.filter(\.required).map { Value.string($0.name) }
        if !required.isEmpty { members.append(("required", .array(required))) }
        return .object(members)
    }
}
