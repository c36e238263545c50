/// A name made of ASCII only, so that Swift's `==`, hashing and `<` are those of its bytes.
public protocol ASCIIName: Hashable, Comparable, Sendable, CustomStringConvertible {
    var raw: String { get }
}

extension ASCIIName {
    public var description: String { raw }
    public static func < (a: Self, b: Self) -> Bool { precedes(a.raw, b.raw) }
}

/// A change's name for ever: 80 random bits as 16 characters of Crockford's base 32, in lower case.
///
/// It is kept through renaming, rescue and resubmission, so that nothing is applied twice.
public struct ChangeID: ASCIIName, BitwiseCopyable {
    /// The first 64 of the 80 bits, and the last 16. Their order is that of the characters, as the alphabet is in ascending order.
    let high: UInt64
    let low: UInt16

    init(high: UInt64, low: UInt16) {
        self.high = high
        self.low = low
    }

    /// nil where `raw` is not 16 characters of `0123456789abcdefghjkmnpqrstvwxyz`.
    public init?(_ raw: String) {
        var raw = raw
        guard let id = raw.withUTF8({ Base32.id($0) }) else { return nil }
        self = id
    }

    /// The id that 80 random bits spell; the caller brings the randomness.
    public init(random high: UInt16, _ low: UInt64) {
        self.high = low
        self.low = high
    }

    /// The 16 characters.
    public var raw: String {
        String(unsafeUninitializedCapacity: 16) { text in
            Base32.write(self, into: text)
            return 16
        }
    }

    public static func < (a: ChangeID, b: ChangeID) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

/// The name of an operation `<change id>-<i>` (i from 1), and so of the entity, element or write that it makes.
///
/// Documents are the exception: they are named `sha256:<hex>` by their text.
public struct ItemID: ASCIIName, BitwiseCopyable {
    /// Of an operation: the change's first 64 bits, then its last 16 and the number in 48. Of a document: its digest.
    let words: (UInt64, UInt64, UInt64, UInt64)
    let isDocument: Bool

    /// nil where `raw` is neither form.
    public init?(_ raw: String) {
        var raw = raw
        guard let id = raw.withUTF8({ ItemID(ascii: $0) }) else { return nil }
        self = id
    }

    /// nil where the bytes are neither form.
    public init?(ascii text: UnsafeBufferPointer<UInt8>) {
        if text.count == 71, let id = Self.document(text) {
            self = id
            return
        }
        guard (18...24).contains(text.count), text[16] == UInt8(ascii: "-"), text[17] != UInt8(ascii: "0"),
            let change = Base32.id(UnsafeBufferPointer(rebasing: text[..<16]))
        else { return nil }
        var number = 0
        for byte in text[17...] {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        self.init(change, number)
    }

    public init(_ change: ChangeID, _ index: Int) {
        words = (change.high, UInt64(change.low) << 48 | UInt64(index), 0, 0)
        isDocument = false
    }

    /// The id of the document with this text.
    public init(document digest: Digest) {
        words = digest.words
        isDocument = true
    }

    private static func document(_ text: UnsafeBufferPointer<UInt8>) -> ItemID? {
        guard text.prefix(7).elementsEqual("sha256:".utf8) else { return nil }
        var words: [UInt64] = []
        for start in stride(from: 7, to: 71, by: 16) {
            guard let word = hexWord(UnsafeBufferPointer(rebasing: text[start..<start + 16])) else { return nil }
            words.append(word)
        }
        return ItemID(document: Digest(words: (words[0], words[1], words[2], words[3])))
    }

    public var raw: String {
        if isDocument { return "sha256:" + Digest(words: words).hex }
        guard let change else { return "" }
        return "\(change.raw)-\(index)"
    }

    /// The change that made it; nil for a document.
    public var change: ChangeID? { isDocument ? nil : ChangeID(high: words.0, low: UInt16(words.1 >> 48)) }

    /// The operation's number in its change, from 1; 0 for a document.
    public var index: Int { isDocument ? 0 : Int(words.1 & 0xFFFF_FFFF_FFFF) }

    public static func == (a: ItemID, b: ItemID) -> Bool {
        a.words.0 == b.words.0 && a.words.1 == b.words.1 && a.words.2 == b.words.2 && a.words.3 == b.words.3
            && a.isDocument == b.isDocument
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }

    public static func < (a: ItemID, b: ItemID) -> Bool {
        guard let x = a.change, let y = b.change, x != y else { return precedes(a.raw, b.raw) }
        return x < y
    }
}

/// Crockford's base 32 in lower case, which leaves out i, l, o and u.
enum Base32 {
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    /// Each byte's value; 0xFF for those that are no digits.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    static func id(_ text: UnsafeBufferPointer<UInt8>) -> ChangeID? {
        guard text.count == 16 else { return nil }
        var (first, last): (UInt64, UInt64) = (0, 0)
        var bad: UInt8 = 0
        values.withUnsafeBufferPointer { values in
            for index in 0..<8 {
                let (a, b) = (values[Int(text[index])], values[Int(text[index + 8])])
                bad |= a | b
                first = first << 5 | UInt64(a & 31)
                last = last << 5 | UInt64(b & 31)
            }
        }
        guard bad < 32 else { return nil }
        return ChangeID(high: first << 24 | last >> 16, low: UInt16(truncatingIfNeeded: last))
    }

