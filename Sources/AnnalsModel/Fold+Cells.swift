/// The lists of an entity: cells with their heads and past, elements, and the fields said once.
extension Fold {
    // MARK: Who saw what

    /// Whether the author of stamp `a` had `b` on the screen: ``Lineage/saw(_:_:)``, in numbers.
    @inline(__always)
    func saw(_ a: Int32, _ b: WriteRecord) -> Bool { b.seq <= stamps[a].base || saw(a, b.stamp) }

    @inline(never)
    func saw(_ a: Int32, _ b: Int32) -> Bool {
        let (a, b) = (stamps[Int(a)], stamps[Int(b)])
        if b.seq <= a.base { return true }
        if a.replica == b.replica { return b.n < a.n || (b.n == a.n && b.index < a.index) }
        guard a.author == b.author, !lineage.parents.isEmpty else { return false }
        return lineage.saw(stamp(a), stamp(b))
    }

    @inline(__always)
    private func supersedes(_ later: WriteRecord, _ earlier: WriteRecord) -> Bool {
        guard saw(later.stamp, earlier) else { return false }
        if later.seq == earlier.seq, stamps[later.stamp].isOperation(stamps[earlier.stamp]) { return false }
        return later.closes < 0 || isClosed(stamps[earlier.stamp].id, closes[later.closes])
    }

    private func isClosed(_ id: ItemID, _ by: Stretch) -> Bool {
        by.indices.contains { closed[$0] == id }
    }

    // MARK: Cells

    /// Puts on ``screen`` what stood in the cell on the author's screen: the writes that `stamp` saw and no other such write
    /// superseded.
    mutating func putOnScreen(_ cell: CellRecord, _ stamp: Int32) {
        screen.cut(to: 0)
        if let only = onlyHead(cell), saw(stamp, writes[only]) {
            let head = writes[only]
            // It saw, and so supersedes, all of the past.
            if head.closes < 0, stamps[Int(head.stamp)].base >= cell.pastSeq {
                screen.append(only)
                return
            }
        }
        var seen: [Int32] = []
        for list in [cell.past, cell.heads] {
            var at = list.first
            while at >= 0 {
                if saw(stamp, writes[at]) { seen.append(at) }
                at = writes[at].next
            }
        }
        for index in seen.indices {
            let write = writes[Int(seen[index])]
            // What superseded a write mostly stands right behind it.
            let isSuperseded =
                seen[(index + 1)...].contains { supersedes(writes[Int($0)], write) }
                || seen[..<index].contains { supersedes(writes[Int($0)], write) }
            if !isSuperseded { screen.append(seen[index]) }
        }
    }

    /// Whether two values on ``screen`` differ: a conflict was there to see.
    var screenDiffers: Bool {
        @inline(__always) get {
            guard screen.count > 1 else { return false }
            return someDiffer
        }
    }

    private var someDiffer: Bool {
        screen.indices.dropFirst().contains { !isSame(writes[screen[$0]].value, writes[screen[0]].value) }
    }

    @inline(__always)
    private func onlyHead(_ cell: CellRecord) -> Int32? {
        cell.heads.first >= 0 && cell.heads.first == cell.heads.last ? cell.heads.first : nil
    }

    /// Takes a write that has effect.
    mutating func take(_ write: WriteRecord, _ cell: inout CellRecord) {
        var kept = WriteList()
        var at = cell.heads.first
        while at >= 0 {
            let next = writes[at].next
            if supersedes(write, writes[at]) { addToPast(at, &cell) } else { link(at, &kept) }
            at = next
        }
        link(add(write), &kept)
        cell.heads = kept
    }

    mutating func addToPast(_ write: Int32, _ cell: inout CellRecord) {
        link(write, &cell.past)
        cell.pastSeq = max(cell.pastSeq, writes[write].seq)
    }

    mutating func forgetPast(_ cell: inout CellRecord) {
        guard !cell.past.isEmpty else { return }
        writes[Int(cell.past.last)].next = freeWrite
        freeWrite = cell.past.first
        cell.past = WriteList()
        cell.pastSeq = -1
    }

