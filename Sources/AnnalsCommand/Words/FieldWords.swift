import AnnalsModel

/// Reads fields and their values as a person writes them, for any kind of a vocabulary: `when=2025-08-08`, `when.basis=stated`.
///
/// A field of class set or append may be given more than once; parts that follow (`participations.actor=a3`,
/// `participations.role=host`) go into the same element until one comes again.
struct FieldWords {
    let kind: KindRule
    let words: ValueWords

    /// A field and one value for it.
    struct Assignment: Equatable {
        var field: FieldRule
        var value: Value
    }

    /// The assignments that these words make, in order of first mention; each value fits its field.
    func read(_ assignments: [String]) throws -> [Assignment] {
        var found: [Assignment] = []
        for word in assignments {
            let (name, parts, text) = try split(word)
            guard let field = kind.field(name) else { throw unknown(name) }
            try put(text, parts, field, into: &found)
        }
        for assignment in found { try Self.check(assignment.value, assignment.field, of: kind) }
        return found
    }

    /// One value for one field, from words that are each the whole value or `part=value`.
    func value(of field: FieldRule, from texts: [String]) throws -> Value {
        let path = "\(kind.name).\(field.name)"
        var value: Value?
        for text in texts {
            do {
                value = try words.adding(text, to: value, field.type, [], at: path)
            } catch is PartTaken {
                throw CommandFailure.usage("\(path) is given twice", at: path, do: "give each part once")
            }
        }
        guard let value else {
            throw CommandFailure.usage("\(path) needs a value", at: path, do: "give \(field.type.expectation)")
        }
        try Self.check(value, field, of: kind)
        return value
    }

    /// Throws where the value does not fit, saying what belongs there.
    static func check(_ value: Value, _ field: FieldRule, of kind: KindRule) throws {
        do throws(ValueMismatch) {
            try field.type.check(value, at: "\(kind.name).\(field.name)")
        } catch {
            throw CommandFailure.usage("the value does not fit \(kind.name).\(field.name)", at: error.path, do: "give \(error.expected)")
        }
    }

    private func put(_ text: String, _ parts: [String], _ field: FieldRule, into found: inout [Assignment]) throws {
        let path = "\(kind.name).\(field.name)"
        let many = field.merge == .set || field.merge == .append
        let last = found.lastIndex { $0.field.name == field.name }
        if let last, !many || !parts.isEmpty {
            do {
                found[last].value = try words.adding(text, to: found[last].value, field.type, parts, at: path)
                return
            } catch is PartTaken {
                if !many { throw CommandFailure.usage("\(path) is given twice", at: path, do: "give it once") }
            }
        }
        found.append(Assignment(field: field, value: try words.adding(text, to: nil, field.type, parts, at: path)))
    }

    /// `when.basis=stated` in its field, its parts and its text.
    private func split(_ word: String) throws -> (name: String, parts: [String], text: String) {
        guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else {
            throw CommandFailure.usage("a field needs a value", at: "--set", do: "write field=value, such as \(example)")
        }
        let path = word[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        return (path[0], Array(path.dropFirst()), String(word[word.utf8.index(after: equals)...]))
    }

    private var example: String { kind.label + "=…" }

    private func unknown(_ name: String) -> CommandFailure {
        .usage("\(kind.name) has no field \(name)", at: kind.name, do: "use one of " + kind.fields.map(\.name).joined(separator: ", "))
    }
}
