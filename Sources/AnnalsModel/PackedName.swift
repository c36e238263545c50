internal import AnnalsJSON

/// A name as two words, its first eight bytes and its last eight, so that names are told apart without going over their bytes.
///
/// Of fewer than eight bytes the first word holds all, the last of them highest, and the other is 0.
struct PackedName: Hashable, Sendable, BitwiseCopyable {
    let first: UInt64
    let last: UInt64
    let count: Int32

    /// The name of no bytes.
    init() { (first, last, count) = (0, 0, 0) }

    init(_ name: String) {
        self = Array(name.utf8).withUnsafeBytes { PackedName($0, $0.indices) }
    }

    /// The name that stands in some range of a line.
    @inline(__always)
    init(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= line.count, "a name within its line")
        count = Int32(truncatingIfNeeded: range.count)
        if range.count >= 8 {
            first = Self.word(line, range.lowerBound)
            last = Self.word(line, range.upperBound - 8)
        } else {
            first = Self.short(line, range)
            last = 0
        }
    }

    /// Up to eight bytes, the last of them highest.
    @inline(__always)
    fileprivate static func short(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64 {
        // What follows the name is shifted out.
        range.lowerBound &+ 8 <= line.count && !range.isEmpty
            ? word(line, range.lowerBound) &<< UInt64(truncatingIfNeeded: 64 &- 8 &* range.count) : byBytes(line, range)
    }

    @inline(never)
    private static func byBytes(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64 {
        var word: UInt64 = 0
        for at in range { word = word >> 8 | UInt64(line[at]) << 56 }
        return word
    }

    @inline(__always)
    private static func word(_ line: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
        UInt64(littleEndian: line.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }

    /// Whether the two words are all of the name.
    var isWhole: Bool { @inline(__always) get { count <= 16 } }
}

/// A word of the protocol of up to eight bytes, to be compared with others: `case "op":`.
///
/// It stays in this module: across its border the compiler makes no constants of the words.
struct ShortWord: Equatable, ExpressibleByStringLiteral, Sendable {
    private let word: UInt64

    @inline(__always)
    init(stringLiteral text: StaticString) {
        var word: UInt64 = 0
        for index in 0..<text.utf8CodeUnitCount { word = word >> 8 | UInt64(text.utf8Start[index]) << 56 }
        self.word = word
    }

    /// The text in some range of a line, which has no control characters; equal to no word where it is longer than eight bytes.
    ///
    /// - Precondition: the range is within the line. It is not asked again here, for each key.
    @inline(__always)
    init(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) {
        word = range.count > 8 ? 0 : PackedName.short(line, range)
    }

    /// The same, of a range that has not been compared with the line's length.
    @inline(__always)
    init(_ line: RawSpan, _ range: Range<Int>) {
        if range.count > 8 || range.isEmpty {
            word = 0
        } else if range.lowerBound &+ 8 <= line.byteCount {
            // What follows the word is shifted out.
            word = line.word(range.lowerBound) &<< UInt64(truncatingIfNeeded: 64 &- 8 &* range.count)
        } else {
            word = Self.byBytes(line, range)
        }
    }

    @inline(never)
    private static func byBytes(_ line: RawSpan, _ range: Range<Int>) -> UInt64 {
        var word: UInt64 = 0
        for at in range { word = word >> 8 | UInt64(line.byte(at)) << 56 }
        return word
    }

    @inline(__always)
    static func == (a: ShortWord, b: ShortWord) -> Bool { a.word == b.word }
}
