public import AnnalsModel

/// A kind of the vocabulary as a Swift value: what a create says.
///
/// The vocabulary's table is the authority; these types give its everyday kinds names that the compiler checks.
public protocol EntityKind: Sendable {
    /// The kind's name in the vocabulary.
    static var kindName: String { get }
    /// The names of fields, for those who point at them by key path.
    static var fieldNames: [PartialKeyPath<Self>: String] { get }
    /// What the create says, fields of every class.
    var fields: [(String, Value)] { get }
}

/// The id of an entity of a known kind.
public struct Item<Kind: EntityKind>: Sendable, Hashable {
    /// The id, as operations and queries take it.
    public let id: ItemID

    /// Says that the entity with this id is of the kind; nothing is looked up.
    public init(_ id: ItemID) { self.id = id }
}

extension Edit {
    /// Makes an entity of a known kind.
    public func create<Kind: EntityKind>(_ value: Kind) throws -> Item<Kind> {
        Item(try create(Kind.kindName, fields: value.fields))
    }
}
