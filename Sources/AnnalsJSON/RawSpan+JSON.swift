/// How the scanner and the readers look at bytes.
///
/// Every load is checked against the bounds here, in one comparison (the standard library's check costs the scanner a
/// fifth of its speed), so a mistake of theirs stops the program and never reads foreign memory.
extension RawSpan {
    /// The byte at `offset`, or 0 past the end: no rule of JSON's outside a string takes a 0, so nobody mistakes it for content.
    @inlinable @inline(__always)
    package func byte(_ offset: Int) -> UInt8 {
        UInt(bitPattern: offset) < UInt(bitPattern: byteCount)
            ? unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self) : 0
    }

    /// Eight bytes, the first one in the lowest bits; the caller has made sure that they are there.
    @inlinable @inline(__always)
    package func word(_ offset: Int) -> UInt64 {
        precondition(UInt(bitPattern: offset) <= UInt(bitPattern: byteCount) - 8)
        return UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
    }

    /// The first offset from `offset` on that holds no blank. A line feed is none: it would end the line.
    @inline(__always)
    func skippingBlanks(_ offset: Int) -> Int {
        // Programs write none, and what else is below a blank is an error.
        byte(offset) > UInt8(ascii: " ") ? offset : skippingSomeBlanks(offset)
    }

    @inline(never)
    private func skippingSomeBlanks(_ offset: Int) -> Int {
        var at = offset
        while true {
            switch byte(at) {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): at += 1
            default: return at
            }
        }
    }

    /// The offset of the first LF in `range`.
    package func firstLineFeed(in range: Range<Int>) -> Int? {
        var at = range.lowerBound
        // Lines have hundreds of bytes: four words at once, then the one that has it.
        while at &+ 32 <= range.upperBound {
            let first = lineFeeds(at) | lineFeeds(at &+ 8)
            if first | lineFeeds(at &+ 16) | lineFeeds(at &+ 24) != 0 { break }
            at &+= 32
        }
        while at + 8 <= range.upperBound {
            let found = lineFeeds(at)
            if found != 0 { return at + found.trailingZeroBitCount / 8 }
            at += 8
        }
        while at < range.upperBound {
            if byte(at) == UInt8(ascii: "\n") { return at }
            at += 1
        }
        return nil
    }

    /// The high bit of the lowest LF of eight bytes, and perhaps of higher bytes.
    @inline(__always)
    private func lineFeeds(_ offset: Int) -> UInt64 { zeroBytes(word(offset) ^ everyByte(UInt8(ascii: "\n"))) }

    /// Whether `range` here and `other` have the same bytes.
    @inlinable
    package func equals(_ range: Range<Int>, _ other: RawSpan) -> Bool {
        guard range.count == other.byteCount else { return false }
        var at = 0
        while at + 8 <= other.byteCount {
            guard word(range.lowerBound + at) == other.word(at) else { return false }
            at += 8
        }
        while at < other.byteCount {
            guard byte(range.lowerBound + at) == other.byte(at) else { return false }
            at += 1
        }
        return true
    }
}

extension RawSpan {
    /// Whether `range` has the bytes of this text.
    @inlinable @inline(__always)
    package func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<range.count where byte(range.lowerBound + index) != text.utf8Start[index] { return false }
        return true
    }

    /// Whether `range` has the bytes of this text.
    @inlinable @inline(__always)
    package func equals(_ range: Range<Int>, _ text: String) -> Bool {
        guard range.count == text.utf8.count else { return false }
        let utf8 = text.utf8.span
        return equals(range, utf8.bytes)
    }
}

/// A word of eight times this byte.
@inline(__always)
func everyByte(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

/// The high bit of the lowest zero byte, and perhaps of higher bytes.
///
/// Sean Eron Anderson, "Bit Twiddling Hacks", "Determine if a word has a zero byte".
@inline(__always)
func zeroBytes(_ word: UInt64) -> UInt64 { (word &- everyByte(1)) & ~word & everyByte(0x80) }

/// The high bit of the lowest byte at which a run of plain string content ends (quote, backslash, control character
/// or the start of a multi-byte character), and perhaps of higher bytes.
///
/// Bytes from 0x80 on end the run anyway, so the `~word` of ``zeroBytes(_:)`` is not needed.
@inline(__always)
func endsOfPlainText(_ word: UInt64) -> UInt64 {
    let quote = (word ^ everyByte(UInt8(ascii: "\""))) &- everyByte(1)
    let backslash = (word ^ everyByte(UInt8(ascii: "\\"))) &- everyByte(1)
    let control = word &- everyByte(0x20)
    return (quote | backslash | control | word) & everyByte(0x80)
}
