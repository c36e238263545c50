/// Gives names numbers, the same bytes the same number, so that a fold compares and keeps numbers.
struct NameTable: ~Copyable, Sendable {
    private var bytes = Pool<UInt8>(capacity: 1024)
    private var ends = Pool<Int>()
    /// Open addressing with linear probing: a number and one, or 0 for an empty place.
    private var places = Pool<Int32>(zeros: 256)

    init() { ends.append(0) }

    private init(bytes: consuming Pool<UInt8>, ends: consuming Pool<Int>, places: consuming Pool<Int32>) {
        self.bytes = bytes
        self.ends = ends
        self.places = places
    }

    func copy() -> NameTable { NameTable(bytes: bytes.copy(), ends: ends.copy(), places: places.copy()) }

    /// How many names have a number: those from 0 up to it.
    var count: Int { ends.count - 1 }

    /// The number of a name, a new one where it has none yet.
    mutating func number(of name: UnsafeRawBufferPointer) -> Int32 {
        let mask = places.count - 1
        var place = Self.hash(name) & mask
        while places[place] > 0 {
            if equals(Int(places[place]) - 1, name) { return places[place] - 1 }
            place = (place + 1) & mask
        }
        _ = bytes.append(contentsOf: name)
        ends.append(bytes.count)
        places[place] = Int32(count)
        if 2 * count > places.count { grow() }
        return Int32(count - 1)
    }

    mutating func number(of name: String) -> Int32 {
        var name = name
        return name.withUTF8 { number(of: UnsafeRawBufferPointer($0)) }
    }

    /// The name with a number that was given out.
    func name(_ number: Int32) -> String { withUTF8(number) { String(decoding: $0, as: UTF8.self) } }

    /// The UTF-8 bytes of a name, while `body` runs.
    func withUTF8<Result>(_ number: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let range = range(Int(number))
        return bytes.withElements { body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0)[range])) }
    }

    private func range(_ number: Int) -> Range<Int> { ends[number]..<ends[number + 1] }

    private func equals(_ number: Int, _ name: UnsafeRawBufferPointer) -> Bool {
        let range = range(number)
        guard range.count == name.count else { return false }
        return bytes.withElements { all in
            let known = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(all)[range])
            var at = 0
            while at + 8 <= name.count {
                let isSame =
                    known.loadUnaligned(fromByteOffset: at, as: UInt64.self) == name.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                if !isSame { return false }
                at += 8
            }
            while at < name.count {
                if known[at] != name[at] { return false }
                at += 1
            }
            return true
        }
    }

    private mutating func grow() {
        places = Pool(zeros: 2 * places.count)
        let mask = places.count - 1
        for number in 0..<count {
            var place = withUTF8(Int32(number)) { Self.hash($0) } & mask
            while places[place] > 0 { place = (place + 1) & mask }
            places[place] = Int32(number + 1)
        }
    }

    private static func hash(_ name: UnsafeRawBufferPointer) -> Int {
        var hash = UInt64(name.count)
        var at = 0
        while at + 8 <= name.count {
            hash = mix(hash ^ name.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            at += 8
        }
        var rest: UInt64 = 0
        while at < name.count {
            rest = rest << 8 | UInt64(name[at])
            at += 1
        }
        return Int(truncatingIfNeeded: mix(hash ^ rest) >> 1)
    }

    /// Names are a peer's words, but there are few in a batch: a bad spread costs time, never a wrong answer.
    @inline(__always)
    static func mix(_ word: UInt64) -> UInt64 {
        let (high, low) = word.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return high ^ low
    }
}
