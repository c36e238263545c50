public import EDTF

/// Where a commitment stands on a day: derived from its deadline, conditions and fulfilment, never stored.
///
/// A deadline that follows an event is as uncertain as the event's date: "within six months" of an event of
/// `[2025-08-07..2025-08-08]` ends on 2026-02-07 or 2026-02-08.
public struct CommitmentStanding: Sendable {
    /// The most urgent first.
    public enum State: String, Sendable, CaseIterable {
        /// The last possible day of the deadline has passed.
        case overdue
        /// The first possible day has passed, the last has not.
        case possiblyOverdue = "possibly-overdue"
        /// It ends on this day, or its time has begun.
        case due
        /// Its time has not come, or it has none.
        case pending
        /// Something else must come about first.
        case conditional
        /// It fell away: its instrument was terminated or superseded, or what it waits for will not come.
        case lapsed
        /// Everybody who judged it says that it is fulfilled.
        case met
    }

    /// What must come about first.
    public struct Condition: Sendable {
        /// As it was recorded, doubles by the one that stands for them: `{"kind": …, "what": …, "basis": …}`.
        public var value: Value
        /// Whether it has come about by the day.
        public var isMet: Bool
        /// Whether it cannot come about any more.
        public var isVain = false
    }

    /// What somebody says of the deadline.
    public struct Side: Sendable {
        /// As it was recorded, doubles by the one that stands for them: `{"duration": …, "relation": …, "anchor": …}` or with a `date`.
        public var value: Value
        /// When the event is that it follows, as far as that is known.
        public var anchor: DayBounds?
        /// Why that event gives no day to count from: it is `gone`, or what all say became of it.
        public var hindrance: String?
    }

    public var state: State
    /// All that is said of the deadline, what means the same once.
    public var sides: [Side]
    /// The first and the last day on which it can end, all sides of a disputed deadline counted; nil where none is said.
    public var deadline: DayBounds?
    /// Whether that is when its time begins, and nobody says when it ends.
    public var begins: Bool
    /// Whether people disagree on the deadline, or on the date or the occurrence of the event that it follows.
    public var isDisputed: Bool
    /// The events that the deadline follows.
    public var anchors: [ItemID]
    public var conditions: [Condition]
    /// How far each coder says that it is fulfilled.
    public var fulfilment: [(author: Name, degree: Int64, citations: [ItemID])]
    /// Those who are to do it and themselves took part, as actors, in an event by which it was made or stated.
    public var acceptedBy: [ItemID]
    /// Those of whom no such thing is recorded.
    public var notAcceptedBy: [ItemID]

    /// - Parameters:
    ///   - relations: relations of the type conditional_on that begin at it.
    ///   - same: the item that stands for one and its doubles.
    ///   - entity: an item of the same state; nil for one that is retracted, which says nothing.
    public init(
        _ commitment: Entity, relations: [Entity] = [], on day: EDTFDay, same: (ItemID) -> ItemID = { $0 },
        entity: (ItemID) throws -> Entity?
    ) rethrows {
        let deadline = try Deadline(commitment, same: same, entity: entity)
        (self.deadline, begins, isDisputed) = (deadline.bounds, deadline.begins, deadline.isDisputed)
        (anchors, sides) = (deadline.anchors, deadline.sides)
        let values = (commitment.elements["conditions"] ?? []).map(\.value)
        let related = relations.compactMap { relation -> Value? in
            guard let item = relation.immutable["to"] else { return nil }
            return .object([("kind", "requires"), ("what", .object([("item", item)])), ("basis", relation.immutable["basis"] ?? .null)])
        }
        var conditions: [Condition] = []
        for value in (values + related).map({ $0.naming(same) }) where !conditions.contains(where: { $0.value["what"] == value["what"] }) {
            conditions.append(try Self.condition(value, on: day, entity))
        }
        self.conditions = conditions
        fulfilment = Self.fulfilment(commitment)
        (acceptedBy, notAcceptedBy) = try Self.acceptance(commitment, same, entity)
        let instrument = try commitment.shown("instrument")?.string.flatMap { ItemID($0) }.flatMap(entity)
        let status = try instrument.flatMap { try InstrumentHistory($0, entity: entity).certain(on: day)?.status }
        if Self.isMet(commitment) {
            state = .met
        } else if ["terminated", "superseded"].contains(status) || conditions.contains(where: \.isVain) {
            state = .lapsed
        } else if conditions.contains(where: { !$0.isMet }) {
            state = .conditional
        } else {
            state = deadline.state(on: day)
        }
    }

