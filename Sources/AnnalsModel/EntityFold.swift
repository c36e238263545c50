/// How one operation changes one entity. Total: every operation has its effect or is listed as having none.
extension Entity {
    /// Folds operation `stamp.index` of a change into this entity.
    ///
    /// - Parameter ordinal: for a create, which of its kind in its change.
    mutating func apply(
        _ operation: ChangeOperation, _ stamp: Stamp, ordinal: Int, _ vocabulary: Vocabulary, _ lineage: Lineage
    ) {
        switch operation.action {
        case .create(_, let fields):
            create(fields, stamp, ordinal, vocabulary, lineage)
        case .retract:
            if mayRetract(stamp, vocabulary) { exist(.retracted, stamp, lineage) }
        case .restore:
            if mayRetract(stamp, vocabulary) { exist(.present, stamp, lineage) }
        case .resolve(_, Self.existenceField, let value, let closes):
            if let state = value.string.flatMap(Existence.init(rawValue:)), mayRetract(stamp, vocabulary) {
                takeExistence(state, stamp, closes: closes, lineage)
            }
        case .set(_, let field, let value):
            if write(field, value, stamp, closes: nil, perCoder: false, vocabulary, lineage) { revise(stamp, lineage) }
        case .code(_, let field, let value):
            if write(field, value, stamp, closes: nil, perCoder: true, vocabulary, lineage) { revise(stamp, lineage) }
        case .resolve(_, let field, let value, let closes):
            let perCoder = vocabulary.field(field, of: kind)?.merge == .perCoder
            if write(field, value, stamp, closes: closes, perCoder: perCoder, vocabulary, lineage) {
                revise(stamp, lineage)
            }
        case .add(_, let field, let value), .append(_, let field, let value):
            guard mayWrite(field, stamp, vocabulary) else { return }
            revise(stamp, lineage)
            if operation.name == "append", absent.remove(stamp.id) != nil { return }
            elements[field, default: []].append(Element(stamp, value))
        case .remove(_, let field, let gone):
            guard mayWrite(field, stamp, vocabulary) else { return }
            revise(stamp, lineage)
            elements[field]?.removeAll { gone.contains($0.id) && lineage.saw(stamp, $0.stamp) }
            if elements[field]?.isEmpty == true { elements[field] = nil }
        case .retractElements(_, let field, let gone):
            guard mayWrite(field, stamp, vocabulary) else { return }
            revise(stamp, lineage)
            for id in gone {
                let count = elements[field]?.count ?? 0
                elements[field]?.removeAll { $0.id == id }
                if elements[field]?.count ?? 0 == count { absent.insert(id) }
            }
            if elements[field]?.isEmpty == true { elements[field] = nil }
        }
    }

    private mutating func create(
        _ fields: [Value.Member], _ stamp: Stamp, _ ordinal: Int, _ vocabulary: Vocabulary, _ lineage: Lineage
    ) {
        let first = created == nil
        if first {
            created = stamp
            self.ordinal = ordinal
            dropWritesOfOthers(stamp, vocabulary, lineage)
        }
        revise(stamp, lineage)
        for member in fields {
            if vocabulary.field(member.key, of: kind)?.merge == .immutable {
                if first {
                    immutable[member.key] = member.value
                } else if immutable[member.key] != member.value {
                    ignored.append(Ignored(stamp, field: member.key, reason: .immutable))
                }
            } else {
                _ = write(member.key, member.value, stamp, closes: nil, perCoder: false, vocabulary, lineage)
            }
        }
    }

    /// An operation with effect whose author had no retract on the screen says that the entity is there; so revise against
    /// retract is a conflict, and after a restore again.
    private mutating func revise(_ stamp: Stamp, _ lineage: Lineage) {
        let showsRetract = existence.onScreen(of: stamp, lineage).contains {
            $0.value.string == Existence.retracted.rawValue
        }
        if !showsRetract { takeExistence(.present, stamp, lineage) }
    }

    private mutating func exist(_ state: Existence, _ stamp: Stamp, _ lineage: Lineage) {
        let screen = Set(existence.onScreen(of: stamp, lineage).map(\.value))
        if screen.count > 1 {
            ignored.append(Ignored(stamp, field: Self.existenceField, reason: .conflictOnScreen))
        } else {
            takeExistence(state, stamp, lineage)
        }
    }

