public import AnnalsModel
public import EDTF

/// Something reported to have happened.
///
///     let event = try edit.create(Event(title: "Agreement initialed", when: EDTF("[2025-08-07..2025-08-08]")))
public struct Event: EntityKind, Hashable {
    /// Whether what was reported took place.
    public enum Occurrence: String, Sendable, Hashable, CaseIterable {
        case happened, planned, cancelled
        case didNotHappen = "did-not-happen"
    }

    /// What happened, in a line.
    public var title: String
    /// What happened, at length.
    public var summary: String?
    /// When it happened; uncertain dates are EDTF.
    public var when: EDTF?
    /// On what the date rests.
    public var basis: Basis?
    /// Whether it took place; nil says nothing.
    public var occurrence: Occurrence?
    /// Free labels.
    public var tags: [String]
    /// An importer's own name for it.
    public var key: String?

    /// An event to create: what is nil is not said.
    public init(
        title: String, summary: String? = nil, when: EDTF? = nil, basis: Basis? = nil, occurrence: Occurrence? = nil,
        tags: [String] = [], key: String? = nil
    ) {
        self.title = title
        self.summary = summary
        self.when = when
        self.basis = basis
        self.occurrence = occurrence
        self.tags = tags
        self.key = key
    }

    /// The kind's name in the vocabulary.
    public static var kindName: String { "event" }

    /// The vocabulary's field for each property.
    public static var fieldNames: [PartialKeyPath<Event>: String] {
        [
            \.title: "title", \.summary: "summary", \.when: "when", \.occurrence: "occurrence", \.tags: "tags", \.key: "key",
        ]
    }

    /// What its create says, by the vocabulary's names.
    public var fields: [(String, Value)] {
        var fields: [(String, Value)] = [("title", .string(title))]
        if let key { fields.append(("key", .string(key))) }
        if let summary { fields.append(("summary", .string(summary))) }
        if let when {
            var members: [(String, Value)] = [("edtf", .string(when.description))]
            if let basis { members.append(("basis", .string(basis.rawValue))) }
            fields.append(("when", .object(members)))
        }
        if let occurrence { fields.append(("occurrence", .string(occurrence.rawValue))) }
        if !tags.isEmpty { fields.append(("tags", .array(tags.map(Value.string)))) }
        return fields
    }
}

/// On what a value rests.
public enum Basis: String, Sendable, Hashable, CaseIterable {
    case stated, implied, inferred
}
