internal import AnnalsJSON

/// Whether bytes spell an id, a name or a time, asked where they stand in a line: no text is made of them.
///
/// `bytes` are a string's text without quotes or escapes.
enum Spelling {
    /// 16 characters of Crockford's base 32, as ``ChangeID`` has them.
    @inline(__always)
    static func isChangeID(_ bytes: RawSpan, _ start: Int) -> Bool {
        guard start + 16 <= bytes.byteCount else { return false }
        var isRight = true
        for at in start..<start + 16 { isRight = isRight && isCrockford(bytes.byte(at)) }
        return isRight
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

    /// Crockford's alphabet leaves out i, l, o and u.
    @inline(__always)
    private static func isCrockford(_ byte: UInt8) -> Bool {
        if isDigit(byte) { return true }
        let letter = byte &- UInt8(ascii: "a")
        return letter < 26 && (0x3EF_B6FF as UInt32) >> UInt32(letter) & 1 == 1
    }
}