    private static func fulfilment(_ commitment: Entity) -> [(author: Name, degree: Int64, citations: [ItemID])] {
        commitment.codings("fulfilment").flatMap { author, heads in
            heads.compactMap { head in
                let citations = (head.value["citations"]?.array ?? []).compactMap { $0.string.flatMap { ItemID($0) } }
                return head.value["degree"]?.integer.map { (author: author, degree: $0, citations: citations) }
            }
        }
    }

    private static func isMet(_ commitment: Entity) -> Bool {
        let degrees = fulfilment(commitment).map(\.degree)
        return !degrees.isEmpty && degrees.allSatisfy { $0 == Codebooks.fulfilment.upperBound }
    }

    private static func condition(_ value: Value, on day: EDTFDay, _ entity: (ItemID) throws -> Entity?) rethrows -> Condition {
        guard let item = try value["what"]?["item"]?.string.flatMap({ ItemID($0) }).flatMap(entity) else {
            // What is only described, or not here, nobody can call met.
            return Condition(value: value, isMet: false)
        }
        switch item.kind {
        case "commitment":
            return Condition(value: value, isMet: isMet(item))
        case "event":
            let outcomes = item.sides("occurrence").map(\.string)
            let isVain = !outcomes.isEmpty && outcomes.allSatisfy { $0 == "cancelled" || $0 == "did-not-happen" }
            // Where no last day is known, that it happened must be said.
            let isPast =
                item.when?.latest.map { $0 <= day } ?? (outcomes.contains("happened") && item.when?.earliest.map { $0 <= day } ?? true)
            return Condition(value: value, isMet: item.tookPlace && isPast, isVain: isVain)
        case "instrument":
            let status = try InstrumentHistory(item, entity: entity).certain(on: day)?.status
            return Condition(value: value, isMet: ["in-force", "provisionally-applied", "adopted"].contains(status))
        default:
            return Condition(value: value, isMet: false)
        }
    }

    /// Who is to do it and acts, for himself or through somebody, in an event by which it was made.
    private static func acceptance(
        _ commitment: Entity, _ same: (ItemID) -> ItemID, _ entity: (ItemID) throws -> Entity?
    ) rethrows -> (by: [ItemID], notBy: [ItemID]) {
        var acting: Set<ItemID> = []
        for element in commitment.elements["events"] ?? [] {
            guard let event = try element.value.string.flatMap({ ItemID($0) }).flatMap(entity), event.tookPlace else { continue }
            for part in (event.elements["participations"] ?? []).map(\.value) where part["side"]?.string != "recipient" {
                acting.formUnion([part["actor"], part["on-behalf-of"]].compactMap { $0?.string.flatMap { ItemID($0) } }.map(same))
            }
        }
        let obligors = Set((commitment.elements["obligors"] ?? []).compactMap { $0.value.string.flatMap { ItemID($0) } }.map(same)).sorted()
        return (obligors.filter(acting.contains), obligors.filter { !acting.contains($0) })
    }
}

/// When a commitment ends, by all that is said of it.
struct Deadline {
    private(set) var bounds: DayBounds?
    private(set) var isDisputed: Bool
    private(set) var anchors: [ItemID] = []
    private(set) var sides: [CommitmentStanding.Side] = []
    /// Whether it begins to be due then, in the place of ending: where no side says that it ends.
    private(set) var begins = false
    /// From when on it can be done, by sides that give a span of days; nil is open.
    private var starts: [EDTFDay?] = []

