public import AnnalsJSON

/// Entries taken straight from scanned lines: no change, no value and no string is made of them.
extension Fold {
    /// What of an entry the caller may need, beyond the state.
    public struct Prepared: Sendable {
        /// The replica's name.
        public let replica: JSONSlice
        public let n: Int64
        public let prev: ShortHash?
    }

    /// Reads a plain entry, an accepted change that was neither moved nor comes from a fork, where it stands in a scanned line, and
    /// prepares to fold it (``placePrepared()``, ``foldPrepared()``). Nearly all entries are plain.
    ///
    /// - Parameter seq: the number that the entry must have.
    /// - Returns: nil where the line is no plain entry in the form of the SPEC, and then nothing is prepared: `EntryCodec` reads it, or
    ///   says what is wrong with it.
    public mutating func prepare(_ tape: borrowing JSONTape, _ bytes: RawSpan, seq: Int64) -> Prepared? {
        tape.withSlices { slices in
            bytes.withUnsafeBytes { line in prepare(ChangeReader(slices: slices, line: line), seq) }
        }
    }

    private mutating func prepare(_ reader: ChangeReader, _ seq: Int64) -> Prepared? {
        let marks = (operands.operations.count, operands.items.count, operands.fields.count)
        guard let entry = reader.envelope(seq: seq), let head = reader.head(entry.change), let author = person(entry.author, reader),
            let replica = person(entry.replica, reader), prepare(head.operations, of: head.id, reader)
        else {
            operands.operations.cut(to: marks.0)
            operands.items.cut(to: marks.1)
            operands.fields.cut(to: marks.2)
            return nil
        }
        operands.changes.append(
            ChangeRecord(
                stamp: StampRecord(
                    change: head.id, index: 0, author: author, replica: replica, seq: seq, n: head.n, base: head.base, written: head.at),
                operations: Stretch(marks.0..<operands.operations.count)))
        return Prepared(replica: reader.slices[entry.replica], n: head.n, prev: head.prev)
    }

    /// The number of an author's or a replica's name.
    private mutating func person(_ place: Int, _ reader: ChangeReader) -> Int32? {
        guard let name = reader.name(place) else { return nil }
        return names.number(ofName: name.packed, name.text)
    }

    private mutating func prepare(_ list: Int, of change: ChangeID, _ reader: ChangeReader) -> Bool {
        var operations = JSONElements(of: list, reader.slices[list])
        var index = 0
        while let place = operations.next(in: reader.slices) {
            index += 1
            guard let operation = prepare(place, ItemID(change, index), reader) else { return false }
            operands.operations.append(operation)
        }
        return true
    }

    /// Reads one operation.
    private mutating func prepare(_ place: Int, _ own: ItemID, _ reader: ChangeReader) -> OperationRecord? {
        guard let members = reader.operation(place), let kind = reader.name(members.kind) else { return nil }
        guard let action = reader.action(members) else { return nil }
        var id = own
        if action == .create {
            if members.id >= 0 {
                guard let given = reader.item(members.id) else { return nil }
                id = given
            }
        } else {
            guard let on = reader.item(members.on) else { return nil }
            id = on
        }
        var record = OperationRecord(action: action, kind: names.number(of: kind.packed, kind.text), target: id)
        if action != .create, action != .retract, action != .restore {
            guard let field = reader.name(members.field) else { return nil }
            record.field = names.number(of: field.packed, field.text)
        }
        switch action {
        case .create:
            guard let fields = prepareFields(members.fields, reader) else { return nil }
            record.fields = fields
        case .retract, .restore: break
        case .remove, .retractElements:
            guard let items = prepareItems(members.elements, reader) else { return nil }
            record.items = items
        case .set, .code, .add, .append, .resolve:
            guard let raw = reader.raw(members.value) else { return nil }
            record.value = keep(raw)
            if action == .resolve {
                guard let items = prepareItems(members.closes, reader) else { return nil }
                record.items = items
            }
        }
        return record
    }

    private mutating func prepareFields(_ place: Int, _ reader: ChangeReader) -> Stretch? {
        guard place >= 0, reader.slices[place].kind == .object else { return nil }
        let first = operands.fields.count
        var members = JSONMembers(of: place, reader.slices[place])
        while let member = members.next(in: reader.slices) {
            guard let key = reader.name(member.key), let raw = reader.raw(member.value) else { return nil }
            operands.fields.append(FieldRecord(field: names.number(of: key.packed, key.text), value: keep(raw)))
        }
        return Stretch(first..<operands.fields.count)
    }

    private mutating func prepareItems(_ place: Int, _ reader: ChangeReader) -> Stretch? {
        guard place >= 0, reader.slices[place].kind == .array else { return nil }
        let first = operands.items.count
        var elements = JSONElements(of: place, reader.slices[place])
        while let element = elements.next(in: reader.slices) {
            guard let item = reader.item(element) else { return nil }
            operands.items.append(item)
        }
        return Stretch(first..<operands.items.count)
    }
}
