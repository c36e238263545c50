/// Why bytes are not JSON as Annals allows it, and where; never what they say.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    public let code: Code
    /// The byte at which the value stopped being acceptable, counted from 0.
    public let offset: Int

    public init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }

    public var description: String { "at byte \(offset): \(code.explanation)" }

    public enum Code: String, Sendable, CaseIterable {
        case unexpectedEnd = "unexpected_end"
        case unexpectedByte = "unexpected_byte"
        case trailingBytes = "trailing_bytes"
        case lineFeed = "line_feed"
        case controlCharacter = "control_character"
        case badEscape = "bad_escape"
        case badUTF8 = "bad_utf8"
        case loneSurrogate = "lone_surrogate"
        case leadingZero = "leading_zero"
        case negativeZero = "negative_zero"
        case notInteger = "not_integer"
        case integerRange = "integer_range"
        case duplicateKey = "duplicate_key"
        case tooDeep = "too_deep"
        case tooLong = "too_long"

        /// What is wrong and how to write it instead.
        public var explanation: String {
            switch self {
            case .unexpectedEnd: "the value ends too early; send the whole of it"
            case .unexpectedByte: "this byte may not stand here (RFC 8259)"
            case .trailingBytes: "something follows the value; send one value to a line"
            case .lineFeed: "a line feed ends a line; write it inside a string as \\n, and nowhere else"
            case .controlCharacter: "a control character in a string; write it as \\u00XX"
            case .badEscape: "no such escape; there are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX"
            case .badUTF8: "not UTF-8; write the text in UTF-8, in shortest form"
            case .loneSurrogate: "half of a surrogate pair; write both halves, or the character itself"
            case .leadingZero: "an integer with a leading zero; leave the zero out"
            case .negativeZero: "minus zero; write 0"
            case .notInteger: "a number with a fraction or an exponent; write decimals as strings"
            case .integerRange: "an integer beyond ±(2^53−1); write it as a string"
            case .duplicateKey: "the object has this key already; write each key once"
            case .tooDeep: "arrays and objects are nested too deeply; flatten them"
            case .tooLong: "too many bytes; split them over several lines"
            }
        }
    }
}
