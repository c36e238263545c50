internal import AnnalsJSON

/// A SHA-256 digest as a value; hashing itself is the wire's.
public struct Digest: Hashable, Sendable {
    /// The digest's 32 bytes as four big-endian words.
    public let words: (UInt64, UInt64, UInt64, UInt64)

    /// The digest whose 32 bytes are these four big-endian words.
    public init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// nil unless there are exactly 32 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, byte) in bytes.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// nil unless `hex` is 64 lower-case hex digits.
    public init?(hex: String) {
        guard hex.utf8.count == 64, hex.utf8.allSatisfy(isHexDigit) else { return nil }
        var words: [UInt64] = []
        var rest = Substring(hex)
        for _ in 0..<4 {
            guard let word = UInt64(rest.prefix(16), radix: 16) else { return nil }
            words.append(word)
            rest = rest.dropFirst(16)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    public var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
        }
    }

    /// All 64 hex digits, in lower case.
    public var hex: String { hexDigits(words.0) + hexDigits(words.1) + hexDigits(words.2) + hexDigits(words.3) }

    /// The first 16 hex digits: the form of `prev` and of the second part of `base`.
    public var short: ShortHash { ShortHash(word: words.0) }

    public static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.3)
    }
}

/// The first 16 hex digits of a SHA-256 digest.
public struct ShortHash: Hashable, Sendable, CustomStringConvertible {
    public let word: UInt64

    public init(word: UInt64) { self.word = word }

    /// nil unless `hex` is 16 lower-case hex digits.
    public init?(hex: String) {
        guard hex.utf8.count == 16, hex.utf8.allSatisfy(isHexDigit), let word = UInt64(hex, radix: 16) else { return nil }
        self.word = word
    }

    /// nil unless the bytes are 16 lower-case hex digits.
    package init?(_ bytes: RawSpan, _ range: Range<Int>) {
        guard range.count == 16, range.upperBound <= bytes.byteCount,
            let word = hexWord(bytes.word(range.lowerBound), bytes.word(range.lowerBound + 8))
        else { return nil }
        self.word = word
    }

    public var hex: String { hexDigits(word) }
    public var description: String { hex }
}

private func hexDigits(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
