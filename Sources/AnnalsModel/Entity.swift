/// The state of one entity, as all operations on it fold together.
public struct Entity: Sendable, Hashable {
    public let id: ItemID
    public let kind: String
    /// The first create; nil while there are only operations on it, and then it does not show.
    public var created: Stamp?
    /// Which of its kind in its entry, from 1: the `.2` of `e40.2`.
    public var ordinal: Int = 1
    /// Fields of class immutable, as the first create said.
    public var immutable: [String: Value] = [:]
    public var existence = Cell()
    public var cells: [CellKey: Cell] = [:]
    /// Fields of class set and append: elements in order of arrival.
    public var elements: [String: [Element]] = [:]
    /// Elements retracted before they arrived.
    public var absent: Set<ItemID> = []
    public var ignored: [Ignored] = []

    /// Names a cell: a field, and for class per coder its author.
    public struct CellKey: Sendable, Hashable, Comparable {
        public var field: String
        public var author: Name?

        public init(_ field: String, _ author: Name? = nil) {
            self.field = field
            self.author = author
        }

        public static func < (a: CellKey, b: CellKey) -> Bool {
            a.field == b.field ? (a.author?.raw ?? "") < (b.author?.raw ?? "") : precedes(a.field, b.field)
        }
    }

    /// The name of the existence cell where a field is named: in `resolve` and in conflicts.
    public static let existenceField = "existence"

    public init(id: ItemID, kind: String) {
        self.id = id
        self.kind = kind
    }

    /// A state read back from where it was kept.
    public init(
        id: ItemID, kind: String, created: Stamp?, ordinal: Int, immutable: [String: Value], existence: Cell,
        cells: [CellKey: Cell], elements: [String: [Element]], absent: Set<ItemID>, ignored: [Ignored]
    ) {
        self.id = id
        self.kind = kind
        self.created = created
        self.ordinal = ordinal
        self.immutable = immutable
        self.existence = existence
        self.cells = cells
        self.elements = elements
        self.absent = absent
        self.ignored = ignored
    }

    /// Whether it shows: created, and at least one head says that it is present.
    public var isPresent: Bool {
        created != nil && existence.heads.contains { $0.value.string == Existence.present.rawValue }
    }

    /// The heads that say that the coding of it is closed.
    public var locks: [Write] { cells[CellKey(Self.stateField)]?.heads.filter { $0.value == "locked" } ?? [] }

    /// What shows of an item that is locked though its author had not seen the lock, nor whoever set that the write; in the order of the record.
    public func besideLocks(_ lineage: Lineage) -> [(field: String, stamp: Stamp, lock: Write)] {
        guard let lock = locks.first else { return [] }
        var all: [(field: String, stamp: Stamp, lock: Write)] = []
        func add(_ field: String, _ stamp: Stamp) {
            if stamp == lock.stamp || lineage.saw(stamp, lock.stamp) || lineage.saw(lock.stamp, stamp) { return }
            all.append((field, stamp, lock))
        }
        for (key, cell) in cells where !sameBytes(key.field, Self.stateField) {
            for head in cell.heads where !head.value.isNull { add(key.field, head.stamp) }
        }
        for (field, elements) in elements { for element in elements { add(field, element.stamp) } }
        // Whoever writes anything says that the item is there.
        for head in existence.heads where head.value.string == Existence.retracted.rawValue { add(Self.existenceField, head.stamp) }
        return all.sorted { a, b in
            if (a.stamp.seq, a.stamp.index) != (b.stamp.seq, b.stamp.index) {
                return (a.stamp.seq, a.stamp.index) < (b.stamp.seq, b.stamp.index)
            }
            return precedes(a.field, b.field)
        }
    }

    /// A curator's word in a field that a value would take the place of.
    public func reservedWord(in field: FieldRule, against value: Value?) -> Write? {
        if field.reserved.isEmpty { return nil }
        return cells[CellKey(field.name)]?.heads.first { field.reserved.contains($0.value.string ?? "") && $0.value != value }
    }

