internal import AnnalsModel

/// Reads what ``StateWriter`` wrote.
struct StateReader {
    /// Stands for a value of an immutable field that is kept elsewhere.
    static let outside: UInt8 = 7
    /// No value is nested deeper than the wire's limit; damaged bytes shall not exhaust the stack.
    private static let depthMax = 128

    private var input: ByteReader
    private var strings: [String] = []
    private var changes: [String] = []
    private var stamps: [Stamp] = []

    /// - Parameter outside: the value of an immutable field that is kept elsewhere.
    static func read(
        _ bytes: [UInt8], id: ItemID, kind: String, outside: (String) -> Value? = { _ in nil }
    ) throws(DamagedState) -> Entity {
        var reader = StateReader(input: ByteReader(bytes))
        guard try reader.input.byte() == StateWriter.version else { throw DamagedState() }
        let entity = try reader.entity(id, kind, outside)
        guard reader.input.isAtEnd else { throw DamagedState() }
        return entity
    }

    private init(input: ByteReader) { self.input = input }

    private mutating func entity(_ id: ItemID, _ kind: String, _ outside: (String) -> Value?) throws(DamagedState) -> Entity {
        let created = try input.byte() == 1 ? try stamp() : nil
        let ordinal = Int(clamping: try input.number())
        var immutable: [String: Value] = [:]
        for _ in 0..<(try input.count()) {
            let field = try string()
            let tag = try input.byte()
            if tag == Self.outside {
                guard let value = outside(field) else { throw DamagedState() }
                immutable[field] = value
            } else {
                immutable[field] = try value(tag, depth: 0)
            }
        }
        let existence = try cell()
        var cells: [Entity.CellKey: Cell] = [:]
        for _ in 0..<(try input.count()) {
            let key = Entity.CellKey(try string(), Name(try string()))
            cells[key] = try cell()
        }
        var elements: [String: [Element]] = [:]
        for _ in 0..<(try input.count()) {
            let field = try string()
            var list: [Element] = []
            for _ in 0..<(try input.count()) { list.append(Element(try stamp(), try value())) }
            elements[field] = list
        }
        var absent: Set<ItemID> = []
        for _ in 0..<(try input.count()) { absent.insert(try item()) }
        var ignored: [Ignored] = []
        for _ in 0..<(try input.count()) {
            let stamp = try stamp()
            let field = try string()
            guard let reason = Ignored.Reason(rawValue: try string()) else { throw DamagedState() }
            ignored.append(Ignored(stamp, field: field, reason: reason))
        }
        return Entity(
            id: id, kind: kind, created: created, ordinal: ordinal, immutable: immutable, existence: existence, cells: cells,
            elements: elements, absent: absent, ignored: ignored)
    }

    private mutating func cell() throws(DamagedState) -> Cell {
        Cell(heads: try writes(), past: try writes())
    }

    private mutating func writes() throws(DamagedState) -> [Write] {
        var list: [Write] = []
        for _ in 0..<(try input.count()) {
            let stamp = try stamp()
            let value = try value()
            let count = try input.count()
            var closes: [ItemID]?
            if count > 0 {
                var ids: [ItemID] = []
                for _ in 1..<count { ids.append(try item()) }
                closes = ids
            }
            list.append(Write(stamp, value, closes: closes))
        }
        return list
    }

    private mutating func stamp() throws(DamagedState) -> Stamp {
        let known = try input.number()
        if known > 0 {
            guard known <= UInt64(stamps.count) else { throw DamagedState() }
            return stamps[Int(known) - 1]
        }
        let id = try item()
        let index = Int(clamping: try input.number())
        let seq = try input.signed()
        guard let author = Name(try string()), let replica = Name(try string()) else { throw DamagedState() }
        let stamp = Stamp(
            id: id, seq: seq, author: author, replica: replica, n: try input.signed(), index: index,
            base: try input.signed(), written: Instant(milliseconds: try input.signed()))
        stamps.append(stamp)
        return stamp
    }

    private mutating func item() throws(DamagedState) -> ItemID {
        let form = try input.number()
        if form == 0 {
            guard let id = ItemID(try input.string()) else { throw DamagedState() }
            return id
        }
        if form == 1 {
            changes.append(String(decoding: try input.raw(16), as: UTF8.self))
        }
        let place = form == 1 ? changes.count - 1 : Int(clamping: form - 2)
        guard place < changes.count, let change = ChangeID(changes[place]) else { throw DamagedState() }
        return ItemID(change, Int(clamping: try input.number()))
    }

    private mutating func string() throws(DamagedState) -> String {
        let known = try input.number()
        if known > 0 {
            guard known <= UInt64(strings.count) else { throw DamagedState() }
            return strings[Int(known) - 1]
        }
        let text = try input.string()
        strings.append(text)
        return text
    }

    private mutating func value() throws(DamagedState) -> Value {
        try value(try input.byte(), depth: 0)
    }

    private mutating func value(_ tag: UInt8, depth: Int) throws(DamagedState) -> Value {
        guard depth < Self.depthMax else { throw DamagedState() }
        switch tag {
        case 0: return .null
        case 1: return .bool(false)
        case 2: return .bool(true)
        case 3: return .integer(try input.signed())
        case 4: return .string(try input.string())
        case 5:
            var values: [Value] = []
            for _ in 0..<(try input.count()) { values.append(try value(try input.byte(), depth: depth + 1)) }
            return .array(values)
        case 6:
            var members: [Value.Member] = []
            for _ in 0..<(try input.count()) {
                let key = try string()
                members.append(Value.Member(key, try value(try input.byte(), depth: depth + 1)))
            }
            return .members(members)
        default: throw DamagedState()
        }
    }
}
