public import AnnalsModel

/// What one item says otherwise at a later point of the record than at an earlier one.
public struct ItemDifference: Sendable {
    /// What became of the item as a whole.
    public enum Fate: String, Sendable {
        case made, retracted, restored
        /// It was there before and is there after.
        case kept
    }

    /// One field that says something else.
    public struct Field: Sendable {
        /// The field's name.
        public let field: String
        /// Of a field of class per coder the coder.
        public let author: Name?
        /// What it said: all sides of a conflict; of many values those that are gone.
        public let before: [Value]
        /// What it says: all sides of a conflict; of many values those that are new.
        public let after: [Value]
        /// Whether it holds many values, so that others may have stayed.
        public let holdsMany: Bool
    }

    /// The item as it is at the later point.
    public let item: Entity
    /// Whether it came, went or stayed.
    public let fate: Fate
    /// In the order of the vocabulary, then of coders.
    public let fields: [Field]
}

extension Replica {
    /// What changed between two points: the items that say something else, in the order of the vocabulary's kinds and of handles.
    ///
    ///     let changes = try replica.differences(from: .seq(12))
    ///
    /// - Parameters:
    ///   - earlier: the state that is compared with.
    ///   - later: the other one; nil for what shows now, pending changes included.
    ///   - reader: a coder who is not to see others' judgments before having handed in their own (``View/blind(for:)``).
    public func differences(from earlier: Point, to later: Point? = nil, blindFor reader: Name? = nil) throws -> [ItemDifference] {
        let before = try view(asOf: earlier, blindFor: reader)
        let after = try view(asOf: later, blindFor: reader)
        var touched: Set<ItemID> = []
        // Between points by authors' clocks, which are no stretch of the log, whatever was ever touched may differ.
        let isStretch = earlier.isPrefix && later?.isPrefix ?? true
        let ends = try (seq(of: earlier), later.map { try seq(of: $0) })
        var isBackwards = isStretch && ends.1.map { $0 < ends.0 } ?? false
        if case (.written(let first), .written(let second)?) = (earlier, later) { isBackwards = second < first }
        if isBackwards {
            throw AnnalsError(.usage, "the later point comes before the earlier one", wayOut: "Give them the other way round.")
        }
        try replay(from: isStretch ? ends.0 + 1 : 1, through: isStretch ? ends.1.map { .seq($0) } : nil) { step in
            touched.formUnion(step.change?.entities ?? [])
            return true
        }
        let found = try touched.compactMap { id in try difference(before.entity(id), after.entity(id)) }
        return vocabulary.kinds.flatMap { kind in
            let own = found.filter { sameBytes($0.item.kind, kind.name) }
            let byItem = Dictionary(own.map { ($0.item.id, $0) }) { first, _ in first }
            return Order.handle.sorted(own.map(\.item), vocabulary).compactMap { byItem[$0.id] }
        }
    }

    private func difference(_ before: Entity?, _ after: Entity?) -> ItemDifference? {
        guard let after else {
            return before.flatMap { $0.isPresent ? ItemDifference(item: $0, fate: .retracted, fields: []) : nil }
        }
        guard let kind = vocabulary.kind(after.kind) else { return nil }
        let was = before?.isPresent ?? false
        let fate: ItemDifference.Fate =
            before == nil ? .made : was == after.isPresent ? .kept : after.isPresent ? .restored : .retracted
        // What was made and taken back meanwhile, or is not there at either point, is no difference.
        if !was, !after.isPresent { return nil }
        let fields = kind.fields.flatMap { self.fields($0, before, after) }
        return fate == .kept && fields.isEmpty ? nil : ItemDifference(item: after, fate: fate, fields: fields)
    }

    private func fields(_ rule: FieldRule, _ before: Entity?, _ after: Entity) -> [ItemDifference.Field] {
        func difference(_ old: [Value], _ new: [Value], author: Name? = nil) -> [ItemDifference.Field] {
            if Set(old) == Set(new) { return [] }
            return [ItemDifference.Field(field: rule.name, author: author, before: old, after: new, holdsMany: false)]
        }
        switch rule.merge {
        case .immutable, .latest, .contested:
            return difference(before.map { shown(rule, $0) } ?? [], shown(rule, after))
        case .perCoder:
            let authors = Set([before, after].compactMap { $0 }.flatMap { $0.codings(rule.name).map(\.author) }).sorted()
            return authors.flatMap { author in
                func values(_ entity: Entity?) -> [Value] {
                    entity?.codings(rule.name).first { $0.author == author }?.heads.map(\.value) ?? []
                }
                return difference(values(before), values(after), author: author)
            }
        case .append:
            // Equal ones are several things that were said.
            let (old, new) = (before?.elements[rule.name] ?? [], after.elements[rule.name] ?? [])
            let ids = (Set(old.map(\.id)), Set(new.map(\.id)))
            let (gone, come) = (old.filter { !ids.1.contains($0.id) }, new.filter { !ids.0.contains($0.id) })
            if gone.isEmpty, come.isEmpty { return [] }
            return [
                ItemDifference.Field(
                    field: rule.name, author: nil, before: gone.map(\.value), after: come.map(\.value), holdsMany: true)
            ]
        case .set:
            let old = before?.shownElements(rule.name, vocabulary).map(\.value) ?? []
            let new = after.shownElements(rule.name, vocabulary).map(\.value)
            let (gone, come) = (old.filter { !new.contains($0) }, new.filter { !old.contains($0) })
            if gone.isEmpty, come.isEmpty { return [] }
            return [ItemDifference.Field(field: rule.name, author: nil, before: gone, after: come, holdsMany: true)]
        }
    }

    /// What a field shows: every side where it is contested.
    private func shown(_ rule: FieldRule, _ entity: Entity) -> [Value] {
        if rule.merge == .contested, let heads = entity.cells[Entity.CellKey(rule.name)]?.heads {
            var values: [Value] = []
            for head in heads where !head.value.isNull && !values.contains(head.value) { values.append(head.value) }
            return values
        }
        return entity.shown(rule.name).map { [$0] } ?? []
    }
}
