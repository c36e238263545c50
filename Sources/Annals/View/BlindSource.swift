internal import AnnalsModel

/// The entities of another source as a blind coder sees them: whatever is asked or derived of them is blind with them.
struct BlindSource: EntitySource {
    let whole: any EntitySource
    let blind: Blinding
    let vocabulary: Vocabulary

    var store: ReplicaStore { whole.store }
    var isPresent: Bool { whole.isPresent }
    var author: Name? { whole.author }
    var blinding: Blinding? { blind }

    func entity(_ id: ItemID) throws -> Entity? { try whole.entity(id).map { blind.covering($0, vocabulary) } }
    func handle(of id: ItemID) throws -> Handle? { try whole.handle(of: id) }

    /// A condition on what is hidden must not tell it, so conditions are asked of what shows.
    func entities(_ query: EntityQuery) throws -> [Entity] {
        var all = query
        all.filters = query.named.map { [.names($0)] } ?? []
        all.limit = .max
        let shown = try whole.entities(all).map { blind.covering($0, vocabulary) }
        return Array(shown.filter { query.accepts($0, vocabulary) }.prefix(query.limit))
    }

    func id(kind: String, seq: Int64, ordinal: Int) throws -> ItemID? { try whole.id(kind: kind, seq: seq, ordinal: ordinal) }
    func near(kind: String, seq: Int64, limit: Int) throws -> [ItemID] { try whole.near(kind: kind, seq: seq, limit: limit) }
    func ids(prefix: String, limit: Int) throws -> [ItemID] { try whole.ids(prefix: prefix, limit: limit) }

    /// What is found by words that are hidden is found no more.
    func search(_ match: SearchWords, kinds: [String], limit: Int) throws -> [SearchHit] {
        let hits = try whole.search(match, kinds: kinds, limit: .max)
        let covered = hits.map { blind.covering($0.entity, vocabulary) }
        let again = try SearchIndex.hits(
            among: zip(hits, covered).filter { $0.entity != $1 }.map { $1 }, match, kinds: kinds, limit: .max, vocabulary)
        let stillFound = Dictionary(again.map { ($0.entity.id, $0) }) { first, _ in first }
        let shown = zip(hits, covered).compactMap { hit, entity in hit.entity == entity ? hit : stillFound[entity.id] }
        return Array(shown.prefix(limit))
    }

    func conflicts() throws -> [Conflict] {
        try whole.conflicts().filter { try $0.author == blind.reader || !hides($0.field, of: $0.item, $0.kind) }
    }

    func notices() throws -> [Notice] {
        try whole.notices().filter { try $0.stamp.author == blind.reader || !hides($0.field, of: $0.item, $0.kind) }
    }

    private func hides(_ name: String, of item: ItemID, _ kind: String) throws -> Bool {
        guard let field = vocabulary.field(name, of: kind), let entity = try whole.entity(item) else { return false }
        return blind.hides(field, of: entity, vocabulary)
    }
}

extension EntitySource {
    var whole: any EntitySource { self }
    var blinding: Blinding? { nil }
}
