/// How one operation changes one entity. Total: every operation has its effect or is listed as having none.
extension Fold {
    /// Folds the changes that were prepared, in their order.
    public mutating func foldPrepared() { foldPrepared { () throws(Never) in } }

    /// Folds the changes that were prepared, in their order.
    ///
    /// - Parameter step: asked after each few hundred of them; where it throws, the fold is of no more use.
    public mutating func foldPrepared<Failure>(_ step: () throws(Failure) -> Void) throws(Failure) {
        placePrepared()
        for index in operands.changes.indices {
            fold(operands.changes[index])
            if index & 0xFF == 0xFF { try step() }
        }
        operands.removeAll()
    }

    private mutating func fold(_ change: ChangeRecord) {
        ordinals.cut(to: 0)
        var record = change.stamp
        for index in change.operations.indices {
            let operation = operands.operations[index]
            record.index += 1
            stamps.append(record)
            let stamp = Int32(stamps.count - 1)
            let isCreate = operation.action == .create
            if isCreate { countOrdinal(operation.kind) }
            let place = Int(operation.place)
            if records[place].kind < 0 { records[place].kind = operation.kind }
            if records[place].kind != operation.kind {
                guard isCreate, records[place].created < 0 else {
                    // An operation that names another kind than the entity's own is about nothing that exists.
                    ignore(stamp, operation.field < 0 ? rules.existence : operation.field, .otherKind, place)
                    continue
                }
                // Its create says what it is; operations before it that named another kind were about nothing.
                records[place] = EntityRecord(id: records[place].id, kind: operation.kind)
            }
            apply(operation, stamp, place)
        }
    }

    private mutating func countOrdinal(_ kind: Int32) {
        for index in ordinals.indices where ordinals[index].kind == kind {
            ordinals[index].count += 1
            return
        }
        ordinals.append(OrdinalRecord(kind: kind, count: 1))
    }

    private func ordinal(_ kind: Int32) -> Int32 {
        for index in ordinals.indices where ordinals[index].kind == kind { return ordinals[index].count }
        return 1
    }

    private mutating func apply(_ operation: OperationRecord, _ stamp: Int32, _ place: Int) {
        let field = operation.field
        switch operation.action {
        case .create:
            create(operation.fields, stamp, place)
        case .retract:
            if mayRetract(stamp, place) { exist(.retracted, stamp, place) }
        case .restore:
            if mayRetract(stamp, place) { exist(.present, stamp, place) }
        case .resolve where field == rules.existence:
            if let state = existence(operation.value), mayRetract(stamp, place) {
                takeExistence(state, stamp, closes: keep(operation.items), place)
            }
        case .set:
            if write(field, operation.value, stamp, closes: -1, perCoder: false, place) { revise(stamp, place) }
        case .code:
            if write(field, operation.value, stamp, closes: -1, perCoder: true, place) { revise(stamp, place) }
        case .resolve:
            let perCoder = rules.rule(field, of: records[place].kind).merge == .perCoder
            if write(field, operation.value, stamp, closes: keep(operation.items), perCoder: perCoder, place) {
                revise(stamp, place)
            }
        case .add, .append:
            guard mayWrite(field, stamp, place) else { return }
            revise(stamp, place)
            if operation.action == .append, removeAbsent(stamps[stamp].id, place) { return }
            appendElement(operation.value, stamp, field, place)
        case .remove:
            guard mayWrite(field, stamp, place) else { return }
            revise(stamp, place)
            removeElements(field, place) { fold, element in
                let id = fold.stamps[element].id
                return operation.items.indices.contains { fold.operands.items[$0] == id } && fold.saw(stamp, element)
            }
        case .retractElements:
            guard mayWrite(field, stamp, place) else { return }
            revise(stamp, place)
            for item in operation.items.indices {
                let id = operands.items[item]
                let found = removeElements(field, place) { fold, element in fold.stamps[element].id == id }
                if !found { addAbsent(id, place) }
            }
        }
    }

