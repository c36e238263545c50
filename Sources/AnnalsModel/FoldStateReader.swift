extension Fold {
    /// Takes in an entity from its stored state.
    ///
    /// - Parameters:
    ///   - outside: the JSON of an immutable field's value that is kept elsewhere, by the field's name.
    /// - Precondition: nothing was folded into that entity yet, and it was not loaded.
    /// - Throws: ``DamagedFoldState``; then the fold is of no more use.
    public mutating func load(
        state: UnsafeRawBufferPointer, of id: ItemID, kind: String, outside: (String) -> [UInt8]? = { _ in nil }
    ) throws(DamagedFoldState) {
        let place = place(orNew: id)
        precondition(records[place].kind < 0, "an entity is loaded once, and before anything is folded into it")
        records[place].kind = names.number(of: kind)
        stateNames.cut(to: 0)
        stateStamps.cut(to: 0)
        var input = StateInput(bytes: state)
        guard try input.byte() == FoldStateWriter.version else { throw DamagedFoldState() }
        if try input.byte() == 1 { records[place].created = try stamp(&input) }
        records[place].ordinal = Int32(truncatingIfNeeded: try input.number())
        while true {
            let form = try input.byte()
            if form == 0 { break }
            let field = try name(&input)
            if form == 2 {
                guard let bytes = outside(names.name(field)) else { throw DamagedFoldState() }
                setImmutable(field, bytes.withUnsafeBytes { keep($0) }, place)
            } else {
                setImmutable(field, try value(&input), place)
            }
        }
        records[place].existence = try cell(&input, place)
        while true {
            let form = try input.byte()
            if form == 0 { break }
            let field = try name(&input)
            let at = addCell(field, form == 2 ? try author(&input) : -1, place)
            cells[at].cell = try cell(&input, nil)
        }
        while try input.byte() != 0 {
            let field = try name(&input)
            elementFields.append(FieldElementsRecord(field: field, next: records[place].elements))
            records[place].elements = Int32(elementFields.count - 1)
            let list = try writes(&input)
            elementFields[elementFields.count - 1].elements = list
        }
        while try input.byte() != 0 { addAbsent(try input.item(), place) }
        while true {
            let code = try input.byte()
            if code == 0 { break }
            guard let reason = Ignored.Reason(code: code) else { throw DamagedFoldState() }
            let stamp = try stamp(&input)
            ignore(stamp, try name(&input), reason, place)
        }
        guard input.isAtEnd else { throw DamagedFoldState() }
    }

    /// - Parameter existenceOf: the entity's place, where this is its existence.
    private mutating func cell(_ input: inout StateInput, _ existenceOf: Int?) throws(DamagedFoldState) -> CellRecord {
        var cell = CellRecord()
        cell.heads = try writes(&input)
        cell.past = try writes(&input)
        var at = cell.past.first
        while at >= 0 {
            cell.pastSeq = max(cell.pastSeq, writes[at].seq)
            at = writes[at].next
        }
        if let place = existenceOf {
            for list in [cell.heads, cell.past] {
                at = list.first
                while at >= 0 {
                    if writes[at].value == .retracted { records[place].everRetracted = true }
                    at = writes[at].next
                }
            }
        }
        return cell
    }

    private mutating func writes(_ input: inout StateInput) throws(DamagedFoldState) -> WriteList {
        var list = WriteList()
        while true {
            let form = try input.byte()
            if form == 0 { return list }
            let stamp = try stamp(&input)
            var write = WriteRecord(value: try value(&input), stamp: stamp, seq: stamps[stamp].seq)
            if form == 2 {
                let first = closed.count
                for _ in 0..<(try input.count()) { closed.append(try input.item()) }
                write.closes = closes.append(Stretch(first..<closed.count))
            }
            link(add(write), &list)
        }
    }

    private mutating func stamp(_ input: inout StateInput) throws(DamagedFoldState) -> Int32 {
        let known = try input.number()
        if known > 0 {
            guard known <= UInt64(stateStamps.count) else { throw DamagedFoldState() }
            return stateStamps[Int(known) - 1]
        }
        let change = try input.change()
        let index = Int32(truncatingIfNeeded: try input.number() & 0x7FFF_FFFF)
        let seq = Int64(bitPattern: try input.number())
        let author = try author(&input)
        let replica = try self.author(&input)
        let n = Int64(bitPattern: try input.number())
        let base = Int64(bitPattern: try input.number())
        let written = try input.number()
        let stamp = stamps.append(
            StampRecord(
                change: change, index: index, author: author, replica: replica, seq: seq, n: n, base: base,
                written: Int64(bitPattern: written >> 1) ^ -Int64(bitPattern: written & 1)))
        stateStamps.append(stamp)
        return stamp
    }

    private mutating func name(_ input: inout StateInput) throws(DamagedFoldState) -> Int32 {
        let known = try input.number()
        if known > 0 {
            guard known <= UInt64(stateNames.count) else { throw DamagedFoldState() }
            return stateNames[Int(known) - 1]
        }
        let number = names.number(of: try input.raw(input.count()))
        stateNames.append(number)
        return number
    }

    /// The name of an author or a replica, of which not everything may be one.
    private mutating func author(_ input: inout StateInput) throws(DamagedFoldState) -> Int32 {
        let number = try name(&input)
        guard names.withUTF8(number, { (1...64).contains($0.count) && $0.allSatisfy(Name.allows) }) else { throw DamagedFoldState() }
        return number
    }

    private mutating func value(_ input: inout StateInput) throws(DamagedFoldState) -> FoldValue {
        switch try input.number() {
        case 0: return .present
        case 1: return .retracted
        case let length:
            guard length - 1 <= UInt64(input.bytes.count) else { throw DamagedFoldState() }
            return keep(try input.raw(Int(length) - 1))
        }
    }
}

/// Reads what ``FoldStateWriter`` wrote. Never reads past the end, whatever the bytes are.
struct StateInput {
    let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }

    @inline(__always)
    mutating func byte() throws(DamagedFoldState) -> UInt8 {
        guard offset < bytes.count else { throw DamagedFoldState() }
        defer { offset += 1 }
        return bytes[offset]
    }

    @inline(__always)
    mutating func number() throws(DamagedFoldState) -> UInt64 {
        let first = try byte()
        if first < 0x80 { return UInt64(first) }
        var value = UInt64(first & 0x7F)
        for shift in stride(from: UInt64(7), through: 63, by: 7) {
            let next = try byte()
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
        }
        throw DamagedFoldState()
    }

    /// A number of things that follow, each of at least one byte.
    mutating func count() throws(DamagedFoldState) -> Int {
        let value = try number()
        guard value <= UInt64(bytes.count - offset) else { throw DamagedFoldState() }
        return Int(value)
    }

    mutating func raw(_ count: Int) throws(DamagedFoldState) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - offset else { throw DamagedFoldState() }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    mutating func change() throws(DamagedFoldState) -> ChangeID {
        let high = try word()
        let low = UInt16(try byte()) << 8
        return ChangeID(high: high, low: low | UInt16(try byte()))
    }

    mutating func item() throws(DamagedFoldState) -> ItemID {
        let index = try number()
        if index > 0 { return ItemID(try change(), Int(truncatingIfNeeded: index & 0xFFFF_FFFF_FFFF)) }
        return ItemID(document: Digest(words: (try word(), try word(), try word(), try word())))
    }

    private mutating func word() throws(DamagedFoldState) -> UInt64 {
        UInt64(bigEndian: try raw(8).loadUnaligned(as: UInt64.self))
    }
}
