/// The state as a pure, total function of the log: the same entries give the same entities on every replica.
///
/// A replica loads the entities that a batch touches, folds, and writes them back; from scratch it holds all. The state stands in
/// a few flat arrays (``EntityRecord`` and the other records): what is concurrent is decided there, in `Fold+Operations.swift` and
/// `Fold+Cells.swift`. ``Entity`` is one entity read out of it, for people and for tests.
public struct Fold: ~Copyable, Sendable {
    public let vocabulary: Vocabulary
    public var lineage: Lineage

    /// The bytes of all values, each as it was written.
    var bytes = Pool<UInt8>(capacity: 1024)
    var names: NameTable
    let rules: RuleTable
    var records = Pool<EntityRecord>()
    var stamps = Pool<StampRecord>()
    var writes = Pool<WriteRecord>()
    /// Places in `writes` that are free again, linked by `next`.
    var freeWrite: Int32 = -1
    var cells = Pool<FieldCellRecord>()
    var elementFields = Pool<FieldElementsRecord>()
    var immutables = Pool<ImmutableRecord>()
    var absents = Pool<AbsentRecord>()
    var ignoreds = Pool<IgnoredRecord>()
    var closes = Pool<Stretch>()
    /// What all `resolve` operations close.
    var closed = Pool<ItemID>()
    private var directory: EntityDirectory
    /// Changes that wait to be folded.
    var operands = Operands()
    /// Room to work in.
    var screen = Pool<Int32>()
    var ordinals = Pool<OrdinalRecord>()
    var stateNames = Pool<Int32>()
    var stateStamps = Pool<Int32>()

    /// - Parameter entries: how many will be folded, as far as that is known, so that room is made once; more may come.
    public init(vocabulary: Vocabulary = .current, lineage: Lineage = Lineage(), expecting entries: Int = 0) {
        self.vocabulary = vocabulary
        self.lineage = lineage
        rules = vocabulary.rules
        names = vocabulary.rules.nameTable()
        let entries = min(entries, Self.greatestExpectation)
        directory = EntityDirectory(room: entries / 3)
        // About what entries bring. Room that nothing was written to costs no memory.
        bytes.reserve(256 * entries)
        records.reserve(entries / 2)
        stamps.reserve(3 * entries / 2)
        writes.reserve(2 * entries)
        cells.reserve(entries)
        elementFields.reserve(entries / 2)
        immutables.reserve(entries)
    }

    /// More room than for so many entries is made when it is needed.
    private static let greatestExpectation = 1 << 21

    // MARK: Folding

    /// Folds one entry of the log. Refused changes have no effect on the state.
    ///
    /// - Parameter ancestor: which change has this hash, asked once for a replica's first change with a `prev`.
    public mutating func apply(_ entry: Entry, ancestor: (ShortHash) -> Lineage.Ancestor? = { _ in nil }) {
        let link = entry.link
        if link.n == 1, let prev = link.prev, let ancestor = ancestor(prev) {
            lineage.record(entry.replica, continues: ancestor)
        }
        prepare(entry)
        foldPrepared()
    }

    /// Prepares to fold an entry that was read before (``foldPrepared()``).
    public mutating func prepare(_ entry: Entry) {
        guard let change = entry.change else { return }
        prepare(
            change, author: entry.author, replica: entry.replica, seq: entry.seq,
            base: min(entry.common?.seq ?? change.base.seq, change.base.seq))
    }

    /// Folds a change that no server has confirmed, on top of the entries.
    public mutating func apply(pending change: Change, author: Name, replica: Name, common: Base? = nil) {
        prepare(
            change, author: author, replica: replica, seq: Stamp.pending + change.n,
            base: min(common?.seq ?? change.base.seq, change.base.seq))
        foldPrepared()
    }

    private mutating func prepare(_ change: Change, author: Name, replica: Name, seq: Int64, base: Int64) {
        let first = operands.operations.count
        for (index, operation) in change.operations.enumerated() {
            take(operation, on: operation.target ?? ItemID(change.id, index + 1))
        }
        operands.changes.append(
            ChangeRecord(
                stamp: StampRecord(
                    change: change.id, index: 0, author: names.number(of: author.raw), replica: names.number(of: replica.raw),
                    seq: seq, n: change.n, base: base, written: change.at.milliseconds),
                operations: Stretch(first..<operands.operations.count)))
    }

    /// How many operations have their entities looked for together, so that the waits for memory are one.
    private static let lookedForTogether = 16

    /// Gives the entities that prepared operations are about their places.
    public mutating func placePrepared() {
        while operands.placed < operands.operations.count {
            let end = min(operands.placed + Self.lookedForTogether, operands.operations.count)
            for index in operands.placed..<end { directory.approach(operands.operations[index].target) }
            for index in operands.placed..<end {
                operands.operations[index].place = Int32(truncatingIfNeeded: place(orNew: operands.operations[index].target))
            }
            operands.placed = end
        }
    }

    /// Goes through the operations that were prepared and have their entities' places (``placePrepared()``): of each its entry's seq, and the place of the entity that it is about.
    public func forEachPrepared(_ body: (_ seq: Int64, _ place: Int) -> Void) {
        for index in operands.changes.indices {
            let seq = operands.changes[index].stamp.seq
            for operation in operands.changes[index].operations.indices { body(seq, Int(operands.operations[operation].place)) }
        }
    }

    // MARK: Entities

    /// How many entities it holds.
    public var count: Int { records.count }

    /// The ids of the entities that it holds, in the order in which they came in.
    public var ids: [ItemID] { records.indices.map { records[$0].id } }

    /// The kind of the entity at a place; nil while nothing was folded into it.
    public func kind(at place: Int) -> String? { records[place].kind < 0 ? nil : names.name(records[place].kind) }

    /// Where an entity stands among those that it holds, from 0; nil where it holds none of that id.
    public func place(of id: ItemID) -> Int? { directory.place(of: id, in: records) }

    /// The place of an entity, which it has from now on.
    mutating func place(orNew id: ItemID) -> Int { directory.place(orNew: id, in: &records) }
}

/// Changes that wait to be folded: names as numbers, entities as places, values among the fold's bytes.
struct Operands: ~Copyable, Sendable {
    var changes = Pool<ChangeRecord>()
    var operations = Pool<OperationRecord>()
    /// How many of them have the places of their entities.
    var placed = 0
    /// Elements and closed writes, of all operations.
    var items = Pool<ItemID>()
    /// Fields of creates, of all operations.
    var fields = Pool<FieldRecord>()

    mutating func removeAll() {
        changes.cut(to: 0)
        operations.cut(to: 0)
        placed = 0
        items.cut(to: 0)
        fields.cut(to: 0)
    }
}

/// A field that a create says.
struct FieldRecord: Sendable {
    var field: Int32
    var value: FoldValue
}

/// ``Change``, with what the stamps of its operations have in common.
struct ChangeRecord: Sendable {
    var stamp: StampRecord
    /// Where its operations stand in ``Operands/operations``.
    var operations: Stretch
}

/// ``ChangeOperation``, in plain numbers.
struct OperationRecord: Sendable {
    enum Action: Sendable {
        case create, set, code, add, remove, append, retractElements, retract, restore, resolve
    }

    var action: Action
    var kind: Int32
    var target: ItemID
    /// The entity's place; -1 while it was not looked for.
    var place: Int32 = -1
    var field: Int32 = -1
    var value = FoldValue(start: 0, count: 0)
    /// Where its elements or closed writes stand in ``Operands/items``.
    var items = Stretch()
    /// Where its fields stand in ``Operands/fields``.
    var fields = Stretch()
}
