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
public struct ChangeID: ASCIIName {
    public let raw: String

    /// nil where `raw` is not 16 characters of `0123456789abcdefghjkmnpqrstvwxyz`.
    public init?(_ raw: String) {
        guard raw.utf8.count == 16, raw.utf8.allSatisfy(Self.isDigit) else { return nil }
        self.raw = raw
    }

    /// The id that 80 random bits spell; the caller brings the randomness.
    public init(random high: UInt16, _ low: UInt64) {
        var rest = low
        var text: [UInt8] = []
        for _ in 0..<12 {
            text.append(Self.digits[Int(rest & 31)])
            rest >>= 5
        }
        var top = UInt32(high) << 4 | UInt32(rest & 15)
        for _ in 0..<4 {
            text.append(Self.digits[Int(top & 31)])
            top >>= 5
        }
        raw = String(decoding: text, as: UTF8.self)
    }

    /// Crockford's alphabet leaves out i, l, o and u.
    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "o"), UInt8(ascii: "u"): false
        case UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: false
        }
    }

    static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
}

/// The name of an operation `<change id>-<i>` (i from 1), and so of the entity, element or write that it makes.
///
/// Documents are the exception: they are named `sha256:<hex>` by their text.
public struct ItemID: ASCIIName {
    public let raw: String

    /// nil where `raw` is neither form.
    public init?(_ raw: String) {
        let utf8 = raw.utf8
        if raw.hasPrefix("sha256:") {
            guard utf8.count == 71, utf8.dropFirst(7).allSatisfy(isHexDigit) else { return nil }
        } else {
            // By bytes: a combining mark after the hyphen would be one character with it.
            let index = utf8.dropFirst(17)
            guard utf8.count >= 18, utf8.count <= 24, ChangeID(String(raw.prefix(16))) != nil,
                utf8.dropFirst(16).first == UInt8(ascii: "-"), index.first != UInt8(ascii: "0"),
                index.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            else { return nil }
        }
        self.raw = raw
    }

    public init(_ change: ChangeID, _ index: Int) {
        raw = "\(change.raw)-\(index)"
    }

    /// The id of the document with this text.
    public init(document digest: Digest) {
        raw = "sha256:" + digest.hex
    }

    /// The change that made it; nil for a document.
    public var change: ChangeID? { ChangeID(String(raw.prefix(16))) }
}

/// The name of one replica file, and of the author and the workspace that the server knows: `[a-z0-9._~-]`, 1 to 64 characters.
public struct Name: ASCIIName {
    public let raw: String

    /// nil where `raw` has another character, is empty or is longer than 64.
    public init?(_ raw: String) {
        guard (1...64).contains(raw.utf8.count), raw.utf8.allSatisfy(Self.allows) else { return nil }
        self.raw = raw
    }

    private static func allows(_ byte: UInt8) -> Bool {
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