    /// Where the cell of a field, and for class per coder of an author, stands; nil where nothing was written to it.
    @inline(__always)
    func cell(_ field: Int32, _ author: Int32, _ place: Int) -> Int? {
        var at = records[place].cells
        while at >= 0 {
            if cells[at].field == field, cells[at].author == author { return Int(at) }
            at = cells[at].next
        }
        return nil
    }

    mutating func addCell(_ field: Int32, _ author: Int32, _ place: Int) -> Int {
        cells.append(FieldCellRecord(field: field, author: author, next: records[place].cells))
        records[place].cells = Int32(cells.count - 1)
        return cells.count - 1
    }

    // MARK: Lists of writes

    /// Gives a write its place, one that is free again where there is one.
    mutating func add(_ write: WriteRecord) -> Int32 {
        guard freeWrite >= 0 else {
            writes.append(write)
            return Int32(writes.count - 1)
        }
        let place = freeWrite
        freeWrite = writes[Int(place)].next
        writes[Int(place)] = write
        return place
    }

    /// Appends a write to a list.
    mutating func link(_ write: Int32, _ list: inout WriteList) {
        writes[write].next = -1
        if list.isEmpty { list.first = write } else { writes[Int(list.last)].next = write }
        list.last = write
    }

    func list(_ list: WriteList) -> [Int32] {
        var all: [Int32] = []
        var at = list.first
        while at >= 0 {
            all.append(at)
            at = writes[at].next
        }
        return all
    }

    // MARK: Elements

    @inline(__always)
    private func elementField(_ field: Int32, _ place: Int) -> Int? {
        var at = records[place].elements
        while at >= 0 {
            if elementFields[at].field == field { return Int(at) }
            at = elementFields[at].next
        }
        return nil
    }

    mutating func appendElement(_ value: FoldValue, _ stamp: Int32, _ field: Int32, _ place: Int) {
        let at: Int
        if let found = elementField(field, place) {
            at = found
        } else {
            elementFields.append(FieldElementsRecord(field: field, next: records[place].elements))
            at = elementFields.count - 1
            records[place].elements = Int32(at)
        }
        var elements = elementFields[at].elements
        link(add(WriteRecord(value: value, stamp: stamp, seq: stamps[stamp].seq)), &elements)
        elementFields[at].elements = elements
    }

    /// - Parameter isGone: given the stamp of an element.
    /// - Returns: whether any was removed.
    @discardableResult
    mutating func removeElements(_ field: Int32, _ place: Int, _ isGone: (borrowing Fold, Int32) -> Bool) -> Bool {
        guard let found = elementField(field, place) else { return false }
        let all = list(elementFields[found].elements)
        var kept = WriteList()
        var removed = false
        for write in all {
            if isGone(self, writes[write].stamp) {
                writes[write].next = freeWrite
                freeWrite = write
                removed = true
            } else {
                link(write, &kept)
            }
        }
        elementFields[found].elements = kept
        return removed
    }

    mutating func addAbsent(_ id: ItemID, _ place: Int) {
        var at = records[place].absent
        while at >= 0 {
            if absents[at].id == id { return }
            at = absents[at].next
        }
        absents.append(AbsentRecord(id: id, next: records[place].absent))
        records[place].absent = Int32(absents.count - 1)
    }

    /// - Returns: whether the element was retracted before it arrived.
    mutating func removeAbsent(_ id: ItemID, _ place: Int) -> Bool {
        var (before, at): (Int32, Int32) = (-1, records[place].absent)
        while at >= 0 {
            let next = absents[at].next
            if absents[at].id == id {
                if before < 0 { records[place].absent = next } else { absents[Int(before)].next = next }
                return true
            }
            (before, at) = (at, next)
        }
        return false
    }

    // MARK: Fields said once

    @inline(__always)
    func immutable(_ field: Int32, _ place: Int) -> FoldValue? {
        var at = records[place].immutable
        while at >= 0 {
            if immutables[at].field == field { return immutables[at].value }
            at = immutables[at].next
        }
        return nil
    }

    mutating func setImmutable(_ field: Int32, _ value: FoldValue, _ place: Int) {
        immutables.append(ImmutableRecord(field: field, value: value, next: records[place].immutable))
        records[place].immutable = Int32(immutables.count - 1)
    }
}
