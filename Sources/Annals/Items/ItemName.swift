internal import AnnalsModel

/// How an item file names an item: `event#E02`, the one of that kind and key.
struct ItemName: Hashable, CustomStringConvertible {
    var kind: String
    var key: String

    init(kind: String, key: String) {
        self.kind = kind
        self.key = key
    }

    /// nil for what is no name: an item id has no `#`.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "#"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(kind: String(decoding: parts[0], as: UTF8.self), key: String(decoding: parts[1], as: UTF8.self))
    }

    var description: String { "\(kind)#\(key)" }

    static func == (a: ItemName, b: ItemName) -> Bool { sameBytes(a.kind, b.kind) && sameBytes(a.key, b.key) }

    func hash(into hasher: inout Hasher) {
        // By bytes, as values hash.
        hasher.combine(Value.string(kind))
        hasher.combine(Value.string(key))
    }
}

extension ValueType {
    /// The value with each word that names an item put otherwise.
    ///
    /// - Parameter name: takes the word, and the kinds that belong there; of any kind where none is named.
    func renaming(_ value: Value, _ name: (String, [String]) throws -> String) rethrows -> Value {
        switch (self, value) {
        case (.item(let kinds), .string(let text)):
            return .string(try name(text, kinds))
        case (.itemOrText(let kinds), .members(let members)):
            return try .object(
                members.map { member in
                    guard sameBytes(member.key, "item"), let text = member.value.string else { return (member.key, member.value) }
                    return (member.key, .string(try name(text, kinds)))
                })
        case (.list(let element), .array(let values)):
            return .array(try values.map { try element.renaming($0, name) })
        case (.object(let parts), .members(let members)):
            return try .object(
                members.map { member in
                    let type = parts.first { sameBytes($0.name, member.key) }?.type
                    return (member.key, try type?.renaming(member.value, name) ?? member.value)
                })
        default:
            return value
        }
    }

    /// The ids of items that a value holds, each with the kinds that belong there.
    func ids(in value: Value) -> [(id: ItemID, kinds: [String])] { words(in: value) { ItemID($0) }.map { (id: $0, kinds: $1) } }

    /// The names of items that a value holds, each with the kinds that belong there.
    func names(in value: Value) -> [(name: ItemName, kinds: [String])] { words(in: value, ItemName.init).map { (name: $0, kinds: $1) } }

    private func words<T>(in value: Value, _ read: (String) -> T?) -> [(T, [String])] {
        guard namesItems else { return [] }
        var found: [(T, [String])] = []
        _ = renaming(value) { text, kinds in
            if let word = read(text) { found.append((word, kinds)) }
            return text
        }
        return found
    }
}
