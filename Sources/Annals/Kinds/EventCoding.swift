public import AnnalsModel

/// A coder's judgment of what kind of event it is. Types and contexts: PLOVER (Open Event Data Alliance).
public struct EventCoding: Sendable, Hashable {
    /// PLOVER's sixteen event types, as `Codebooks.ploverTypes` spells them.
    public enum EventType: String, Sendable, Hashable, CaseIterable {
        case agree = "AGREE"
        case consult = "CONSULT"
        case support = "SUPPORT"
        case concede = "CONCEDE"
        case cooperate = "COOPERATE"
        case aid = "AID"
        case retreat = "RETREAT"
        case request = "REQUEST"
        case accuse = "ACCUSE"
        case reject = "REJECT"
        case threaten = "THREATEN"
        case protest = "PROTEST"
        case sanction = "SANCTION"
        case mobilize = "MOBILIZE"
        case coerce = "COERCE"
        case assault = "ASSAULT"
    }

    /// The event type.
    public var type: EventType
    /// PLOVER modes, which refine the type.
    public var mode: [String]
    /// PLOVER contexts.
    public var contexts: [String]
    /// The CAMEO code, for older coding schemes.
    public var cameo: String?
    /// Why it was coded so.
    public var note: String?
    /// The codebook that was used.
    public var codebook: String?
    /// Whether its coder is done with it; where nothing is said, what was submitted stays so, and all else is a draft.
    public var isSubmitted: Bool?

    /// A judgment; what is left out is not said.
    public init(
        type: EventType, mode: [String] = [], contexts: [String] = [], cameo: String? = nil, note: String? = nil,
        codebook: String? = nil, isSubmitted: Bool? = nil
    ) {
        self.type = type
        self.mode = mode
        self.contexts = contexts
        self.cameo = cameo
        self.note = note
        self.codebook = codebook
        self.isSubmitted = isSubmitted
    }

    /// The judgment as the field's value.
    public var value: Value {
        var members: [(String, Value)] = [("type", .string(type.rawValue))]
        if !mode.isEmpty { members.append(("mode", .array(mode.map(Value.string)))) }
        if !contexts.isEmpty { members.append(("contexts", .array(contexts.map(Value.string)))) }
        if let cameo { members.append(("cameo", .string(cameo))) }
        if let note { members.append(("note", .string(note))) }
        if let codebook { members.append(("codebook", .string(codebook))) }
        if let isSubmitted { members.append((Entity.stateField, isSubmitted ? "submitted" : "draft")) }
        return .object(members)
    }
}

extension Edit {
    /// The author's own judgment of an event.
    public func code(_ event: Item<Event>, _ coding: EventCoding) throws { try code(event.id, coding) }

    /// The author's own judgment of an event.
    public func code(_ event: ItemID, _ coding: EventCoding) throws {
        let own = try view.source.author.flatMap { try view.entity(event)?.judgment("coding", by: $0) }
        try code(event, "coding", coding.value.following(own))
    }
}
