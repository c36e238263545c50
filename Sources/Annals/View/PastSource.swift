internal import AnnalsModel

/// A view's entities as the log stood at some entry: folded once, in memory, and read out when they are asked for.
final class PastSource: EntitySource {
    let store: ReplicaStore
    private let fold: Fold
    private let known: PastEntities

    init(store: ReplicaStore, fold: consuming Fold) {
        self.store = store
        self.fold = fold
        known = PastEntities(store.vocabulary)
    }

    var isPresent: Bool { false }
    var author: Name? { nil }
    private var vocabulary: Vocabulary { store.vocabulary }

    func entity(_ id: ItemID) throws -> Entity? { fold.entity(id) }

    func handle(of id: ItemID) throws -> Handle? { fold.entity(id)?.handle(vocabulary) }

    /// The entities of a kind; of all where none is named.
    private func entities(of kind: String? = nil) -> [Entity] {
        if let kind { return known.all(kind, of: fold) }
        return (0..<fold.count).filter { fold.kind(at: $0) != nil }.map { fold.entity(at: $0) }
    }

    func entities(_ query: EntityQuery) throws -> [Entity] {
        let candidates = query.named.map { known.naming($0, query.kind, of: fold) } ?? entities(of: query.kind)
        let found = candidates.filter { query.accepts($0, vocabulary) }
        return Array(query.order.sorted(found, vocabulary).prefix(query.limit))
    }

    func id(kind: String, seq: Int64, ordinal: Int) throws -> ItemID? {
        entities(of: kind).first { $0.created?.seq == seq && $0.ordinal == ordinal }?.id
    }

    func near(kind: String, seq: Int64, limit: Int) throws -> [ItemID] {
        let shown = entities(of: kind).filter(\.isPresent)
        return shown.map { (distance: abs(($0.created?.seq ?? 0) - seq), id: $0.id) }
            .sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }.prefix(limit).map(\.id)
    }

    func ids(prefix: String, limit: Int) throws -> [ItemID] {
        Array(fold.ids.filter { $0.raw.hasPrefix(prefix) }.sorted().prefix(limit))
    }

    func search(_ words: SearchWords, kinds: [String], limit: Int) throws -> [SearchHit] {
        try SearchIndex.hits(
            among: entities().sorted { $0.id < $1.id }, words, kinds: kinds, limit: limit, vocabulary)
    }

    func conflicts() throws -> [Conflict] {
        Order.handle.sorted(entities().filter { !$0.conflicts(vocabulary).isEmpty }, vocabulary).flatMap { $0.openConflicts(vocabulary) }
    }

    func notices() throws -> [Notice] {
        Order.handle.sorted(entities(), vocabulary).flatMap { $0.notices(vocabulary, fold.lineage) }
    }
}
