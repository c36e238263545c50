public import AnnalsModel

/// A consistent snapshot of a replica that knows what it shows: its ``base`` travels with what is recorded from it.
///
/// It holds no transaction open. When the replica moves on, entities that have changed since are folded anew from the log as
/// they stood, so a view never shows what its base does not cover.
///
///     let view = try replica.view()
///     let event = try view.find("e40")
public struct View: Sendable {
    /// The last entry that it shows, as it goes into what is recorded from it.
    public let base: Base
    /// What can be recorded, and so what the fields mean.
    public let vocabulary: Vocabulary
    let source: any EntitySource

    init(base: Base, vocabulary: Vocabulary, source: any EntitySource) {
        self.base = base
        self.vocabulary = vocabulary
        self.source = source
    }

    /// The entity with this id; nil where the view does not know it or knows only operations on it.
    public func entity(_ id: ItemID) throws -> Entity? {
        try source.entity(id).flatMap { $0.created == nil ? nil : $0 }
    }

    /// The entities of a kind that meet all of the filters.
    ///
    /// - Parameters:
    ///   - filters: conditions of which each must hold.
    ///   - retracted: whether retracted ones show too.
    ///   - limit: at most so many, the first ones by `order`.
    public func entities(
        kind: String, where filters: Filter..., order: Order = .handle, retracted: Bool = false, limit: Int = .max
    ) throws -> [Entity] {
        try entities(kind: kind, where: filters, order: order, retracted: retracted, limit: limit)
    }

    /// The entities of a kind that meet all of the filters.
    public func entities(
        kind: String, where filters: [Filter], order: Order = .handle, retracted: Bool = false, limit: Int = .max
    ) throws -> [Entity] {
        guard vocabulary.kind(kind) != nil else { throw AnnalsError.unknownKind(kind, vocabulary) }
        return try source.entities(
            EntityQuery(kind: kind, filters: filters, order: order, retracted: retracted, limit: limit))
    }

    /// The short name for people: `e40`, `e~3` while pending; the id itself where there is no handle.
    public func handle(of id: ItemID) throws -> String {
        try source.handle(of: id)?.description ?? id.raw
    }

    /// What stands for the entity in a list: its title, name or first words.
    public func label(of entity: Entity) -> String? {
        EntityTexts(entity: entity, vocabulary: vocabulary).label
    }
}

/// Where a view has its entities from.
protocol EntitySource: Sendable {
    /// The store that knows about handles of pending changes.
    var store: ReplicaStore { get }
    /// Whether changes may be recorded from it.
    var isPresent: Bool { get }
    /// The source that hides nothing.
    var whole: any EntitySource { get }
    /// What it hides; nil where it hides nothing.
    var blinding: BlindSource? { get }
    /// Whose replica it is.
    var author: Name? { get }
    /// Also entities that were never created and so do not show.
    func entity(_ id: ItemID) throws -> Entity?
    /// What people call it; nil for one that was never created or is of a kind that the vocabulary does not know.
    func handle(of id: ItemID) throws -> Handle?
    func entities(_ query: EntityQuery) throws -> [Entity]
    /// The entity of this kind and place in the log.
    func id(kind: String, seq: Int64, ordinal: Int) throws -> ItemID?
    /// At most `limit` entities of a kind whose seqs are nearest, the nearest first.
    func near(kind: String, seq: Int64, limit: Int) throws -> [ItemID]
    /// At most `limit` ids that begin so, in order.
    func ids(prefix: String, limit: Int) throws -> [ItemID]
    func search(_ match: SearchWords, kinds: [String], limit: Int) throws -> [SearchHit]
    /// In the order of handles and fields.
    func conflicts() throws -> [Conflict]
    /// In the order of handles and fields.
    func notices() throws -> [Notice]
}

/// What a list shows.
struct EntityQuery: Sendable {
    var kind: String
    var filters: [Filter]
    var order: Order
    var retracted: Bool
    var limit: Int

    /// An item that each of them must name, where one is asked for.
    var named: ItemID? {
        for filter in filters {
            if case .names(let item) = filter.node { return item }
        }
        return nil
    }

    func accepts(_ entity: Entity, _ vocabulary: Vocabulary) -> Bool {
        sameBytes(entity.kind, kind) && entity.created != nil && (retracted || entity.isPresent)
            && filters.allSatisfy { $0.accepts(entity, vocabulary) }
    }
}

extension AnnalsError {
    static func unknownKind(_ kind: String, _ vocabulary: Vocabulary) -> AnnalsError {
        AnnalsError(.usage, "no such kind", wayOut: "Kinds are \(vocabulary.kinds.map(\.name).joined(separator: ", ")).")
    }
}
