internal import AnnalsJSON

/// Whether bytes spell an id, a name or a time, asked where they stand in a line: no text is made of them.
///
/// `bytes` are a string's text without quotes or escapes.
enum Spelling {
    /// 16 characters of Crockford's base 32, as ``ChangeID`` has them.
    @inline(__always)
    static func isChangeID(_ bytes: RawSpan, _ start: Int) -> Bool {
        guard start + 16 <= bytes.byteCount else { return false }
        return areCrockford(bytes.word(start)) && areCrockford(bytes.word(start + 8))
    }

    /// `<change id>-<i>` or `sha256:` and 64 hex digits, as ``ItemID`` has them.
    static func isItemID(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        let start = range.lowerBound
        if range.count == 71 {
            guard bytes.equals(start..<start + 7, "sha256:") else { return false }
            for at in start + 7..<range.upperBound where !isHexDigit(bytes.byte(at)) { return false }
            return true
        }
        guard (18...24).contains(range.count), isChangeID(bytes, start), bytes.byte(start + 16) == UInt8(ascii: "-"),
            bytes.byte(start + 17) != UInt8(ascii: "0")
        else { return false }
        for at in start + 17..<range.upperBound where !isDigit(bytes.byte(at)) { return false }
        return true
    }

    /// Kinds and fields, known or not, are words of `[a-z0-9-]`, so that they can name columns and flags.
    static func isWord(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        guard (1...64).contains(range.count) else { return false }
        for at in range {
            switch bytes.byte(at) {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
            default: return false
            }
        }
        return true
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Whether all eight bytes are of Crockford's alphabet, which leaves out i, l, o and u.
    @inline(__always)
    private static func areCrockford(_ word: UInt64) -> Bool {
        // Of bytes below 0x80 the high bit says what holds, byte by byte; no sum reaches the next byte.
        let low = word & everyByte(0x7F)
        func isAtLeast(_ byte: UInt8) -> UInt64 { low &+ everyByte(0x80 - byte) }
        func differs(_ letter: StaticString) -> UInt64 { (low ^ everyByte(letter.utf8Start[0])) &+ everyByte(0x7F) }
        let digits = isAtLeast(UInt8(ascii: "0")) & ~isAtLeast(UInt8(ascii: "9") + 1)
        let letters = isAtLeast(UInt8(ascii: "a")) & ~isAtLeast(UInt8(ascii: "z") + 1)
        let rest = differs("i") & differs("l") & differs("o") & differs("u")
        return (digits | letters & rest) & ~word & everyByte(0x80) == everyByte(0x80)
    }

    @inline(__always)
    private static func everyByte(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }
}

extension String {
    /// The word with its article: `an event`.
    public var withArticle: String { (first.map { "aeiou".contains($0) } ?? false ? "an " : "a ") + self }
}