    init(_ commitment: Entity, same: (ItemID) -> ItemID, entity: (ItemID) throws -> Entity?) rethrows {
        var values: [Value] = []
        for value in commitment.sides("deadline").map({ $0.naming(same) }) where !values.contains(value) { values.append(value) }
        isDisputed = values.count > 1
        var (ends, beginnings): ([DayBounds], [DayBounds]) = ([], [])
        for value in values {
            guard let own = try bounds(value, entity) else { continue }
            if value["relation"]?.string == "after" { beginnings.append(own) } else { ends.append(own) }
        }
        begins = !values.isEmpty && values.allSatisfy { $0["relation"]?.string == "after" }
        bounds = (begins ? beginnings : ends).reduce(nil) { $0?.union($1) ?? $1 }
    }

    private mutating func bounds(_ side: Value, _ entity: (ItemID) throws -> Entity?) rethrows -> DayBounds? {
        let relation = side["relation"]?.string
        if let date = side["date"]?.string {
            sides.append(CommitmentStanding.Side(value: side))
            return span(date, relation) ?? DayBounds(date)?.moved(relation)
        }
        guard let id = side["anchor"]?.string.flatMap({ ItemID($0) }) else {
            sides.append(CommitmentStanding.Side(value: side))
            return nil
        }
        if !anchors.contains(id) { anchors.append(id) }
        let anchor = try entity(id)
        let outcomes = Set(anchor?.sides("occurrence") ?? [])
        let isOff = !outcomes.isEmpty && !outcomes.contains("happened")
        let hindrance = anchor == nil ? "gone" : isOff ? outcomes.compactMap(\.string).sorted().joined(separator: ", ") : nil
        sides.append(CommitmentStanding.Side(value: side, anchor: anchor?.when, hindrance: hindrance))
        guard let anchor, hindrance == nil, let when = anchor.when else { return nil }
        if outcomes.count > 1 || Set(anchor.sides("when").map { $0["edtf"] }).count > 1 { isDisputed = true }
        return (side["duration"]?.string.map { when.adding($0) } ?? when)?.moved(relation)
    }

    /// What lasts from one day to another is no day that is not known: it ends with the last one, and can be done from the first one on.
    private mutating func span(_ date: String, _ relation: String?) -> DayBounds? {
        guard let date = try? EDTF(date), date.kind == .interval else { return nil }
        switch relation {
        case "before": return DayBounds(earliest: date.earliest, latest: date.earliest).moved(relation)
        case "after": return DayBounds(earliest: date.latest, latest: date.latest).moved(relation)
        default:
            starts.append(date.earliest)
            return DayBounds(earliest: date.latest, latest: date.latest)
        }
    }

    func state(on day: EDTFDay) -> CommitmentStanding.State {
        guard let bounds else { return .pending }
        if begins { return bounds.earliest.map { day >= $0 } ?? true ? .due : .pending }
        if let latest = bounds.latest, day > latest { return .overdue }
        let open: CommitmentStanding.State = starts.contains { $0.map { $0 <= day } ?? true } ? .due : .pending
        guard let earliest = bounds.earliest else { return bounds.latest == nil || open == .due ? open : .possiblyOverdue }
        return day < earliest ? open : day == earliest ? .due : .possiblyOverdue
    }
}

extension DayBounds {
    /// The days on which something ends, or begins, that is to be before or after.
    fileprivate func moved(_ relation: String?) -> DayBounds { adding(days: relation == "before" ? -1 : relation == "after" ? 1 : 0) }
}

extension Value {
    /// The value with the item that stands for its doubles wherever it names one.
    fileprivate func naming(_ same: (ItemID) -> ItemID) -> Value {
        switch self {
        case .string(let text): ItemID(text).map { .string(same($0).raw) } ?? self
        case .array(let values): .array(values.map { $0.naming(same) })
        case .members(let members): .object(members.map { ($0.key, $0.value.naming(same)) })
        default: self
        }
    }
}
