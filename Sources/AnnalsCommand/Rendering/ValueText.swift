import AnnalsModel

/// A value in words for people: items by handle, an object by its main part with the others in brackets.
struct ValueText {
    /// How people call an item: its handle.
    let name: (ItemID) -> String

    func text(_ value: Value, _ type: ValueType?, lines: Bool = false) -> String {
        switch (type, value) {
        case (_, .null): return "nothing"
        case (_, .bool(let flag)): return flag ? "yes" : "no"
        case (_, .integer(let number)): return String(number)
        case (.item, .string(let raw)): return ItemID(raw).map(name) ?? DisplayText.safe(raw)
        case (_, .string(let text)): return DisplayText.safe(text, lines: lines)
        case (.list(let element), .array(let values)): return values.map { text($0, element) }.joined(separator: ", ")
        case (_, .array(let values)): return values.map { text($0, nil) }.joined(separator: ", ")
        case (.itemOrText, .members):
            if let item = value["item"]?.string.flatMap(ItemID.init) { return name(item) }
            return value["text"].map { text($0, .text) } ?? ""
        case (.object(let parts), .members(let members)): return object(members, parts)
        case (_, .members(let members)): return object(members, [])
        }
    }

    /// The main part of a value only: a name without its language.
    func main(_ value: Value, _ type: ValueType?) -> String {
        guard case .object(let parts) = type, let part = ValueWords.mainPart(parts), let member = value[part.name] else {
            return text(value, type)
        }
        return text(member, part.type)
    }

    private func object(_ members: [Value.Member], _ parts: [ValueType.Part]) -> String {
        let order = parts.map(\.name)
        let sorted = members.sorted { a, b in
            let places = [a, b].map { member in order.firstIndex { sameBytes($0, member.key) } ?? order.count }
            return places[0] == places[1] ? precedes(a.key, b.key) : places[0] < places[1]
        }
        func type(_ key: String) -> ValueType? { parts.first { sameBytes($0.name, key) }?.type }
        guard let main = ValueWords.mainPart(parts), let first = sorted.first(where: { sameBytes($0.key, main.name) }) else {
            return sorted.map { "\(DisplayText.safe($0.key)) " + text($0.value, type($0.key)) }.joined(separator: ", ")
        }
        let others = sorted.filter { !sameBytes($0.key, main.name) }
            .map { member -> String in
                let text = text(member.value, type(member.key))
                // A word says what it is; a code does not.
                if case .choice(let words) = type(member.key) ?? .text, words != Codebooks.cameoCodes { return text }
                return "\(DisplayText.safe(member.key)) \(text)"
            }
        let head = text(first.value, main.type)
        return others.isEmpty ? head : "\(head) (\(others.joined(separator: "; ")))"
    }
}
