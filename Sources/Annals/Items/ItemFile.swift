public import AnnalsModel
internal import AnnalsWire

/// Items as they stand, each on a line: what ``Replica/exportItems(asOf:to:)`` writes and people write by hand
/// (`Documentation/item-files.md`).
///
/// A file that was read is sound by itself: every value fits its field, and no two items have one name. Whether it fits a replica is seen
/// where it is imported.
public struct ItemFile: Sendable {
    /// What the first line says.
    public static let format = "annals-items/1"

    private(set) var lines: [ItemLine]

    /// How many items it has.
    public var count: Int { lines.count }

    /// - Throws: ``AnnalsError`` `invalid` with the number of the first line that is off.
    public init(_ text: String, vocabulary: Vocabulary) throws {
        var lines: [ItemLine] = []
        var named: [ItemName: Int] = [:]
        var hasHeader = false
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains($0) }) { continue }
            let number = index + 1
            guard let value = try? Value.parse(Array(line)), value.object != nil else {
                throw Self.failure(
                    number, "is not a JSON object", "Write one object on each line, its integers within 2^53 and no other numbers.")
            }
            if !hasHeader {
                guard value == .object([("format", .string(Self.format))]) else {
                    throw Self.failure(number, "is not the header of an item file", "Begin the file with {\"format\":\"\(Self.format)\"}.")
                }
                hasHeader = true
                continue
            }
            let item = try ItemLine(value, number, vocabulary)
            if let other = named.updateValue(number, forKey: item.name) {
                throw Self.failure(number, "has the kind and key of line \(other)", "Give each item of a kind a key of its own.")
            }
            lines.append(item)
        }
        guard hasHeader else { throw Self.failure(1, "is not there", "Begin the file with {\"format\":\"\(Self.format)\"}.") }
        self.lines = lines
    }

    /// The same items with the judgments of one coder only: those of others nobody can record for them.
    public func withJudgments(of coder: Name) -> ItemFile {
        var file = self
        for index in lines.indices { file.lines[index].leaveOutJudgments(except: coder) }
        return file
    }

    static func failure(_ line: Int, _ what: String, _ wayOut: String, _ code: AnnalsError.Code = .invalid) -> AnnalsError {
        AnnalsError(code, "line \(line) \(what)", wayOut: wayOut + " Nothing was recorded.")
    }
}

/// One item of a file.
struct ItemLine: Sendable {
    /// Its line, from 1.
    let number: Int
    let kind: KindRule
    let key: String
    /// What it says, in the order of the vocabulary: of a field that holds many values each of them.
    private(set) var values: [(field: FieldRule, value: Value)] = []
    private(set) var codings: [(field: FieldRule, author: Name, value: Value)] = []

    var name: ItemName { ItemName(kind: kind.name, key: key) }

    /// All that it says, judgments too.
    var said: [(field: FieldRule, value: Value)] { values + codings.map { (field: $0.field, value: $0.value) } }

    init(_ line: Value, _ number: Int, _ vocabulary: Vocabulary) throws {
        self.number = number
        func failure(_ what: String, _ wayOut: String) -> AnnalsError { ItemFile.failure(number, what, wayOut) }
        guard let kind = line["kind"]?.string.flatMap(vocabulary.kind) else {
            throw failure("has no kind that is known", "Kinds are \(vocabulary.kinds.map(\.name).joined(separator: ", ")).")
        }
        guard let key = line["key"], let text = key.string, (try? ValueType.line.check(key, at: "key")) != nil else {
            throw failure("has no key", "Give the item a name of one line as its key.")
        }
        self.kind = kind
        self.key = text
        for member in line.object ?? [] {
            switch member.key {
            case "kind", "key": break
            case "fields": try take(fields: member.value)
            case "codings": try take(codings: member.value)
            case "conflicts":
                throw failure(
                    "holds a conflict, which only a person settles", "Put the value that holds into fields, and take conflicts out.")
            default:
                throw failure("has a member that is not known", "An item has kind, key, fields and codings.")
            }
        }
    }

    mutating func leaveOutJudgments(except coder: Name) { codings.removeAll { $0.author != coder } }

    private mutating func take(fields: Value) throws {
        try checkNames(fields, "fields") { $0.merge != .perCoder && !sameBytes($0.name, "key") }
        for field in kind.fields {
            guard let value = fields[field.name] else { continue }
            switch field.merge {
            case .set, .append:
                guard let elements = value.array else {
                    throw ItemFile.failure(number, "\(kind.name).\(field.name) is no list", "It holds many values: write them in [ ].")
                }
                for element in elements { values.append((field, try checked(element, field))) }
            case .immutable, .latest, .contested, .perCoder:
                values.append((field, try checked(value, field)))
            }
        }
    }

    private mutating func take(codings: Value) throws {
        try checkNames(codings, "codings") { $0.merge == .perCoder }
        for field in kind.fields where codings[field.name] != nil {
            for coding in codings[field.name]?.object ?? [] {
                guard let author = Name(coding.key) else {
                    throw ItemFile.failure(
                        number, "names a coder of \(kind.name).\(field.name) as no user can be named", "Use the coder's user name.")
                }
                self.codings.append((field, author, try checked(coding.value, field)))
            }
        }
    }

    /// Throws where a part of the line names a field that does not belong there.
    private func checkNames(_ part: Value, _ name: String, _ belongs: (FieldRule) -> Bool) throws {
        guard let members = part.object else { throw ItemFile.failure(number, "has \(name) that are no object", "Write them in { }.") }
        for member in members where !(kind.field(member.key).map(belongs) ?? false) {
            let names = kind.fields.filter(belongs).map(\.name).joined(separator: ", ")
            throw ItemFile.failure(
                number, "has \(name) that \(kind.name.withArticle) does not have", names.isEmpty ? "It has none." : "It has \(names).")
        }
    }

    /// Any item: what a name stands for while values are checked.
    private static let anyItem = String(repeating: "0", count: 16) + "-1"

    private func checked(_ value: Value, _ field: FieldRule) throws -> Value {
        let plain = field.type.renaming(value) { text, _ in ItemName(text) == nil ? text : Self.anyItem }
        do throws(ValueMismatch) {
            try field.type.check(plain, at: "\(kind.name).\(field.name)")
        } catch {
            throw ItemFile.failure(number, "does not fit: \(error)", "Correct it.")
        }
        return value
    }
}
