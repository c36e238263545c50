/// Goes through a string's content as the bytes it means, escapes resolved, without an allocation.
///
/// The bytes have been scanned. Of bytes that have not, it gives something, and stops at their end.
struct JSONText {
    private var at: Int
    private let end: Int
    /// The rest of a character that an escape named: its UTF-8 bytes, the next one lowest, and how many there are.
    private var queue: UInt32 = 0
    private var queued = 0

    /// `range` is what stands between the quotes.
    init(_ range: Range<Int>) {
        at = range.lowerBound
        end = range.upperBound
    }

    mutating func next(in bytes: RawSpan) -> UInt8? {
        if queued > 0 {
            let byte = UInt8(truncatingIfNeeded: queue)
            queue >>= 8
            queued -= 1
            return byte
        }
        guard at < end else { return nil }
        let byte = bytes.byte(at)
        guard byte == UInt8(ascii: "\\") else {
            at += 1
            return byte
        }
        let letter = bytes.byte(at + 1)
        guard letter == UInt8(ascii: "u") else {
            at += 2
            return Self.meaning(of: letter)
        }
        let scalar = character(bytes)
        let encoded = Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter
        for (index, unit) in encoded.enumerated() { queue |= UInt32(unit) << UInt32(8 * index) }
        queued = encoded.count
        return next(in: bytes)
    }

    /// Takes `\uXXXX`, or two of them that are a surrogate pair.
    private mutating func character(_ bytes: RawSpan) -> Unicode.Scalar {
        let unit = Self.unit(bytes, at) ?? 0xFFFD
        at += 6
        guard unit & 0xFC00 == 0xD800, let low = Self.unit(bytes, at) else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
        at += 6
        return Unicode.Scalar(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF))) ?? "\u{FFFD}"
    }

    private static func meaning(of letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }

    /// The UTF-16 unit that `\uXXXX` at `at` names; nil where there is no such escape.
    static func unit(_ bytes: RawSpan, _ at: Int) -> UInt16? {
        guard bytes.byte(at) == UInt8(ascii: "\\"), bytes.byte(at + 1) == UInt8(ascii: "u") else { return nil }
        var unit: UInt16 = 0
        for index in 2..<6 {
            let byte = bytes.byte(at + index)
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
