/// Composes JSON by appending: no tree, no blanks, commas set by itself.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.member("type", "ack")
/// writer.member("n", 17)
/// writer.endObject()
/// writer.lineFeed()
/// ```
///
/// It is the caller's part to close what was opened and to give each key once. Of a string only `"`, `\` and
/// U+0000 to U+001F are escaped; everything else stands as UTF-8.
public struct JSONWriter: Sendable {
    /// All that was written.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// A writer with room for so many bytes.
    public init(capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A member's key, which no escape is needed for: its value comes next.
    public mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member's key: its value comes next.
    public mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func null() { plain("null") }

    public mutating func bool(_ flag: Bool) { plain(flag ? "true" : "false") }

    public mutating func integer(_ number: Int64) {
        separate()
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var magnitude = number.magnitude
        let first = bytes.count
        repeat {
            let (quotient, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(digit))
            magnitude = quotient
        } while magnitude > 0
        bytes[first...].reverse()
        needsComma = true
    }

    public mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        let utf8 = text.utf8.span
        appendEscaped(utf8.bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A value whose JSON is known, verbatim.
    public mutating func raw(_ json: RawSpan) {
        separate()
        append(json)
        needsComma = true
    }

    /// A value whose JSON is known, verbatim.
    public mutating func raw(_ json: [UInt8]) { raw(json.span.bytes) }

    /// Ends the line; the next value is the first of another one.
    public mutating func lineFeed() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    // MARK: Members

    public mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        string(text)
    }

    public mutating func member(_ name: StaticString, _ number: Int64) {
        key(name)
        integer(number)
    }

    public mutating func member(_ name: StaticString, _ flag: Bool) {
        key(name)
        bool(flag)
    }

    /// A member whose value's JSON is known, verbatim.
    public mutating func member(_ name: StaticString, raw json: [UInt8]) {
        key(name)
        raw(json)
    }

    // MARK: Parts

    @inline(__always)
    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func plain(_ word: StaticString) {
        separate()
        word.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    private mutating func append(_ span: RawSpan) {
        span.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// Copies runs that need no escape whole.
    private mutating func appendEscaped(_ text: RawSpan) {
        var done = 0
        var at = 0
        while at < text.byteCount {
            while at + 8 <= text.byteCount {
                let escapes = Self.needingEscape(text.word(at))
                if escapes != 0 {
                    at += escapes.trailingZeroBitCount / 8
                    break
                }
                at += 8
            }
            guard at < text.byteCount else { break }
            let byte = text.byte(at)
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                append(text.extracting(done..<at))
                appendEscape(of: byte)
                done = at + 1
            }
            at += 1
        }
        append(text.extracting(done..<text.byteCount))
    }

    /// The high bit of the lowest byte that needs an escape, and perhaps of higher bytes.
    @inline(__always)
    private static func needingEscape(_ word: UInt64) -> UInt64 {
        let control = (word &- everyByte(0x20)) & ~word & everyByte(0x80)
        return control | zeroBytes(word ^ everyByte(UInt8(ascii: "\""))) | zeroBytes(word ^ everyByte(UInt8(ascii: "\\")))
    }

    private mutating func appendEscape(of byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case ..<0x20:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            let low = byte & 15
            bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        default: bytes.append(byte)
        }
    }
}
