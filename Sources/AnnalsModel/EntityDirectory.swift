/// Where each entity of a fold stands among its records, by its id: open addressing with linear probing.
struct EntityDirectory: ~Copyable, Sendable {
    private var slots: Pool<Slot>
    private var count = 0
    /// What ``approach(_:)`` read, so that it does read.
    private var approached: UInt32 = 0

    struct Slot: BitwiseCopyable {
        /// Of the id, so that other entities' records are mostly not looked at, and none when the directory grows.
        var hash: UInt32 = 0
        /// The entity's place and one; 0 for an empty slot.
        var place: Int32 = 0
    }

    /// - Parameter entities: how many it can take before it grows.
    init(room entities: Int = 0) {
        var size = 64
        while size / 4 * 3 < entities { size *= 2 }
        slots = Pool(repeating: Slot(), count: size)
    }

    /// The place of an entity; nil where it has none.
    func place(of id: ItemID, in records: borrowing Pool<EntityRecord>) -> Int? {
        let place = slots[slot(of: id, Self.hash(id), records)].place
        return place > 0 ? Int(place) - 1 : nil
    }

    /// Has the memory come near in which the entity will be looked for: nothing waits for it, so that many come at once.
    @inline(__always)
    mutating func approach(_ id: ItemID) { approached ^= slots[Int(Self.hash(id)) & (slots.count - 1)].hash }

    /// The place of an entity, which it has from now on.
    @inline(__always)
    mutating func place(orNew id: ItemID, in records: inout Pool<EntityRecord>) -> Int {
        let hash = Self.hash(id)
        let slot = slot(of: id, hash, records)
        if slots[slot].place > 0 { return Int(slots[slot].place) - 1 }
        let place = records.append(EntityRecord(id: id))
        slots[slot] = Slot(hash: hash, place: place + 1)
        count += 1
        if count > slots.count / 4 * 3 { grow() }
        return Int(place)
    }

    /// Where an entity has its slot, or would.
    @inline(__always)
    private func slot(of id: ItemID, _ hash: UInt32, _ records: borrowing Pool<EntityRecord>) -> Int {
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot].place > 0, slots[slot].hash != hash || records[slots[slot].place - 1].id != id { slot = (slot + 1) & mask }
        return slot
    }

    /// The words are random already, but for whoever chooses them.
    @inline(__always)
    private static func hash(_ id: ItemID) -> UInt32 {
        UInt32(truncatingIfNeeded: NameTable.mix(id.words.0 ^ id.words.1 &* 0xD6E8_FEB8_6659_FD93))
    }

    @inline(never)
    private mutating func grow() {
        var larger = Pool(repeating: Slot(), count: 4 * slots.count)
        let mask = larger.count - 1
        for index in slots.indices where slots[index].place > 0 {
            var slot = Int(slots[index].hash) & mask
            while larger[slot].place > 0 { slot = (slot + 1) & mask }
            larger[slot] = slots[index]
        }
        slots = larger
    }
}
