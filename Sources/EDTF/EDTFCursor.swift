/// A place in a text that is being read. All that was read is ASCII, so bytes and code points before it are the same.
struct EDTFCursor {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ text: String) throws(EDTFError) {
        bytes = Array(text.utf8)
        guard !bytes.isEmpty else {
            throw error(.empty, "a date is needed, for example 2025, 2025-08, 2025-08-07 or 2025-08-07/2025-08-08")
        }
        guard bytes.count <= EDTF.lengthMax else {
            throw error(.tooLong, "at most \(EDTF.lengthMax) bytes are allowed")
        }
    }

    var atEnd: Bool { offset == bytes.count }

    func error(_ code: EDTFError.Code, at place: Int? = nil, _ message: String) -> EDTFError {
        EDTFError(code, at: place ?? offset, message)
    }

    func sees(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[offset...].starts(with: $0) }
    }

    var seesSpace: Bool { sees(" ") || sees("\t") }

    mutating func take(_ text: StaticString) -> Bool {
        guard sees(text) else { return false }
        offset += text.utf8CodeUnitCount
        return true
    }

    /// How many digits stand here.
    var digitsAhead: Int { bytes[offset...].prefix { Self.isDigit($0) }.count }

    /// The next bytes, as far as there are so many.
    func ahead(_ count: Int) -> ArraySlice<UInt8> { bytes[offset...].prefix(count) }

    /// Whether this character stands anywhere ahead.
    func hasAhead(_ byte: UInt8) -> Bool { bytes[offset...].contains(byte) }

    mutating func skip(_ count: Int) { offset += count }

    /// A decimal number of so many digits, no more and no fewer.
    mutating func number(digits: ClosedRange<Int>, _ message: String) throws(EDTFError) -> Int {
        let count = digitsAhead
        guard digits.contains(count) else {
            throw error(.unexpected, at: offset + min(count, digits.upperBound), message)
        }
        let number = ahead(count).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        offset += count
        return number
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
