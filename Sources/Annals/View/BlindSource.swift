internal import AnnalsModel

/// The entities of another source as a blind coder sees them: whatever is asked or derived of them is blind with them.
struct BlindSource: EntitySource {
    let whole: any EntitySource
    /// Where it is seen what the coder has judged; the same source where it is nil.
    let judging: (any EntitySource)?
    let blind: Blinding
    let vocabulary: Vocabulary

    var store: ReplicaStore { whole.store }
    var isPresent: Bool { whole.isPresent }
    var author: Name? { whole.author }
    var blinding: BlindSource? { self }

    /// An item where it is seen what the coder has judged.
    func judged(_ id: ItemID) throws -> Entity? { try (judging ?? whole).entity(id) }

    private func covering(_ entity: Entity) throws -> Entity {
        try blind.covering(entity) { id in judging == nil && id == entity.id ? entity : try judged(id) }
    }

    func entity(_ id: ItemID) throws -> Entity? { try whole.entity(id).map(covering) }
    func handle(of id: ItemID) throws -> Handle? { try whole.handle(of: id) }

    /// A condition on what may be hidden must not tell it, so it is asked of what shows. Whether somebody has judged is not hidden.
    func entities(_ query: EntityQuery) throws -> [Entity] {
        var told = query
        // Who names an item is looked up, and looked at again.
        told.filters = query.filters.filter { !$0.tells(of: query.kind, blind) } + (query.named.map { [.names($0)] } ?? [])
        var asked = query
        asked.filters = query.filters.filter { $0.tells(of: query.kind, blind) }
        if !asked.filters.isEmpty { told.limit = .max }
        let shown = try whole.entities(told).map(covering)
        return Array(shown.filter { asked.accepts($0, vocabulary) }.prefix(query.limit))
    }

    func id(kind: String, seq: Int64, ordinal: Int) throws -> ItemID? { try whole.id(kind: kind, seq: seq, ordinal: ordinal) }
    func near(kind: String, seq: Int64, limit: Int) throws -> [ItemID] { try whole.near(kind: kind, seq: seq, limit: limit) }
    func ids(prefix: String, limit: Int) throws -> [ItemID] { try whole.ids(prefix: prefix, limit: limit) }

    /// What is found by words that are hidden is found no more, so more is looked for until there is enough.
    func search(_ match: SearchWords, kinds: [String], limit: Int) throws -> [SearchHit] {
        var count = limit
        while true {
            let hits = try whole.search(match, kinds: kinds, limit: count)
            let covered = try hits.map { try covering($0.entity) }
            let again = try SearchIndex.hits(
                among: zip(hits, covered).filter { $0.entity != $1 }.map { $1 }, match, kinds: kinds, limit: .max, vocabulary)
            let stillFound = Dictionary(again.map { ($0.entity.id, $0) }) { first, _ in first }
            let shown = zip(hits, covered).compactMap { hit, entity in hit.entity == entity ? hit : stillFound[entity.id] }
            if shown.count >= limit || hits.count < count { return Array(shown.prefix(limit)) }
            count = count.multipliedReportingOverflow(by: 4).overflow ? .max : count * 4
        }
    }

    func conflicts() throws -> [Conflict] {
        try whole.conflicts().filter { try !hides(Entity.CellKey($0.field, $0.author), of: $0.item, $0.kind) }
    }

    func notices() throws -> [Notice] {
        try whole.notices().filter { try $0.stamp.author == blind.reader || !hides(Entity.CellKey($0.field), of: $0.item, $0.kind) }
    }

    func hides(_ cell: Entity.CellKey, of item: ItemID, _ kind: String) throws -> Bool {
        try blind.hides(cell, of: kind, judged: judged(item))
    }
}

extension EntitySource {
    var whole: any EntitySource { self }
    var blinding: BlindSource? { nil }
}

extension Filter {
    /// Whether its answer can tell what a blind coder is not to see.
    fileprivate func tells(of kind: String, _ blind: Blinding) -> Bool {
        switch node {
        case .equals(let path, _), .has(let path), .overlaps(let path, _, _): blind.mayHide(path.field, of: kind) || path.field == "about"
        case .author, .coded: false
        case .names, .inConflict: true
        case .any(let filters): filters.contains { $0.tells(of: kind, blind) }
        case .not(let filter): filter.tells(of: kind, blind)
        }
    }
}
