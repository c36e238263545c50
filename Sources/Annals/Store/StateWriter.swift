internal import AnnalsModel

/// Writes the whole fold state of one entity in a compact binary form, from which ``StateReader`` makes the same `Entity`.
///
/// Names, ids and stamps recur within an entity, so each is spelled once and then named by its number: a create's stamp
/// stands in every cell that it wrote. Looking back is bounded, which keeps writing linear; what is not found is spelled again.
struct StateWriter {
    static let version: UInt8 = 1
    private static let lookBack = 16

    private var out = ByteWriter()
    private var strings: [String] = []
    private var changes: [String] = []
    private var stamps: [Stamp] = []

    /// - Parameter isOutside: whether the value of an immutable field is kept elsewhere, to be given to the reader.
    static func write(_ entity: Entity, isOutside: (String) -> Bool = { _ in false }) -> [UInt8] {
        var writer = StateWriter()
        writer.out.byte(version)
        writer.entity(entity, isOutside)
        return writer.out.bytes
    }

    private mutating func entity(_ entity: Entity, _ isOutside: (String) -> Bool) {
        if let created = entity.created {
            out.byte(1)
            stamp(created)
        } else {
            out.byte(0)
        }
        out.count(entity.ordinal)
        out.count(entity.immutable.count)
        for (field, value) in entity.immutable.sorted(by: { precedes($0.key, $1.key) }) {
            string(field)
            if isOutside(field) {
                out.byte(StateReader.outside)
            } else {
                self.value(value)
            }
        }
        cell(entity.existence)
        out.count(entity.cells.count)
        for (key, cell) in entity.cells.sorted(by: { $0.key < $1.key }) {
            string(key.field)
            string(key.author?.raw ?? "")
            self.cell(cell)
        }
        out.count(entity.elements.count)
        for (field, elements) in entity.elements.sorted(by: { precedes($0.key, $1.key) }) {
            string(field)
            out.count(elements.count)
            for element in elements {
                stamp(element.stamp)
                value(element.value)
            }
        }
        out.count(entity.absent.count)
        for id in entity.absent.sorted() { item(id) }
        out.count(entity.ignored.count)
        for ignored in entity.ignored {
            stamp(ignored.stamp)
            string(ignored.field)
            string(ignored.reason.rawValue)
        }
    }

    private mutating func cell(_ cell: Cell) {
        writes(cell.heads)
        writes(cell.past)
    }

    private mutating func writes(_ writes: [Write]) {
        out.count(writes.count)
        for write in writes {
            stamp(write.stamp)
            value(write.value)
            out.count(write.closes.map { $0.count + 1 } ?? 0)
            for id in write.closes ?? [] { item(id) }
        }
    }

    private mutating func stamp(_ stamp: Stamp) {
        if let index = stamps.suffix(Self.lookBack).lastIndex(of: stamp) {
            out.count(index + 1)
            return
        }
        stamps.append(stamp)
        out.count(0)
        item(stamp.id)
        out.count(stamp.index)
        out.signed(stamp.seq)
        string(stamp.author.raw)
        string(stamp.replica.raw)
        out.signed(stamp.n)
        out.signed(stamp.base)
        out.signed(stamp.written.milliseconds)
    }

    private mutating func item(_ id: ItemID) {
        guard let change = id.change, let index = UInt64(id.raw.dropFirst(17)) else {
            out.number(0)
            out.string(id.raw)
            return
        }
        if let known = changes.suffix(Self.lookBack).lastIndex(of: change.raw) {
            out.count(known + 2)
        } else {
            changes.append(change.raw)
            out.number(1)
            out.raw(change.raw.utf8)
        }
        out.number(index)
    }

    private mutating func string(_ text: String) {
        if let known = strings.suffix(Self.lookBack).lastIndex(where: { sameBytes($0, text) }) {
            out.count(known + 1)
        } else {
            strings.append(text)
            out.count(0)
            out.string(text)
        }
    }

    private mutating func value(_ value: Value) {
        switch value {
        case .null: out.byte(0)
        case .bool(let flag): out.byte(flag ? 2 : 1)
        case .integer(let number):
            out.byte(3)
            out.signed(number)
        case .string(let text):
            out.byte(4)
            out.string(text)
        case .array(let values):
            out.byte(5)
            out.count(values.count)
            for value in values { self.value(value) }
        case .members(let members):
            out.byte(6)
            out.count(members.count)
            for member in members {
                string(member.key)
                self.value(member.value)
            }
        }
    }
}