    /// The field that says how far the coding is.
    public static let stateField = "state"

    /// The author of the create.
    public var owner: Name? { created?.author }

    /// The cells with two or more different heads, existence among them, in order of field and author.
    public func conflicts(_ vocabulary: Vocabulary) -> [(key: CellKey, heads: [Write])] {
        guard created != nil else { return [] }
        var found = cells.filter { key, cell in
            cell.isContested && vocabulary.field(key.field, of: kind)?.merge != .latest
        }.map { ($0.key, $0.value.heads) }
        if existence.isContested { found.append((CellKey(Self.existenceField), existence.heads)) }
        return found.sorted { $0.0 < $1.0 }.map { (key: $0.0, heads: $0.1) }
    }

    /// The cells of class latest where concurrent writes met and the highest seq is shown: overwrite notices.
    public func overwrites(_ vocabulary: Vocabulary) -> [(key: CellKey, heads: [Write])] {
        cells.filter { key, cell in cell.isContested && vocabulary.field(key.field, of: kind)?.merge == .latest }
            .sorted { $0.key < $1.key }.map { (key: $0.key, heads: $0.value.heads) }
    }

    /// What a field of class immutable, latest or contested shows: the highest head, nil where nothing was said or it was cleared.
    public func shown(_ field: String) -> Value? {
        let value = immutable[field] ?? cells[CellKey(field)]?.latest?.value
        return value.flatMap { $0.isNull ? nil : $0 }
    }

    /// Each coder's value of a field of class per coder, by author; the heads where the author's own machines disagree.
    public func codings(_ field: String) -> [(author: Name, heads: [Write])] {
        cells.filter { $0.key.field == field && $0.key.author != nil }
            .sorted { $0.key < $1.key }
            .compactMap { key, cell in
                let heads = cell.heads.filter { !$0.value.isNull }
                return heads.isEmpty ? nil : key.author.map { (author: $0, heads: heads) }
            }
    }

    /// What a coder judges, where he has decided: nil where he said nothing, took it back, or his own machines say different things.
    public func judgment(_ field: String, by author: Name) -> Value? {
        guard let cell = cells[CellKey(field, author)], !cell.isContested else { return nil }
        return cell.latest.flatMap { $0.value.isNull ? nil : $0.value }
    }

    /// Whether a coder is done with a judgment: it says that it is submitted or, in a field that has no such part, it is there.
    public func hasHandedIn(_ field: FieldRule, by author: Name) -> Bool {
        let heads = cells[CellKey(field.name, author)]?.heads.filter { !$0.value.isNull } ?? []
        return field.hasState ? heads.contains { $0.value.isSubmitted } : !heads.isEmpty
    }

    /// The elements of a field of class set, equal values once (the first added), or of class append, all.
    public func shownElements(_ field: String, _ vocabulary: Vocabulary) -> [Element] {
        let all = elements[field] ?? []
        guard vocabulary.field(field, of: kind)?.merge != .append else { return all }
        var seen: Set<Value> = []
        return all.filter { seen.insert($0.value).inserted }
    }
}

extension Value {
    /// Whether it is a coding that its coder has handed in.
    public var isSubmitted: Bool { self[Entity.stateField] == "submitted" }

    /// The coding without what it says of how far it is.
    public var withoutState: Value {
        guard let members = object else { return self }
        return .object(members.filter { !sameBytes($0.key, Entity.stateField) }.map { ($0.key, $0.value) })
    }

    /// The coding as its coder says it anew: one that was handed in stays so, unless it says how far it is.
    public func following(_ own: Value?) -> Value {
        own?.isSubmitted == true && self[Entity.stateField] == nil && !isNull ? submitted : self
    }

    /// The coding, handed in.
    public var submitted: Value {
        .object((withoutState.object ?? []).map { ($0.key, $0.value) } + [(Entity.stateField, .string("submitted"))])
    }
}
