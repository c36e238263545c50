import AnnalsModel

/// Reads a value of the vocabulary from a word of a person.
///
/// - an object from its one required part (`2025-08-08` for a date), from parts (`edtf=2025-08-08,basis=stated`), or from JSON;
/// - a list from words with commas, or from JSON;
/// - an item from its handle or id; an item or a text from either, or from JSON.
///
/// It only builds: whether the whole fits the field is ``ValueType/check(_:at:)``'s to say.
struct ValueWords {
    /// The item that a handle or id names, which must be of one of these kinds; of any kind where none is named.
    let item: (_ word: String, _ kinds: [String]) throws -> ItemID
    /// Reads JSON; nil where it is none.
    let json: (String) -> Value?

    func value(_ word: String, for type: ValueType, at path: String) throws -> Value {
        switch type {
        case .text, .line, .token, .date, .decimal, .duration:
            return .string(word)
        case .choice(let choices):
            return .string(Self.choice(word, of: choices))
        case .integer:
            guard let number = Int64(word) else { throw mismatch(type, path) }
            return .integer(number)
        case .item(let kinds):
            return .string(try item(word, kinds).raw)
        case .itemOrText(let kinds):
            // As JSON, where it is an object of one of the two forms; any other text in braces is a text.
            if word.utf8.first == UInt8(ascii: "{"), let value = json(word), value["item"] != nil || value["text"] != nil {
                return try resolved(value, type, path)
            }
            return try itemOrText(word, kinds)
        case .list(let element):
            if word.utf8.first == UInt8(ascii: "[") { return try structured(word, type, path) }
            if case .object = element { return .array([try value(word, for: element, at: path)]) }
            return .array(try word.split(separator: ",").map { try value(Self.trimmed($0), for: element, at: path) })
        case .object(let parts):
            if word.utf8.first == UInt8(ascii: "{") { return try structured(word, type, path) }
            if let members = Self.members(word, of: parts) {
                return try members.reduce(.members([])) { object, member in
                    try adding(member.value, to: object, type, [member.name], at: path)
                }
            }
            guard let main = Self.mainPart(parts) else {
                throw CommandFailure.usage(
                    "\(path) has several parts", at: path,
                    do: "write them as \(parts.map { $0.name + "=…" }.joined(separator: ","))")
            }
            return .object([(main.name, try value(word, for: main.type, at: "\(path).\(main.name)"))])
        }
    }

    /// The value with one more word put into it: at a part where `parts` names one, else at the whole.
    ///
    /// - Throws: ``PartTaken`` where that place has its value already.
    func adding(_ word: String, to old: Value?, _ type: ValueType, _ parts: [String], at path: String) throws -> Value {
        guard let name = parts.first else {
            let new = try value(word, for: type, at: path)
            guard let old else { return new }
            return try merged(old, new)
        }
        guard case .object(let known) = type else {
            throw CommandFailure.usage("\(path) has no parts", at: path, do: "give it one value")
        }
        guard let part = known.first(where: { sameBytes($0.name, name) }) else {
            throw CommandFailure.usage(
                "\(path) has no part \(name)", at: path, do: "use one of \(known.map(\.name).joined(separator: ", "))")
        }
        let member = try adding(word, to: old?[name], part.type, Array(parts.dropFirst()), at: "\(path).\(name)")
        let others = (old?.object ?? []).map { ($0.key, $0.value) }
        return .object(others + [(name, member)])
    }

    /// Lists grow, objects take parts that they do not have; anything else is taken.
    private func merged(_ old: Value, _ new: Value) throws -> Value {
        switch (old, new) {
        case (.array(let first), .array(let more)):
            return .array(first + more)
        case (.members(let first), .members(let more)) where !more.contains(where: { old[$0.key] != nil }):
            return .object((first + more).map { ($0.key, $0.value) })
        default:
            throw PartTaken()
        }
    }

