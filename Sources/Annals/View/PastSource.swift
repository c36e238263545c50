internal import AnnalsModel

/// A view's entities as the log stood at some entry: folded once, in memory.
final class PastSource: EntitySource {
    let store: ReplicaStore
    private let entities: [ItemID: Entity]

    init(store: ReplicaStore, entities: [ItemID: Entity]) {
        self.store = store
        self.entities = entities
    }

    var isPresent: Bool { false }
    var author: Name? { nil }
    private var vocabulary: Vocabulary { store.vocabulary }

    func entity(_ id: ItemID) throws -> Entity? { entities[id] }

    func entities(_ query: EntityQuery) throws -> [Entity] {
        let found = entities.values.filter { query.accepts($0, vocabulary) }
        return Array(query.order.sorted(found, vocabulary).prefix(query.limit))
    }

    func id(kind: String, seq: Int64, ordinal: Int) throws -> ItemID? {
        entities.values.first { $0.created?.seq == seq && $0.ordinal == ordinal && sameBytes($0.kind, kind) }?.id
    }

    func near(kind: String, seq: Int64, limit: Int) throws -> [ItemID] {
        let shown = entities.values.filter { $0.isPresent && sameBytes($0.kind, kind) }
        return shown.map { (distance: abs(($0.created?.seq ?? 0) - seq), id: $0.id) }
            .sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }.prefix(limit).map(\.id)
    }

    func ids(prefix: String, limit: Int) throws -> [ItemID] {
        Array(entities.keys.filter { $0.raw.hasPrefix(prefix) }.sorted().prefix(limit))
    }

    func search(_ words: SearchWords, kinds: [String], limit: Int) throws -> [SearchHit] {
        try SearchIndex.hits(
            among: entities.values.sorted { $0.id < $1.id }, words, kinds: kinds, limit: limit, vocabulary)
    }

    func conflicted() throws -> [Entity] {
        Order.handle.sorted(entities.values.filter { !$0.conflicts(vocabulary).isEmpty }, vocabulary)
    }
}
