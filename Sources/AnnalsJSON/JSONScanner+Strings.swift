/// Strings: plain ASCII eight bytes at a time, everything else by the table of its kind.
extension JSONScanner {
    /// Takes a string's content from after its opening quote.
    ///
    /// - Returns: the offset of the closing quote, and whether the content has no escapes.
    @inline(__always)
    static func string(_ bytes: RawSpan, _ start: Int) throws(JSONError) -> (end: Int, isPlain: Bool) {
        var at = start
        // The additions cannot overflow: a span's length is an Int, and what is beyond it was just excluded.
        while at &+ 8 <= bytes.byteCount {
            let ends = endsOfPlainText(bytes.word(at))
            if ends == 0 {
                at &+= 8
                continue
            }
            at &+= ends.trailingZeroBitCount &>> 3
            if bytes.byte(at) == UInt8(ascii: "\"") { return (at, true) }
            break
        }
        return try restOfString(bytes, at)
    }

    /// Goes on where something else than plain text comes, or less than eight bytes.
    @inline(never)
    private static func restOfString(_ bytes: RawSpan, _ start: Int) throws(JSONError) -> (end: Int, isPlain: Bool) {
        var at = start
        var isPlain = true
        while true {
            while at + 8 <= bytes.byteCount {
                let ends = endsOfPlainText(bytes.word(at))
                if ends != 0 {
                    at += ends.trailingZeroBitCount / 8
                    break
                }
                at += 8
            }
            guard at < bytes.byteCount else { throw JSONError(.unexpectedEnd, at: at) }
            switch bytes.byte(at) {
            case UInt8(ascii: "\""):
                return (at, isPlain)
            case UInt8(ascii: "\\"):
                isPlain = false
                at = try escape(bytes, at)
            case 0x80...:
                // Text in other scripts comes in runs.
                repeat { at = try multibyte(bytes, at) } while bytes.byte(at) >= 0x80
            case UInt8(ascii: "\n"):
                throw JSONError(.lineFeed, at: at)
            case ..<0x20:
                throw JSONError(.controlCharacter, at: at)
            default:
                at += 1
            }
        }
    }

    /// Takes one character of two to four bytes, by table 3-7 of the Unicode Standard ("Well-Formed UTF-8 Byte Sequences").
    @inline(__always)
    private static func multibyte(_ bytes: RawSpan, _ at: Int) throws(JSONError) -> Int {
        let second = bytes.byte(at + 1)
        let isWellFormed: Bool
        let length: Int
        switch bytes.byte(at) {
        case 0xC2...0xDF:
            length = 2
            isWellFormed = isContinuation(second)
        case let lead where lead & 0xF0 == 0xE0:
            length = 3
            let allowed: ClosedRange<UInt8> =
                switch lead {
                case 0xE0: 0xA0...0xBF
                case 0xED: 0x80...0x9F
                default: 0x80...0xBF
                }
            isWellFormed = allowed.contains(second) && isContinuation(bytes.byte(at + 2))
        case let lead where (0xF0...0xF4).contains(lead):
            length = 4
            let allowed: ClosedRange<UInt8> =
                switch lead {
                case 0xF0: 0x90...0xBF
                case 0xF4: 0x80...0x8F
                default: 0x80...0xBF
                }
            isWellFormed =
                allowed.contains(second) && isContinuation(bytes.byte(at + 2)) && isContinuation(bytes.byte(at + 3))
        default:
            length = 1
            isWellFormed = false
        }
        guard isWellFormed else { throw JSONError(.badUTF8, at: at) }
        return at + length
    }

    @inline(__always)
    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    /// Takes the escape whose backslash is at `at`.
    private static func escape(_ bytes: RawSpan, _ at: Int) throws(JSONError) -> Int {
        switch bytes.byte(at + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return at + 2
        case UInt8(ascii: "u"):
            guard let unit = JSONText.unit(bytes, at) else { throw badEscape(bytes, at, length: 6) }
            switch unit {
            case 0xD800...0xDBFF:
                guard let low = JSONText.unit(bytes, at + 6), (0xDC00...0xDFFF).contains(low) else {
                    throw JSONError(.loneSurrogate, at: at)
                }
                return at + 12
            case 0xDC00...0xDFFF:
                throw JSONError(.loneSurrogate, at: at)
            default:
                return at + 6
            }
        default:
            throw badEscape(bytes, at, length: 2)
        }
    }

    private static func badEscape(_ bytes: RawSpan, _ at: Int, length: Int) -> JSONError {
        at + length > bytes.byteCount ? JSONError(.unexpectedEnd, at: bytes.byteCount) : JSONError(.badEscape, at: at)
    }
}
