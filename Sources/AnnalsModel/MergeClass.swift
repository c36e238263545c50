/// How concurrent writes to a field come together. Every field of every kind belongs to exactly one, for ever.
public enum MergeClass: String, Sendable, Hashable, CaseIterable {
    /// What the create said; later writes have no effect.
    case immutable
    /// The head with the highest seq is shown; an overwrite is listed.
    case latest
    /// All heads are shown; two different ones are a conflict that only a person's `resolve` closes.
    case contested
    /// Elements with ids of their own; add wins over a remove that did not see it.
    case set
    /// One cell for each author, contested between that author's own machines only.
    case perCoder = "per-coder"
    /// Everything is shown; an element can be retracted by its id.
    case append

    /// The operation that writes a field of this class; nil where only `create` does.
    public var operation: String? {
        switch self {
        case .immutable: nil
        case .latest, .contested: "set"
        case .perCoder: "code"
        case .set: "add"
        case .append: "append"
        }
    }
}

/// What a user may do in a workspace.
public enum Role: String, Sendable, Hashable, Comparable, CaseIterable {
    case reader, analyst, curator

    public static func < (a: Role, b: Role) -> Bool {
        a.rank < b.rank
    }

    private var rank: Int {
        switch self {
        case .reader: 0
        case .analyst: 1
        case .curator: 2
        }
    }
}
