public import AnnalsModel
internal import GRDB

extension View {
    /// The fewest characters of an id that name an entity.
    public static let idPrefixLengthMin = 6

    /// The entity that a person means: by handle (`e40`, `e40.2`, `e~3` also after it was confirmed), by full id, or by the
    /// beginning of an id where no other begins so. A field at the end of a handle (`e40.when`) is passed over.
    ///
    /// - Parameter kind: the kind that is wanted, where only one will do.
    /// - Throws: ``AnnalsError`` `notFound` with up to five candidates, `ambiguous`, or `wrongKind`.
    public func find(_ name: String, kind: String? = nil) throws -> Entity {
        let found = try locate(name)
        if let kind, !sameBytes(found.kind, kind) {
            throw AnnalsError(
                .wrongKind, "\(name) is \(found.kind.withArticle), not \(kind.withArticle)", wayOut: "Name \(kind.withArticle).")
        }
        return found
    }

    private func locate(_ name: String) throws -> Entity {
        if let handle = Handle(name) { return try locate(handle, name) }
        if let id = ItemID(name) {
            if let entity = try entity(id) { return entity }
            throw AnnalsError(.notFound, "there is no item with the id \(id)", wayOut: "Sync, or check the id.")
        }
        let prefix = name
        guard prefix.utf8.count >= Self.idPrefixLengthMin,
            prefix.utf8.allSatisfy({ $0 < 0x7F && $0 > 0x20 })
        else {
            throw AnnalsError(
                .notFound, "not a handle",
                wayOut: "Name it by its handle such as e40, or by at least \(Self.idPrefixLengthMin) characters of its id.")
        }
        let entities = try source.ids(prefix: prefix, limit: 6).compactMap { try entity($0) }
        guard let first = entities.first else {
            throw AnnalsError(.notFound, "no id begins with that", wayOut: "Name it by its handle, such as e40.")
        }
        if entities.count > 1 {
            throw AnnalsError(
                .ambiguous, "several ids begin with that: " + Self.list(entities.map(shortName)), wayOut: "Give more of the id.")
        }
        return first
    }

    private func locate(_ handle: Handle, _ name: String) throws -> Entity {
        guard let letter = handle.letter else {
            throw AnnalsError(.wrongKind, "\(name) is a change", wayOut: "Name an item, such as e40.")
        }
        guard let kind = vocabulary.kind(letter: letter) else {
            let letters = vocabulary.kinds.map { "\($0.letter) \($0.name)" }.joined(separator: ", ")
            throw AnnalsError(.notFound, "no kind has the letter \(letter)", wayOut: "Letters are \(letters).")
        }
        let id: ItemID?
        let seq: Int64
        switch handle.place {
        case .seq(let number):
            seq = number
            id = try source.id(kind: kind.name, seq: number, ordinal: handle.ordinal)
        case .pending(let n):
            seq = Stamp.pending + n
            id = try source.store.created(byChange: n, kind: kind.name, ordinal: handle.ordinal)
        }
        if let id, let entity = try entity(id) { return entity }
        let near = try source.near(kind: kind.name, seq: seq, limit: 5).compactMap { try entity($0) }.map(shortName)
        throw AnnalsError(
            .notFound, "there is no \(kind.name) \(name)", wayOut: near.isEmpty ? "" : "Near it: \(Self.list(near)).")
    }

    private func shortName(_ entity: Entity) -> String {
        entity.handle(vocabulary)?.description ?? entity.id.raw
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    }

    /// The field that a handle names: the entity, and the `when` of `e40.when`.
    public func findField(_ name: String) throws -> (entity: Entity, field: FieldRule?) {
        let entity = try find(name)
        guard let field = Handle(name)?.field else { return (entity, nil) }
        guard let rule = vocabulary.field(field, of: entity.kind) else {
            throw AnnalsError.unknownField(field, of: entity.kind, vocabulary)
        }
        return (entity, rule)
    }

    /// Everything of these kinds (all where none are named) whose texts hold the words, best first; where thousands hold them, the
    /// best of the latest 1,000 come before older ones. Words match whatever their diacritics and case, and by their beginnings; a
    /// quoted run is a phrase. Retracted items do not show.
    public func search(_ words: String, kinds: [String] = [], limit: Int = 50) throws -> [SearchHit] {
        guard let words = SearchWords(words) else { return [] }
        return try source.search(words, kinds: kinds, limit: limit)
    }
}

extension AnnalsError {
    static func unknownField(_ field: String, of kind: String, _ vocabulary: Vocabulary) -> AnnalsError {
        let names = vocabulary.kind(kind)?.fields.map(\.name).joined(separator: ", ") ?? ""
        return AnnalsError(.usage, "\(kind) has no such field", wayOut: "Fields of \(kind) are \(names).")
    }
}

extension ReplicaStore {
    /// The entity that the n-th change of this file made as the given one of its kind, whatever became of the change.
    func created(byChange n: Int64, kind: String, ordinal: Int) throws -> ItemID? {
        try read { db, meta in
            guard let change = try Self.ownChange(n, db, meta) else { return nil }
            var count = 0
            for (index, operation) in change.operations.enumerated()
            where operation.name == "create" && sameBytes(operation.kind, kind) {
                count += 1
                if count == ordinal { return change.entity(ofOperation: index + 1) }
            }
            return nil
        }
    }

    /// A change of this file by its number: waiting, parked, or in the log.
    static func ownChange(_ n: Int64, _ db: Database, _ meta: Meta) throws -> Change? {
        let rows = try Outbox(db: db).rows("WHERE n = ?1 ORDER BY replica = ?2 DESC LIMIT 1", [n, meta.replica.raw])
        if let row = rows.first { return try decodeOwn(row.pending) }
        let sql = "SELECT seq FROM receipt WHERE n = ?1 ORDER BY replica = ?2 DESC LIMIT 1"
        guard let seq = try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [n, meta.replica.raw]) else { return nil }
        return try LogChunks(db: db).entry(seq)?.change
    }
}