    /// While nobody ever retracted it, only the unseen revisions matter, so that the past of a much revised entity stays small.
    private mutating func takeExistence(
        _ state: Existence, _ stamp: Stamp, closes: [ItemID]? = nil, _ lineage: Lineage
    ) {
        existence.take(Write(stamp, .string(state.rawValue), closes: closes), lineage)
        let everRetracted = (existence.past + existence.heads).contains {
            $0.value.string == Existence.retracted.rawValue
        }
        if !everRetracted { existence.past = [] }
    }

    /// - Returns: whether the write has effect; else it is listed.
    private mutating func write(
        _ field: String, _ value: Value, _ stamp: Stamp, closes: [ItemID]?, perCoder: Bool,
        _ vocabulary: Vocabulary, _ lineage: Lineage
    ) -> Bool {
        guard mayWrite(field, stamp, vocabulary) else { return false }
        let merge = vocabulary.field(field, of: kind)?.merge
        let key = CellKey(field, perCoder ? stamp.author : nil)
        var cell = cells[key] ?? Cell()
        if closes == nil, merge != .latest, Set(cell.onScreen(of: stamp, lineage).map(\.value)).count > 1 {
            ignored.append(Ignored(stamp, field: field, reason: .conflictOnScreen))
            return false
        }
        cell.take(Write(stamp, value, closes: closes), lineage)
        // Before the create its owner is not known, and a write may have to be taken back.
        if merge == .latest, created != nil { cell.past = [] }
        cells[key] = cell
        return true
    }

    private mutating func mayWrite(_ field: String, _ stamp: Stamp, _ vocabulary: Vocabulary) -> Bool {
        let rule = vocabulary.field(field, of: kind)
        if rule?.merge == .immutable {
            ignored.append(Ignored(stamp, field: field, reason: .immutable))
            return false
        }
        return own(rule?.writers ?? .anyone, field, stamp)
    }

    private mutating func mayRetract(_ stamp: Stamp, _ vocabulary: Vocabulary) -> Bool {
        own(vocabulary.kind(kind)?.retractors ?? .anyone, Self.existenceField, stamp)
    }

    private mutating func own(_ writers: Writers, _ field: String, _ stamp: Stamp) -> Bool {
        guard writers == .owner, let owner, owner != stamp.author else { return true }
        ignored.append(Ignored(stamp, field: field, reason: .notOwner))
        return false
    }

    /// Writes that came before the create, by people who turn out not to own the entity.
    private mutating func dropWritesOfOthers(_ create: Stamp, _ vocabulary: Vocabulary, _ lineage: Lineage) {
        func foreign(_ stamp: Stamp) -> Bool { stamp.author != create.author }
        for (key, cell) in cells where vocabulary.field(key.field, of: kind)?.writers == .owner {
            let all = (cell.past + cell.heads).sorted { ($0.stamp.seq, $0.stamp.index) < ($1.stamp.seq, $1.stamp.index) }
            ignored += all.filter { foreign($0.stamp) }.map { Ignored($0.stamp, field: key.field, reason: .notOwner) }
            // What a foreign write had superseded stands again.
            var own = Cell()
            for write in all where !foreign(write.stamp) { own.take(write, lineage) }
            cells[key] = own.heads.isEmpty ? nil : own
        }
        for (field, list) in elements where vocabulary.field(field, of: kind)?.writers == .owner {
            ignored += list.filter { foreign($0.stamp) }.map { Ignored($0.stamp, field: field, reason: .notOwner) }
            let own = list.filter { !foreign($0.stamp) }
            elements[field] = own.isEmpty ? nil : own
        }
        if vocabulary.kind(kind)?.retractors == .owner {
            let retracts = (existence.past + existence.heads).filter {
                foreign($0.stamp) && $0.value.string == Existence.retracted.rawValue
            }
            ignored += retracts.map { Ignored($0.stamp, field: Self.existenceField, reason: .notOwner) }
            existence = Cell(
                heads: existence.heads.filter { !retracts.contains($0) }, past: existence.past.filter { !retracts.contains($0) })
        }
    }
}