    private mutating func create(_ fields: Stretch, _ stamp: Int32, _ place: Int) {
        let isFirst = records[place].created < 0
        if isFirst {
            records[place].created = stamp
            records[place].ordinal = ordinal(records[place].kind)
            dropWritesOfOthers(stamp, place)
        }
        revise(stamp, place)
        for index in fields.indices {
            let (field, value) = (operands.fields[index].field, operands.fields[index].value)
            if rules.rule(field, of: records[place].kind).merge == .immutable {
                let said = immutable(field, place)
                if isFirst {
                    if said == nil { setImmutable(field, value, place) }
                } else if !(said.map { isSame($0, value) } ?? false) {
                    ignore(stamp, field, .immutable, place)
                }
            } else {
                _ = write(field, value, stamp, closes: -1, perCoder: false, place)
            }
        }
    }

    /// An operation with effect whose author had no retract on the screen says that the entity is there; so revise against
    /// retract is a conflict, and after a restore again.
    private mutating func revise(_ stamp: Int32, _ place: Int) {
        if records[place].everRetracted {
            putOnScreen(records[place].existence, stamp)
            if screen.indices.contains(where: { writes[screen[$0]].value == .retracted }) { return }
        }
        takeExistence(.present, stamp, closes: -1, place)
    }

    private mutating func exist(_ state: FoldValue, _ stamp: Int32, _ place: Int) {
        putOnScreen(records[place].existence, stamp)
        if screenDiffers {
            ignore(stamp, rules.existence, .conflictOnScreen, place)
        } else {
            takeExistence(state, stamp, closes: -1, place)
        }
    }

    /// While nobody ever retracted it, only the unseen revisions matter, so that the past of a much revised entity stays small.
    private mutating func takeExistence(_ state: FoldValue, _ stamp: Int32, closes: Int32, _ place: Int) {
        var cell = records[place].existence
        take(WriteRecord(value: state, stamp: stamp, seq: stamps[stamp].seq, closes: closes), &cell)
        if state == .retracted { records[place].everRetracted = true }
        if !records[place].everRetracted { forgetPast(&cell) }
        records[place].existence = cell
    }

    private func existence(_ value: FoldValue) -> FoldValue? {
        switch self.value(value).string.flatMap(Existence.init(rawValue:)) {
        case .present: .present
        case .retracted: .retracted
        case nil: nil
        }
    }

    /// - Returns: whether the write has effect; else it is listed.
    private mutating func write(
        _ field: Int32, _ value: FoldValue, _ stamp: Int32, closes: Int32, perCoder: Bool, _ place: Int
    ) -> Bool {
        guard mayWrite(field, stamp, place) else { return false }
        let merge = rules.rule(field, of: records[place].kind).merge
        let author = perCoder ? stamps[stamp].author : -1
        let found = cell(field, author, place)
        if let found, closes < 0, merge != .latest {
            putOnScreen(cells[found].cell, stamp)
            if screenDiffers {
                ignore(stamp, field, .conflictOnScreen, place)
                return false
            }
        }
        let at = found ?? addCell(field, author, place)
        var cell = cells[at].cell
        take(WriteRecord(value: value, stamp: stamp, seq: stamps[stamp].seq, closes: closes), &cell)
        // Before the create its owner is not known, and a write may have to be taken back.
        if merge == .latest, records[place].created >= 0 { forgetPast(&cell) }
        cells[at].cell = cell
        return true
    }

    private mutating func mayWrite(_ field: Int32, _ stamp: Int32, _ place: Int) -> Bool {
        let rule = rules.rule(field, of: records[place].kind)
        if rule.merge == .immutable {
            ignore(stamp, field, .immutable, place)
            return false
        }
        return own(rule.isOwners, field, stamp, place)
    }

    private mutating func mayRetract(_ stamp: Int32, _ place: Int) -> Bool {
        own(rules.isRetractedByOwner(records[place].kind), rules.existence, stamp, place)
    }