    /// JSON in which items may stand as handles, and lists and objects as words.
    private func structured(_ word: String, _ type: ValueType, _ path: String) throws -> Value {
        guard let value = json(word) else {
            throw CommandFailure.usage("the value is not JSON", at: path, do: "give \(type.expectation)")
        }
        return try resolved(value, type, path)
    }

    private func resolved(_ value: Value, _ type: ValueType, _ path: String) throws -> Value {
        switch (type, value) {
        case (.item(let kinds), .string(let word)):
            return .string(try item(word, kinds).raw)
        case (.itemOrText(let kinds), .string(let word)):
            return try itemOrText(word, kinds)
        case (.itemOrText(let kinds), .members(let members)):
            return .object(
                try members.map { member in
                    guard sameBytes(member.key, "item"), let word = member.value.string else {
                        return (member.key, member.value)
                    }
                    return (member.key, .string(try item(word, kinds).raw))
                })
        case (.list(let element), .array(let values)):
            return .array(try values.map { try resolved($0, element, path) })
        case (.object(let parts), .members(let members)):
            return .object(
                try members.map { member in
                    guard let part = parts.first(where: { sameBytes($0.name, member.key) }) else {
                        return (member.key, member.value)
                    }
                    return (member.key, try resolved(member.value, part.type, "\(path).\(member.key)"))
                })
        default:
            return value
        }
    }

    /// `item=e40` and `text=…` say which; else a handle or a full id is an item and anything else a text.
    private func itemOrText(_ word: String, _ kinds: [String]) throws -> Value {
        if word.hasPrefix("text=") { return .object([("text", .string(String(word.dropFirst(5))))]) }
        if word.hasPrefix("item=") { return .object([("item", .string(try item(String(word.dropFirst(5)), kinds).raw))]) }
        let isHandle = Handle(word).map { $0.letter != nil && $0.field == nil } ?? false
        if isHandle || ItemID(word) != nil { return .object([("item", .string(try item(word, kinds).raw))]) }
        return .object([("text", .string(word))])
    }

    private func mismatch(_ type: ValueType, _ path: String) -> CommandFailure {
        .usage("the value does not fit \(path)", at: path, do: "give \(type.expectation)")
    }

    /// A choice in any case, as the vocabulary spells it.
    private static func choice(_ word: String, of choices: [String]) -> String {
        let fitting = choices.filter { sameBytes($0.lowercased(), word.lowercased()) }
        return fitting.count == 1 ? fitting[0] : word
    }

    /// The part that a plain word fills: the only one that is required, or the only one there is.
    static func mainPart(_ parts: [ValueType.Part]) -> ValueType.Part? {
        let required = parts.filter(\.required)
        return required.count == 1 ? required[0] : parts.count == 1 ? parts[0] : nil
    }

    /// `actor=a3,role=host`: the parts of an object in one word; nil where the word does not begin with a part's name and `=`.
    ///
    /// A comma ends a part's value only where a part's name and `=` follow it.
    static func members(_ word: String, of parts: [ValueType.Part]) -> [(name: String, value: String)]? {
        func opening(_ text: Substring) -> ValueType.Part? {
            parts.first { text.utf8.starts(with: ($0.name + "=").utf8) }
        }
        guard opening(Substring(word)) != nil else { return nil }
        var found: [(name: String, value: String)] = []
        for piece in word.split(separator: ",", omittingEmptySubsequences: false) {
            if let part = opening(piece) {
                found.append((part.name, String(piece.dropFirst(part.name.count + 1))))
            } else if let last = found.popLast() {
                found.append((last.name, last.value + "," + piece))
            }
        }
        return found
    }

    private static func trimmed(_ word: Substring) -> String {
        var rest = word
        while rest.first == " " { rest = rest.dropFirst() }
        while rest.last == " " { rest = rest.dropLast() }
        return String(rest)
    }
}

/// A word was given for a place that has its value already.
struct PartTaken: Error {}
