/// Bytes of a stored state that do not spell one: the file is damaged.
public struct DamagedFoldState: Error, Sendable {
    public init() {}
}

/// Writes the whole state of one entity in a compact binary form, from which ``Fold/load(state:of:kind:outside:)`` makes the same.
///
/// Names, changes' ids and stamps recur within an entity, so each is spelled once and then named by its number. Looking back is
/// bounded, which keeps writing linear; what is not found is spelled again. One writer serves many entities.
public struct FoldStateWriter: ~Copyable, Sendable {
    /// The first byte of every state.
    public static let version: UInt8 = 2
    private static let lookBack = 16

    private var names = Pool<Int32>()
    private var stamps = Pool<Int32>()

    public init() {}

    /// Appends the state of the entity at a place.
    ///
    /// - Parameter isOutside: whether the value of an immutable field is kept elsewhere, to be given to the reader; asked by the
    ///   field's number (``Fold/fieldNumber(_:)``).
    public mutating func write(
        _ fold: borrowing Fold, at place: Int, into out: inout [UInt8], isOutside: (Int32) -> Bool = { _ in false }
    ) {
        names.cut(to: 0)
        stamps.cut(to: 0)
        let record = fold.records[place]
        out.append(Self.version)
        out.append(record.created < 0 ? 0 : 1)
        if record.created >= 0 { stamp(record.created, fold, &out) }
        number(UInt64(record.ordinal), &out)
        var at = record.immutable
        while at >= 0 {
            let said = fold.immutables[at]
            out.append(isOutside(said.field) ? 2 : 1)
            name(said.field, fold, &out)
            if !isOutside(said.field) { value(said.value, fold, &out) }
            at = said.next
        }
        out.append(0)
        cell(record.existence, fold, &out)
        at = record.cells
        while at >= 0 {
            let found = fold.cells[at]
            out.append(found.author < 0 ? 1 : 2)
            name(found.field, fold, &out)
            if found.author >= 0 { name(found.author, fold, &out) }
            cell(found.cell, fold, &out)
            at = found.next
        }
        out.append(0)
        at = record.elements
        while at >= 0 {
            let found = fold.elementFields[at]
            if !found.elements.isEmpty {
                out.append(1)
                name(found.field, fold, &out)
                writes(found.elements, fold, &out)
            }
            at = found.next
        }
        out.append(0)
        at = record.absent
        while at >= 0 {
            out.append(1)
            item(fold.absents[at].id, &out)
            at = fold.absents[at].next
        }
        out.append(0)
        at = record.ignored
        while at >= 0 {
            let ignored = fold.ignoreds[at]
            out.append(ignored.reason.code)
            stamp(ignored.stamp, fold, &out)
            name(ignored.field, fold, &out)
            at = ignored.next
        }
        out.append(0)
    }

    private mutating func cell(_ cell: CellRecord, _ fold: borrowing Fold, _ out: inout [UInt8]) {
        writes(cell.heads, fold, &out)
        writes(cell.past, fold, &out)
    }

    private mutating func writes(_ list: WriteList, _ fold: borrowing Fold, _ out: inout [UInt8]) {
        var at = list.first
        while at >= 0 {
            let write = fold.writes[at]
            out.append(write.closes < 0 ? 1 : 2)
            stamp(write.stamp, fold, &out)
            value(write.value, fold, &out)
            if write.closes >= 0 {
                let closed = fold.closes[write.closes].indices
                number(UInt64(closed.count), &out)
                for index in closed { item(fold.closed[index], &out) }
            }
            at = write.next
        }
        out.append(0)
    }

    private mutating func stamp(_ stamp: Int32, _ fold: borrowing Fold, _ out: inout [UInt8]) {
        if let known = Self.find(stamp, stamps) { return number(UInt64(known + 1), &out) }
        stamps.append(stamp)
        out.append(0)
        let record = fold.stamps[stamp]
        fixed(record.change, &out)
        number(UInt64(record.index), &out)
        number(UInt64(bitPattern: record.seq), &out)
        name(record.author, fold, &out)
        name(record.replica, fold, &out)
        number(UInt64(bitPattern: record.n), &out)
        number(UInt64(bitPattern: record.base), &out)
        // Small magnitudes stay short, whatever their sign ("zigzag").
        number(UInt64(bitPattern: record.written << 1 ^ record.written >> 63), &out)
    }

    private mutating func name(_ name: Int32, _ fold: borrowing Fold, _ out: inout [UInt8]) {
        if let known = Self.find(name, names) { return number(UInt64(known + 1), &out) }
        names.append(name)
        out.append(0)
        fold.names.withUTF8(name) { text in
            Self.number(UInt64(text.count), &out)
            out.append(contentsOf: text)
        }
    }

    /// The states of existence have no bytes of their own: 0 and 1; any other value is at least one byte long.
    private func value(_ value: FoldValue, _ fold: borrowing Fold, _ out: inout [UInt8]) {
        if value == .present { return number(0, &out) }
        if value == .retracted { return number(1, &out) }
        number(UInt64(value.count) + 1, &out)
        fold.withBytes(value) { out.append(contentsOf: $0) }
    }

    private func item(_ id: ItemID, _ out: inout [UInt8]) {
        if let change = id.change {
            number(UInt64(id.index), &out)
            fixed(change, &out)
        } else {
            number(0, &out)
            for word in [id.words.0, id.words.1, id.words.2, id.words.3] { Self.fixed(word, &out) }
        }
    }

    private func fixed(_ change: ChangeID, _ out: inout [UInt8]) {
        Self.fixed(change.high, &out)
        out.append(UInt8(truncatingIfNeeded: change.low >> 8))
        out.append(UInt8(truncatingIfNeeded: change.low))
    }

    private static func fixed(_ word: UInt64, _ out: inout [UInt8]) {
        withUnsafeBytes(of: word.bigEndian) { out.append(contentsOf: $0) }
    }

    /// Base-128, the low group first.
    private func number(_ value: UInt64, _ out: inout [UInt8]) { Self.number(value, &out) }

    private static func number(_ value: UInt64, _ out: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(truncatingIfNeeded: rest))
    }

    private static func find(_ number: Int32, _ known: borrowing Pool<Int32>) -> Int? {
        var index = known.count - 1
        let end = max(0, known.count - lookBack)
        while index >= end {
            if known[index] == number { return index }
            index -= 1
        }
        return nil
    }
}

extension Ignored.Reason {
    /// As a byte of a state: never 0, and never given to another reason.
    var code: UInt8 {
        switch self {
        case .conflictOnScreen: 1
        case .notOwner: 2
        case .immutable: 3
        case .otherKind: 4
        }
    }

    init?(code: UInt8) {
        guard let reason = [Self.conflictOnScreen, .notOwner, .immutable, .otherKind].first(where: { $0.code == code }) else {
            return nil
        }
        self = reason
    }
}
