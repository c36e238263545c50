/// Entities in and out of a fold as values.
extension Fold {
    /// An entity as it stands; nil where the fold holds none of that id.
    public func entity(_ id: ItemID) -> Entity? {
        guard let place = place(of: id), isFolded(place) else { return nil }
        return entity(at: place)
    }

    /// Every entity that it holds, read out.
    public var entities: [ItemID: Entity] {
        Dictionary(uniqueKeysWithValues: records.indices.filter { isFolded($0) }.map { (records[$0].id, entity(at: $0)) })
    }

    /// Those of some entities that it holds, read out.
    public func entities(_ ids: some Sequence<ItemID>) -> [ItemID: Entity] {
        var found: [ItemID: Entity] = [:]
        for id in ids { found[id] = entity(id) }
        return found
    }

    /// Whether anything was folded into the entity at a place, or it was loaded; else it was only prepared for.
    private func isFolded(_ place: Int) -> Bool { records[place].kind >= 0 }

    /// The entity at a place, read out.
    public func entity(at place: Int) -> Entity {
        var reader = ValueReader()
        return entity(at: place, &reader)
    }

    /// The same, for who reads many.
    public func entity(at place: Int, _ reader: inout ValueReader) -> Entity {
        let record = records[place]
        var immutable: [String: Value] = [:]
        each(immutables, record.immutable, { $0.next }) { immutable[names.name($0.field)] = value($0.value, &reader) }
        var cells: [Entity.CellKey: Cell] = [:]
        each(self.cells, record.cells, { $0.next }) { found in
            let author = found.author < 0 ? nil : name(found.author)
            cells[Entity.CellKey(names.name(found.field), author)] = cell(found.cell, &reader)
        }
        var elements: [String: [Element]] = [:]
        each(elementFields, record.elements, { $0.next }) { found in
            guard !found.elements.isEmpty else { return }
            elements[names.name(found.field)] = list(found.elements).map { index in
                Element(stamp(stamps[Int(writes[index].stamp)]), value(writes[index].value, &reader))
            }
        }
        var absent: Set<ItemID> = []
        each(absents, record.absent, { $0.next }) { absent.insert($0.id) }
        var ignored: [Ignored] = []
        each(ignoreds, record.ignored, { $0.next }) { found in
            ignored.append(Ignored(stamp(stamps[Int(found.stamp)]), field: names.name(found.field), reason: found.reason))
        }
        return Entity(
            id: record.id, kind: names.name(record.kind), created: record.created < 0 ? nil : stamp(stamps[Int(record.created)]),
            ordinal: Int(record.ordinal), immutable: immutable, existence: cell(record.existence, &reader), cells: cells,
            elements: elements, absent: absent, ignored: ignored)
    }

    private func each<Record>(
        _ records: borrowing Pool<Record>, _ first: Int32, _ next: (Record) -> Int32, _ body: (Record) -> Void
    ) {
        var at = first
        while at >= 0 {
            let record = records[at]
            body(record)
            at = next(record)
        }
    }

    private func cell(_ record: CellRecord, _ reader: inout ValueReader) -> Cell {
        Cell(heads: writes(record.heads, &reader), past: writes(record.past, &reader))
    }

    private func writes(_ list: WriteList, _ reader: inout ValueReader) -> [Write] {
        var found: [Write] = []
        for index in self.list(list) {
            let write = writes[index]
            found.append(
                Write(
                    stamp(stamps[Int(write.stamp)]), value(write.value, &reader), closes: write.closes < 0 ? nil : closedBy(write)))
        }
        return found
    }

    private func closedBy(_ write: WriteRecord) -> [ItemID] {
        closes[write.closes].indices.map { closed[$0] }
    }

    func stamp(_ record: StampRecord) -> Stamp {
        Stamp(
            id: record.id, seq: record.seq, author: name(record.author), replica: name(record.replica), n: record.n,
            index: Int(record.index), base: record.base, written: Instant(milliseconds: record.written))
    }

    /// An author or a replica: only what may be one is kept as such.
    func name(_ number: Int32) -> Name {
        Name(checked: names.name(number))
    }

    // MARK: In

    /// A fold that holds these entities.
    public init(vocabulary: Vocabulary = .current, lineage: Lineage = Lineage(), entities: some Sequence<Entity>) {
        self.init(vocabulary: vocabulary, lineage: lineage)
        for entity in entities { load(entity) }
    }

    /// Takes in an entity as it stands.
    ///
    /// - Precondition: the fold holds none of that id.
    public mutating func load(_ entity: Entity) {
        let place = place(orNew: entity.id)
        precondition(records[place].kind < 0, "an entity is loaded once, and before anything is folded into it")
        records[place].kind = names.number(of: entity.kind)
        if let created = entity.created { records[place].created = keep(created) }
        records[place].ordinal = Int32(clamping: entity.ordinal)
        for (field, value) in entity.immutable { setImmutable(names.number(of: field), keep(value), place) }
        records[place].existence = take(entity.existence, isExistence: true)
        records[place].everRetracted = (entity.existence.past + entity.existence.heads).contains {
            $0.value.string == Existence.retracted.rawValue
        }
        for (key, cell) in entity.cells {
            let at = addCell(names.number(of: key.field), key.author.map { names.number(of: $0.raw) } ?? -1, place)
            cells[at].cell = take(cell, isExistence: false)
        }
        for (field, elements) in entity.elements {
            for element in elements { appendElement(keep(element.value), keep(element.stamp), names.number(of: field), place) }
        }
        for id in entity.absent { addAbsent(id, place) }
        for ignored in entity.ignored { ignore(keep(ignored.stamp), names.number(of: ignored.field), ignored.reason, place) }
    }

    private mutating func keep(_ stamp: Stamp) -> Int32 {
        guard let change = stamp.id.change else { preconditionFailure("a write is named by its operation") }
        // A create's stamp stands in every cell that it wrote.
        var at = stamps.count - 1
        while at >= max(0, stamps.count - 16) {
            if stamps[at].change == change, stamps[at].index == Int32(clamping: stamp.index), stamps[at].seq == stamp.seq {
                return Int32(at)
            }
            at -= 1
        }
        stamps.append(
            StampRecord(
                change: change, index: Int32(clamping: stamp.index), author: names.number(of: stamp.author.raw),
                replica: names.number(of: stamp.replica.raw), seq: stamp.seq, n: stamp.n, base: stamp.base,
                written: stamp.written.milliseconds))
        return Int32(stamps.count - 1)
    }

    private mutating func take(_ cell: Cell, isExistence: Bool) -> CellRecord {
        var record = CellRecord()
        func write(_ write: Write) -> Int32 {
            let value: FoldValue
            if isExistence {
                value = write.value.string == Existence.retracted.rawValue ? .retracted : .present
            } else {
                value = keep(write.value)
            }
            var place: Int32 = -1
            if let closes = write.closes {
                let first = closed.count
                for id in closes { closed.append(id) }
                place = self.closes.append(Stretch(first..<closed.count))
            }
            return add(WriteRecord(value: value, stamp: keep(write.stamp), seq: write.stamp.seq, closes: place))
        }
        for past in cell.past { addToPast(write(past), &record) }
        for head in cell.heads { link(write(head), &record.heads) }
        return record
    }
}
