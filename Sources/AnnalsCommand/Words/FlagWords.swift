import AnnalsModel

/// Turns what a vocabulary makes into flags (`--when 2025-08-08`) into the generic `--set when=2025-08-08`, and puts global flags
/// given before the verb behind it, so that the rest of the grammar can be declared once.
///
/// A new kind's fields are flags of `annals new` with no other edit.
struct FlagWords {
    let vocabulary: Vocabulary

    /// Flags that mean the same with every verb; a field of that name is reached as `--set name=value`.
    static let reserved: Set<String> = [
        "json", "as-of", "reason", "dry-run", "quiet", "seen", "set", "help", "progress",
    ]
    /// Global flags that bring a value.
    private static let valued: Set<String> = ["-C", "-m", "--reason", "--as-of", "--seen", "--set"]
    private static let leading: Set<String> = ["-C", "-m", "--reason", "--as-of"]
    private static let switches: Set<String> = ["--json", "-n", "--dry-run", "-q", "--quiet"]

    /// The words with every derived flag spelled out.
    func rewritten(_ arguments: [String]) -> [String] {
        let words = Self.verbFirst(arguments)
        guard let verb = words.first else { return words }
        let rest = Array(words.dropFirst())
        switch verb {
        case "new":
            guard let kind = Self.firstPlain(rest).flatMap(vocabulary.kind) else { return words }
            return [verb] + spelled(rest, fields: kind.fields.map(\.name))
        case "import":
            // Its other fields have flags under names of their own.
            let taken: Set<String> = ["text", "previous", "title", "source", "published", "language", "uri"]
            return [verb] + spelled(rest, fields: vocabulary.kind("document")?.fields.map(\.name) ?? [], except: taken)
        case "cite":
            return [verb] + citing(rest)
        case "code":
            return [verb] + coding(rest)
        default:
            return words
        }
    }

    /// Global flags that stand before the verb, moved behind everything but what follows `--`.
    private static func verbFirst(_ arguments: [String]) -> [String] {
        var early: [String] = []
        var rest = arguments[...]
        while let word = rest.first {
            if switches.contains(word) {
                early.append(word)
                rest = rest.dropFirst()
            } else if leading.contains(word), rest.count > 1 {
                early += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return Array(rest[..<end]) + early + Array(rest[end...])
    }

    /// The first word that is neither a flag nor a global flag's value.
    private static func firstPlain(_ words: [String]) -> String? {
        var index = 0
        while index < words.count {
            if valued.contains(words[index]) {
                index += 2
            } else if words[index].hasPrefix("-") {
                index += 1
            } else {
                return words[index]
            }
        }
        return nil
    }

    /// `--new event "title" --when …`: the title gets a flag of its own, and the fields are the new kind's.
    private func citing(_ words: [String]) -> [String] {
        guard let new = words.firstIndex(of: "--new"), new + 1 < words.count else { return words }
        var words = words
        if new + 2 < words.count, !words[new + 2].hasPrefix("-") { words.insert("--titled", at: new + 2) }
        guard let kind = vocabulary.kind(words[new + 1]) else { return words }
        return spelled(
            words, fields: kind.fields.map(\.name), except: ["new", "titled", "nth", "of", "about", "stance", "speaker", "value"])
    }

    /// The parts of what coders judge are flags of `code`, in the singular too: `--context a,b`.
    private func coding(_ words: [String]) -> [String] {
        var parts: [String: String] = [:]
        for field in vocabulary.kinds.flatMap(\.fields) where field.merge == .perCoder {
            guard case .object(let members) = field.type else { continue }
            for member in members {
                parts[member.name] = member.name
                if case .list = member.type, member.name.hasSuffix("s") {
                    parts[String(member.name.dropLast())] = member.name
                }
            }
        }
        return spelled(words, names: parts.filter { !Self.reserved.contains($0.key) && $0.key != "clear" })
    }

    private func spelled(_ words: [String], fields: [String], except taken: Set<String> = []) -> [String] {
        let free = fields.filter { !Self.reserved.contains($0) && !taken.contains($0) }
        return spelled(words, names: Dictionary(uniqueKeysWithValues: free.map { ($0, $0) }))
    }

    /// Every `--name[.part] value` and `--name[.part]=value` of these names as `--set name[.part]=value`.
    private func spelled(_ words: [String], names: [String: String]) -> [String] {
        var result: [String] = []
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            if word == "--" { return result + words[(index - 1)...] }
            if Self.valued.contains(word), index < words.count {
                result += [word, words[index]]
                index += 1
                continue
            }
            guard word.hasPrefix("--") else {
                result.append(word)
                continue
            }
            let flag = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let path = flag[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = path.first.flatMap({ names[String($0)] }) else {
                result.append(word)
                continue
            }
            let target = name + (path.count > 1 ? "." + path[1] : "")
            if flag.count > 1 {
                result += ["--set", target + "=" + flag[1]]
            } else if index < words.count {
                result += ["--set", target + "=" + words[index]]
                index += 1
            } else {
                result += ["--set", target]
            }
        }
        return result
    }
}
