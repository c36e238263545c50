public import AnnalsModel

/// Two or more writes that did not see each other and differ: open until a person resolves it.
public struct Conflict: Sendable, Hashable {
    /// The entity in conflict.
    public let item: ItemID
    /// Its kind.
    public let kind: String
    /// `e40`
    public let handle: String
    /// What stands for the entity in a list: its title, name or first words.
    public let label: String?
    /// The field, or `existence`.
    public let field: String
    /// For a field of class per coder: whose own machines disagree.
    public let author: Name?
    /// In the order of the log, what is pending last.
    public let sides: [Write]

    /// A conflict as it is found.
    public init(item: ItemID, kind: String, handle: String, label: String? = nil, field: String, author: Name?, sides: [Write]) {
        self.item = item
        self.kind = kind
        self.handle = handle
        self.label = label
        self.field = field
        self.author = author
        self.sides = sides
    }
}

extension View {
    /// All open conflicts, in the order of handles and fields.
    public func conflicts() throws -> [Conflict] { try source.conflicts() }

    /// The open conflicts of one entity.
    public func conflicts(of entity: Entity) -> [Conflict] { entity.openConflicts(vocabulary) }
}

extension Entity {
    func openConflicts(_ vocabulary: Vocabulary) -> [Conflict] {
        let found = conflicts(vocabulary)
        if found.isEmpty { return [] }
        let label = EntityTexts(entity: self, vocabulary: vocabulary).label
        return found.map { key, heads in
            Conflict(
                item: id, kind: kind, handle: handle(vocabulary)?.description ?? id.raw, label: label, field: key.field,
                author: key.author, sides: heads)
        }
    }
}

extension Replica {
    /// All open conflicts now.
    public func conflicts() throws -> [Conflict] { try view().conflicts() }
}