    static func write(_ id: ChangeID, into text: UnsafeMutableBufferPointer<UInt8>) {
        let first = id.high >> 24
        let last = (id.high & 0xFF_FFFF) << 16 | UInt64(id.low)
        for index in 0..<8 {
            let shift = UInt64(35 - 5 * index)
            text[index] = digits[Int(first >> shift & 31)]
            text[index + 8] = digits[Int(last >> shift & 31)]
        }
    }
}

/// The name of one replica file, and of the author and the workspace that the server knows: `[a-z0-9._~-]`, 1 to 64 characters.
public struct Name: ASCIIName {
    public let raw: String

    /// nil where `raw` has another character, is empty or is longer than 64.
    public init?(_ raw: String) {
        guard (1...64).contains(raw.utf8.count), raw.utf8.allSatisfy(Self.allows) else { return nil }
        self.raw = raw
    }

    /// One that was found to be a name before.
    init(checked raw: String) { self.raw = raw }

    static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

func isHexDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}

/// The number that 16 lower-case hex digits spell; nil for anything else.
func hexWord(_ text: UnsafeBufferPointer<UInt8>) -> UInt64? {
    guard text.count == 16 else { return nil }
    let digits = UnsafeRawBufferPointer(text)
    return hexWord(
        UInt64(littleEndian: digits.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(littleEndian: digits.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
}

/// The number that twice eight lower-case hex digits spell, the first one in the lowest byte; nil for anything else.
func hexWord(_ first: UInt64, _ second: UInt64) -> UInt64? {
    let (high, low) = (hexDigits(first), hexDigits(second))
    return high.isRight && low.isRight ? high.number << 32 | low.number : nil
}

/// The number that eight lower-case hex digits spell, all at once: the first one stands in the lowest byte.
@inline(__always)
private func hexDigits(_ text: UInt64) -> (number: UInt64, isRight: Bool) {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // The digits' bytes differ from the letters' in bit 6, and letters count from 10.
    let values = (text & (0x0F * ones)) + 9 * (text >> 6 & ones)
    // They are right when they are below 16 and spell the text; no byte of these sums reaches the next.
    let letters = (values + 0x76 * ones) >> 7 & ones
    let spelled = values + UInt64(UInt8(ascii: "0")) * ones + 39 * letters
    let isRight = (spelled ^ text) | (values & (0xF0 * ones)) == 0
    var number = values.byteSwapped
    number = (number | number >> 4) & 0x00FF_00FF_00FF_00FF
    number = (number | number >> 8) & 0x0000_FFFF_0000_FFFF
    return ((number | number >> 16) & 0xFFFF_FFFF, isRight)
}
