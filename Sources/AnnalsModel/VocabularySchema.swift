/// JSON Schemas (draft 2020-12) that follow from the vocabulary: what the fields of each kind may hold.
extension Vocabulary {
    /// The schema document: under `$defs`, for each kind an object whose properties are its fields.
    ///
    /// `Protocol/schemas/vocabulary.json` is this document for ``current``. Each field bears its merge class and, where it
    /// is not everyone's, the role that may write it or the values that only a curator may write, as `x-` members.
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
        if !reserved.isEmpty { members.append(("x-reserved", .array(reserved.map(Value.string)))) }
        if writers == .owner { members.append(("x-writers", .string(writers.rawValue))) }
        return .object(members)
    }
}

extension ValueType {
    /// Members that the type does not know are allowed, as in validation.
    public var jsonSchema: Value { jsonSchema(item: Self.itemSchema) }

    /// The same, with what belongs where an item is named.
    func jsonSchema(item: Value) -> Value {
        switch self {
        case .text: ["type": "string"]
        case .line, .token: ["type": "string", "minLength": 1, "pattern": "^[^\\u0000-\\u001F]*$"]
        case .date: ["type": "string", "description": "EDTF, level 1 or one of a set", "minLength": 1]
        case .choice(let words): ["type": "string", "enum": .array(words.map(Value.string))]
        case .integer(let range):
            ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .decimal: ["type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$", "maxLength": 41]
        case .duration: ["type": "string", "pattern": "^P([0-9]{1,6}Y)?([0-9]{1,6}M)?([0-9]{1,6}W)?([0-9]{1,6}D)?$", "minLength": 3]
        case .item: item
        case .itemOrText:
            [
                "type": "object", "properties": ["item": item, "text": ["type": "string"]],
                "oneOf": [["required": ["item"]], ["required": ["text"]]],
            ]
        case .list(let element): ["type": "array", "items": element.jsonSchema(item: item)]
        case .object(let parts): Self.objectSchema(parts, item)
        }
    }

    private static let itemPattern = "[0-9abcdefghjkmnpqrstvwxyz]{16}-[1-9][0-9]*|sha256:[0-9a-f]{64}"

    private static let itemSchema: Value = ["type": "string", "pattern": .string("^(\(itemPattern))$")]

    /// An item of an item file: named by its kind and key, or by its id.
    static let namedItemSchema: Value = ["type": "string", "pattern": .string("^([a-z]+#.+|\(itemPattern))$")]

    private static func objectSchema(_ parts: [Part], _ item: Value) -> Value {
        var members: [(String, Value)] = [
            ("type", "object"), ("properties", .object(parts.map { ($0.name, $0.type.jsonSchema(item: item)) })),
        ]
        let required = parts.filter(\.required).map { Value.string($0.name) }
        if !required.isEmpty { members.append(("required", .array(required))) }
        return .object(members)
    }
}

extension Vocabulary {
    /// The schema of one line of an item file (`Documentation/item-files.md`): the header, or an item of one of the kinds.
    ///
    /// `Protocol/schemas/items.json` is this document for ``current``.
    public var itemFileSchema: Value {
        let header: Value = [
            "type": "object", "properties": ["format": ["const": "annals-items/1"] as Value], "required": ["format"],
            "additionalProperties": false,
        ]
        return .object([
            ("$schema", "https://json-schema.org/draft/2020-12/schema"),
            ("title", .string("A line of an Annals item file, vocabulary version \(version)")),
            ("oneOf", .array([header] + kinds.map(\.itemLineSchema))),
        ])
    }
}

extension KindRule {
    fileprivate var itemLineSchema: Value {
        let key = fields.filter { sameBytes($0.name, "key") }.map { ("key", $0.type.jsonSchema) }
        let own = fields.filter { !sameBytes($0.name, "key") && $0.merge != .perCoder }
        let judged = fields.filter { $0.merge == .perCoder }
        var members = [("kind", ["const": .string(name)] as Value)] + key
        members.append(("fields", Self.closed(own.map { ($0.name, $0.itemFieldSchema) })))
        if !judged.isEmpty { members.append(("codings", Self.closed(judged.map { ($0.name, $0.itemFieldSchema) }))) }
        members.append(("conflicts", ["type": "object", "description": "written by export; an import refuses it"]))
        return .object([
            ("type", "object"), ("description", .string(summary)), ("properties", .object(members)),
            ("required", ["kind", "key"] as Value), ("additionalProperties", false),
        ])
    }

    private static func closed(_ properties: [(String, Value)]) -> Value {
        .object([("type", "object"), ("properties", .object(properties)), ("additionalProperties", false)])
    }
}

extension FieldRule {
    /// Of a field that holds many values the list of them, of a judgment each coder's.
    fileprivate var itemFieldSchema: Value {
        let one = type.jsonSchema(item: ValueType.namedItemSchema)
        switch merge {
        case .immutable, .latest, .contested: return one
        case .set, .append: return ["type": "array", "items": one]
        case .perCoder: return ["type": "object", "additionalProperties": one]
        }
    }
}
