/// A short name for people, the same for everyone: `e40`, `e40.2`, `e~3` while pending, `e40.when` for one field, `@1043` for a change.
public struct Handle: Sendable, Hashable, CustomStringConvertible {
    /// The kind's letter; nil for a change.
    public var letter: Character?
    public var place: Place
    /// Which of its kind in its entry, from 1.
    public var ordinal: Int
    public var field: String?

    public enum Place: Sendable, Hashable {
        /// The seq of the entry.
        case seq(Int64)
        /// The counter of a change of this replica that is, or was, pending.
        case pending(Int64)
    }

    public init(letter: Character?, place: Place, ordinal: Int = 1, field: String? = nil) {
        self.letter = letter
        self.place = place
        self.ordinal = ordinal
        self.field = field
    }

    /// The handle of an entity with this create.
    public init(letter: Character, created: Stamp, ordinal: Int) {
        self.init(letter: letter, created: created.seq, ordinal: ordinal)
    }

    /// The handle of an entity whose create has this seq.
    public init(letter: Character, created seq: Int64, ordinal: Int) {
        self.init(letter: letter, place: seq > Stamp.pending ? .pending(seq - Stamp.pending) : .seq(seq), ordinal: ordinal)
    }

    /// Reads a handle; nil for anything else.
    public init?(_ text: String) {
        guard let letter = text.first, letter == "@" || (letter.isASCII && letter.isLowercase) else { return nil }
        var rest = text.dropFirst()
        let pending = rest.first == "~"
        if pending { rest = rest.dropFirst() }
        var parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, let number = Self.number(first) else { return nil }
        parts.removeFirst()
        var ordinal = 1
        if let second = parts.first, let count = Self.number(second) {
            ordinal = Int(count)
            parts.removeFirst()
        }
        guard parts.count <= 1, parts.first?.isEmpty != true, letter != "@" || (parts.isEmpty && ordinal == 1) else {
            return nil
        }
        self.init(
            letter: letter == "@" ? nil : letter, place: pending ? .pending(number) : .seq(number), ordinal: ordinal,
            field: parts.first.map(String.init))
    }

    public var description: String {
        let head = letter.map(String.init) ?? "@"
        let place =
            switch place {
            case .seq(let seq): String(seq)
            case .pending(let n): "~\(n)"
            }
        return head + place + (ordinal > 1 ? ".\(ordinal)" : "") + (field.map { "." + $0 } ?? "")
    }

    private static func number(_ text: Substring) -> Int64? {
        let isNumber = text.utf8.allSatisfy { (48...57).contains($0) }
        guard isNumber, let number = Int64(text), 0 < number, number < Stamp.pending else { return nil }
        return number
    }
}

extension Entity {
    /// Its handle; nil while its create has not arrived, or where the vocabulary does not know its kind.
    public func handle(_ vocabulary: Vocabulary) -> Handle? {
        guard let created, let letter = vocabulary.kind(kind)?.letter else { return nil }
        return Handle(letter: letter, created: created, ordinal: ordinal)
    }
}