    private mutating func own(_ isOwners: Bool, _ field: Int32, _ stamp: Int32, _ place: Int) -> Bool {
        let created = records[place].created
        guard isOwners, created >= 0, stamps[created].author != stamps[stamp].author else { return true }
        ignore(stamp, field, .notOwner, place)
        return false
    }

    mutating func ignore(_ stamp: Int32, _ field: Int32, _ reason: Ignored.Reason, _ place: Int) {
        ignoreds.append(IgnoredRecord(stamp: stamp, field: field, reason: reason))
        let index = Int32(ignoreds.count - 1)
        if records[place].lastIgnored >= 0 {
            ignoreds[Int(records[place].lastIgnored)].next = index
        } else {
            records[place].ignored = index
        }
        records[place].lastIgnored = index
    }

    /// Keeps the writes that a `resolve` closes.
    private mutating func keep(_ items: Stretch) -> Int32 {
        let first = closed.count
        for item in items.indices { closed.append(operands.items[item]) }
        return closes.append(Stretch(first..<closed.count))
    }

    // MARK: Before the create

    /// Writes that came before the create, by people who turn out not to own the entity.
    private mutating func dropWritesOfOthers(_ create: Int32, _ place: Int) {
        let author = stamps[Int(create)].author
        func isForeign(_ write: Int32) -> Bool { stamps[Int(writes[write].stamp)].author != author }
        let kind = records[place].kind
        var at = records[place].cells
        var kept: [Int32] = []
        while at >= 0 {
            let (field, cell, next) = (cells[at].field, cells[at].cell, cells[at].next)
            if rules.rule(field, of: kind).isOwners {
                let all = (list(cell.past) + list(cell.heads)).sorted { seat($0) < seat($1) }
                let foreign = all.filter(isForeign)
                let own = all.filter { !isForeign($0) }
                for write in foreign { ignore(writes[write].stamp, field, .notOwner, place) }
                // What a foreign write had superseded stands again.
                var stands = CellRecord()
                for write in own {
                    var record = writes[write]
                    record.next = -1
                    take(record, &stands)
                }
                cells[at].cell = stands
                if !stands.heads.isEmpty { kept.append(at) }
            } else {
                kept.append(at)
            }
            at = next
        }
        relink(kept, place)
        dropElementsOfOthers(author, place)
        if rules.isRetractedByOwner(kind) {
            let existence = records[place].existence
            func isTakenBack(_ write: Int32) -> Bool { isForeign(write) && writes[write].value == .retracted }
            let (past, heads) = (list(existence.past), list(existence.heads))
            for write in (past + heads).filter(isTakenBack) {
                ignore(writes[write].stamp, rules.existence, .notOwner, place)
            }
            var left = CellRecord()
            for write in past where !isTakenBack(write) { addToPast(write, &left) }
            for write in heads where !isTakenBack(write) { link(write, &left.heads) }
            records[place].existence = left
            records[place].everRetracted = (list(left.past) + list(left.heads)).contains { writes[Int($0)].value == .retracted }
        }
    }

    /// Where a write stands in the log.
    private func seat(_ write: Int32) -> (Int64, Int32) {
        let stamp = stamps[Int(writes[write].stamp)]
        return (stamp.seq, stamp.index)
    }

    private mutating func relink(_ kept: [Int32], _ place: Int) {
        records[place].cells = kept.first ?? -1
        for (index, at) in kept.enumerated() { cells[at].next = index + 1 < kept.count ? kept[index + 1] : -1 }
    }

    private mutating func dropElementsOfOthers(_ author: Int32, _ place: Int) {
        var at = records[place].elements
        while at >= 0 {
            let (field, elements, next) = (elementFields[at].field, elementFields[at].elements, elementFields[at].next)
            if rules.rule(field, of: records[place].kind).isOwners {
                let foreign = list(elements).filter { stamps[Int(writes[Int($0)].stamp)].author != author }
                for write in foreign { ignore(writes[write].stamp, field, .notOwner, place) }
                removeElements(field, place) { fold, element in fold.stamps[element].author != author }
            }
            at = next
        }
    }
}
