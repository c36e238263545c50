public import AnnalsModel

/// Two or more writes that did not see each other and differ: open until a person resolves it.
public struct Conflict: Sendable, Hashable {
    /// The entity in conflict.
    public let item: ItemID
    /// Its kind.
    public let kind: String
    /// `e40`
    public let handle: String
    /// The field, or `existence`.
    public let field: String
    /// For a field of class per coder: whose own machines disagree.
    public let author: Name?
    /// In the order of the log, what is pending last.
    public let sides: [Write]

    /// A conflict as it is found.
    public init(item: ItemID, kind: String, handle: String, field: String, author: Name?, sides: [Write]) {
        self.item = item
        self.kind = kind
        self.handle = handle
        self.field = field
        self.author = author
        self.sides = sides
    }
}

extension View {
    /// All open conflicts, in the order of handles and fields.
    public func conflicts() throws -> [Conflict] {
        try entitiesInConflict().flatMap(conflicts)
    }

    /// The entities that have an open conflict, in the order of handles.
    public func entitiesInConflict() throws -> [Entity] { try source.conflicted() }

    /// The open conflicts of one entity.
    public func conflicts(of entity: Entity) -> [Conflict] {
        entity.conflicts(vocabulary).map { key, heads in
            Conflict(
                item: entity.id, kind: entity.kind, handle: entity.handle(vocabulary)?.description ?? entity.id.raw,
                field: key.field, author: key.author, sides: heads)
        }
    }
}

extension Replica {
    /// All open conflicts now.
    public func conflicts() throws -> [Conflict] { try view().conflicts() }
}
