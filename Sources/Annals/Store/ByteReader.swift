/// Bytes of a stored state that do not spell one: the file is damaged.
struct DamagedState: Error {}

/// Reads what ``ByteWriter`` wrote. Never reads past the end, whatever the bytes are.
struct ByteReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// What was not read yet.
    var rest: [UInt8] { Array(bytes[offset...]) }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func byte() throws(DamagedState) -> UInt8 {
        guard offset < bytes.count else { throw DamagedState() }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func number() throws(DamagedState) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let next = try byte()
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
        }
        throw DamagedState()
    }

    /// A number of things that follow, each of at least one byte.
    mutating func count() throws(DamagedState) -> Int {
        let value = try number()
        guard value <= UInt64(bytes.count - offset) else { throw DamagedState() }
        return Int(value)
    }

    mutating func signed() throws(DamagedState) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func string() throws(DamagedState) -> String {
        String(decoding: try raw(count()), as: UTF8.self)
    }

    mutating func raw(_ count: Int) throws(DamagedState) -> ArraySlice<UInt8> {
        guard count <= bytes.count - offset else { throw DamagedState() }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }
}
