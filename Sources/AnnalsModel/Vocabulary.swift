/// What can be recorded: a table of kinds and their fields, and all that follows from it.
///
/// Validation, folding, SQL tables and views, JSON Schemas and command-line words are derived from this table;
/// adding a kind is adding rows (`VocabularyTable.swift`).
public struct Vocabulary: Sendable {
    /// Byte-equal exports are promised for one version; a replica folds its log anew when it changes.
    public let version: Int64
    public let kinds: [KindRule]
    private let byName: [String: Int]
    /// The same rules by numbers, for the fold.
    let rules: RuleTable
    /// The same rules as a change is checked by them.
    let checks: CheckTable

    /// - Precondition: names and letters are unique, in kinds and in each kind's fields: the table is code, checked when it is loaded.
    public init(version: Int64, kinds: [KindRule]) {
        precondition(Set(kinds.map(\.name)).count == kinds.count, "a kind stands twice in the vocabulary")
        precondition(Set(kinds.map(\.letter)).count == kinds.count, "a letter stands twice in the vocabulary")
        self.version = version
        self.kinds = kinds
        byName = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($1.name, $0) })
        rules = RuleTable(kinds)
        checks = CheckTable(kinds)
    }

    public func kind(_ name: String) -> KindRule? { byName[name].map { kinds[$0] } }
    public func kind(letter: Character) -> KindRule? { kinds.first { $0.letter == letter } }
    public func field(_ field: String, of kind: String) -> FieldRule? { self.kind(kind)?.field(field) }
}

/// One row of the vocabulary: a kind of entity.
public struct KindRule: Sendable, Hashable {
    /// As it stands in operations: `event`.
    public let name: String
    /// The name of the SQL view: `events`.
    public let plural: String
    /// The first letter of its handles: `e40`.
    public let letter: Character
    /// What it is, for people.
    public let summary: String
    /// The field that stands for the entity in a list.
    public let label: String
    /// The least role that may create one.
    public let role: Role
    /// Who may retract and restore one.
    public let retractors: Writers
    /// Whether the entity is named by its text's digest, so that two creates of the same text are one.
    public let namedByText: Bool
    public let fields: [FieldRule]

    public init(
        _ name: String, plural: String, letter: Character, label: String, role: Role = .analyst,
        retractors: Writers = .anyone, namedByText: Bool = false, _ summary: String, fields: [FieldRule]
    ) {
        precondition(Set(fields.map(\.name)).count == fields.count, "a field stands twice in kind \(name)")
        self.name = name
        self.plural = plural
        self.letter = letter
        self.summary = summary
        self.label = label
        self.role = role
        self.retractors = retractors
        self.namedByText = namedByText
        self.fields = [FieldRule("key", .line, .immutable, "an importer's own name for it")] + fields
    }

    public func field(_ name: String) -> FieldRule? { fields.first { $0.name == name } }
}

/// One row of the vocabulary: a field of a kind.
public struct FieldRule: Sendable, Hashable {
    public let name: String
    public let type: ValueType
    public let merge: MergeClass
    /// What it is, for people.
    public let summary: String
    /// Whether a create must bring it.
    public let required: Bool
    /// The least role that may write it.
    public let role: Role
    /// Values that only a curator may write.
    public let reserved: [String]
    /// Whose items one may write it on.
    public let writers: Writers

    public init(
        _ name: String, _ type: ValueType, _ merge: MergeClass, _ summary: String, required: Bool = false,
        role: Role = .analyst, reserved: [String] = [], writers: Writers = .anyone
    ) {
        self.name = name
        self.type = type
        self.merge = merge
        self.summary = summary
        self.required = required
        self.role = role
        self.reserved = reserved
        self.writers = writers
    }

    /// Whether its values say for themselves how far they are: a coding, which is a draft until its coder submits it.
    public var hasState: Bool {
        guard case .object(let parts) = type else { return false }
        return parts.contains { sameBytes($0.name, Entity.stateField) }
    }
}

/// Whose items one may write on. The fold decides it, for only the fold knows whose an item is.
public enum Writers: String, Sendable, Hashable {
    case anyone
    /// The author of the item's create.
    case owner
}
