internal import AnnalsModel
internal import UV

/// The entities of a fold as they are asked for: each kind is read out once, and who names an item is looked up.
final class PastEntities: Sendable {
    private struct Known {
        var byKind: [String: [Entity]] = [:]
        /// The places of the entities of a kind whose values hold an id.
        var naming: [String: [String: [Int]]] = [:]
    }

    private let known = Locked(Known())
    private let vocabulary: Vocabulary

    init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    /// The entities of a kind.
    func all(_ kind: String, of fold: borrowing Fold) -> [Entity] {
        if let found = known.withLock({ $0.byKind[kind] }) { return found }
        var entities: [Entity] = []
        for place in 0..<fold.count {
            if let found = fold.kind(at: place), sameBytes(found, kind) { entities.append(fold.entity(at: place)) }
        }
        known.withLock { $0.byKind[kind] = entities }
        return entities
    }

    /// The entities of a kind that may name an item: whoever asks looks closely.
    func naming(_ item: ItemID, _ kind: String, of fold: borrowing Fold) -> [Entity] {
        let all = all(kind, of: fold)
        if let found = known.withLock({ $0.naming[kind] }) { return (found[item.raw] ?? []).map { all[$0] } }
        var naming: [String: [Int]] = [:]
        let fields = vocabulary.kind(kind)?.fields.filter(\.type.namesItems).map { FieldPath($0.name) } ?? []
        for (place, entity) in all.enumerated() {
            var ids: Set<String> = []
            for field in fields { for value in field.values(entity, vocabulary) { Self.collect(value, &ids) } }
            for id in ids { naming[id, default: []].append(place) }
        }
        known.withLock { $0.naming[kind] = naming }
        return (naming[item.raw] ?? []).map { all[$0] }
    }

    private static func collect(_ value: Value, _ ids: inout Set<String>) {
        switch value {
        case .string(let text): if ItemID(text) != nil { ids.insert(text) }
        case .array(let values): for value in values { collect(value, &ids) }
        case .members(let members): for member in members { collect(member.value, &ids) }
        default: break
        }
    }
}
