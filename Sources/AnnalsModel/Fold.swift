/// The state as a pure, total function of the log: the same entries give the same entities on every replica.
public struct Fold: Sendable {
    public let vocabulary: Vocabulary
    /// Loaded entities. A replica loads those that a batch touches, folds, and writes them back; from scratch it holds all.
    public var entities: [ItemID: Entity] = [:]
    public var lineage: Lineage

    public init(vocabulary: Vocabulary = .current, lineage: Lineage = Lineage()) {
        self.vocabulary = vocabulary
        self.lineage = lineage
    }

    /// Folds one entry of the log. Refused changes have no effect on the state.
    ///
    /// - Parameter ancestor: which change has this hash, asked once for a replica's first change with a `prev`.
    public mutating func apply(_ entry: Entry, ancestor: (ShortHash) -> Lineage.Ancestor? = { _ in nil }) {
        let link = entry.link
        if link.n == 1, let prev = link.prev, let ancestor = ancestor(prev) {
            lineage.record(entry.replica, continues: ancestor)
        }
        guard let change = entry.change else { return }
        apply(
            change, author: entry.author, replica: entry.replica, seq: entry.seq,
            base: min(entry.common?.seq ?? change.base.seq, change.base.seq))
    }

    /// Folds a change that no server has confirmed, on top of the entries.
    public mutating func apply(pending change: Change, author: Name, replica: Name, common: Base? = nil) {
        apply(
            change, author: author, replica: replica, seq: Stamp.pending + change.n,
            base: min(common?.seq ?? change.base.seq, change.base.seq))
    }

    private mutating func apply(_ change: Change, author: Name, replica: Name, seq: Int64, base: Int64) {
        var ordinals: [String: Int] = [:]
        for (index, operation) in change.operations.enumerated() {
            let number = index + 1
            let id = change.entity(ofOperation: number)
            let stamp = Stamp(
                id: ItemID(change.id, number), seq: seq, author: author, replica: replica, n: change.n, index: number,
                base: base, written: change.at)
            if operation.name == "create" { ordinals[operation.kind, default: 0] += 1 }
            var entity = entities[id] ?? Entity(id: id, kind: operation.kind)
            if operation.name == "create", entity.created == nil, entity.kind != operation.kind {
                // Its create says what it is; operations before it that named another kind were about nothing.
                entity = Entity(id: id, kind: operation.kind)
            }
            // An operation that names another kind than the entity's own is about nothing that exists.
            guard entity.kind == operation.kind else {
                entity.ignored.append(Ignored(stamp, field: operation.field ?? Entity.existenceField, reason: .otherKind))
                entities[id] = entity
                continue
            }
            entity.apply(operation, stamp, ordinal: ordinals[operation.kind] ?? 1, vocabulary, lineage)
            entities[id] = entity
        }
    }
}
