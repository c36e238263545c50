/// Gives names numbers, the same bytes the same number, so that a fold compares and keeps numbers.
struct NameTable: ~Copyable, Sendable {
    private var bytes = Pool<UInt8>(capacity: 1024)
    private var ends = Pool<Int>()
    /// Open addressing with linear probing.
    private var slots = Pool(repeating: Slot(), count: 256)

    struct Slot: BitwiseCopyable {
        var name = PackedName()
        /// The name's number and one; 0 for an empty slot.
        var number: Int32 = 0
        /// Whether it was found to be what an author or a replica may be called.
        var isName = false
    }

    init() { ends.append(0) }

    /// How many names have a number: those from 0 up to it.
    var count: Int { ends.count - 1 }

    /// The number of a name, a new one where it has none yet.
    @inline(__always)
    mutating func number(of name: PackedName, _ text: UnsafeRawBufferPointer) -> Int32 { slots[slot(of: name, text)].number - 1 }

    mutating func number(of text: UnsafeRawBufferPointer) -> Int32 { number(of: PackedName(text, text.indices), text) }

    /// The number of what an author or a replica is called; nil where nobody may be called so.
    @inline(__always)
    mutating func number(ofName name: PackedName, _ text: UnsafeRawBufferPointer) -> Int32? {
        let slot = slot(of: name, text)
        if !slots[slot].isName {
            guard (1...64).contains(text.count), text.allSatisfy(Name.allows) else { return nil }
            slots[slot].isName = true
        }
        return slots[slot].number - 1
    }

    /// Where a name stands in `slots`, from now on if it did not.
    @inline(__always)
    private mutating func slot(of name: PackedName, _ text: UnsafeRawBufferPointer) -> Int {
        let mask = slots.count - 1
        var slot = Self.hash(name) & mask
        while slots[slot].number > 0 {
            if slots[slot].name == name, name.isWhole || hasText(slots[slot].number - 1, text) { return slot }
            slot = (slot + 1) & mask
        }
        return add(name, text, at: slot)
    }

    @inline(never)
    private mutating func add(_ name: PackedName, _ text: UnsafeRawBufferPointer, at slot: Int) -> Int {
        _ = bytes.append(contentsOf: text)
        ends.append(bytes.count)
        slots[slot] = Slot(name: name, number: Int32(count))
        guard 2 * count > slots.count else { return slot }
        grow()
        return self.slot(of: name, text)
    }

    @inline(never)
    private func hasText(_ number: Int32, _ text: UnsafeRawBufferPointer) -> Bool {
        withUTF8(number) { $0.elementsEqual(text) }
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

    private mutating func grow() {
        var larger = Pool(repeating: Slot(), count: 2 * slots.count)
        let mask = larger.count - 1
        for index in slots.indices where slots[index].number > 0 {
            var slot = Self.hash(slots[index].name) & mask
            while larger[slot].number > 0 { slot = (slot + 1) & mask }
            larger[slot] = slots[index]
        }
        slots = larger
    }

    @inline(__always)
    private static func hash(_ name: PackedName) -> Int {
        Int(truncatingIfNeeded: mix(name.first ^ name.last &* 0xD6E8_FEB8_6659_FD93 ^ UInt64(truncatingIfNeeded: name.count)))
    }

    /// Names are a peer's words, but there are few in a batch: a bad spread costs time, never a wrong answer.
    @inline(__always)
    static func mix(_ word: UInt64) -> UInt64 {
        let (high, low) = word.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return high ^ low
    }
}
