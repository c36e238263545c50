import AnnalsModel
import AnnalsWire

import Testing

@testable import Annals

/// Random but legal work on every kind and field of the vocabulary, by the table itself.
struct RandomVocabularyWork {
    var dice: Dice
    private var count = 0

    init(_ seed: UInt64) { dice = Dice(seed) }

    private mutating func pick<T>(_ from: some Collection<T>) -> T? { from.randomElement(using: &dice) }
    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &dice) == 0 }

    /// One change of one to three acts, from what the replica shows.
    mutating func step(_ replica: Replica) throws {
        let view = try replica.view()
        do {
            var copy = self
            _ = try replica.record(from: view, reason: copy.chance(3) ? "as it was read" : nil) { edit in
                for _ in 0...Int.random(in: 0...2, using: &copy.dice) { try copy.act(edit, view) }
            }
            self = copy
        } catch let error as AnnalsError {
            // The same choice is not made again: the dice go on.
            _ = dice.next()
            let expected: [AnnalsError.Code] = [.conflict, .retracted, .notFound, .invalid, .locked, .notOwner]
            if !expected.contains(error.code) { throw error }
        }
    }

    private mutating func act(_ edit: Edit, _ view: View) throws {
        let kinds = view.vocabulary.kinds
        guard let kind = pick(kinds) else { return }
        guard !chance(5), let item = pick(try view.entities(kind: kind.name, retracted: true)) else { return try create(kind, edit, view) }
        let conflicts = view.conflicts(of: item).filter { $0.author == nil || $0.author == view.source.author }
        if let conflict = pick(conflicts), let side = pick(conflict.sides) {
            return try edit.resolve(item.id, conflict.field, take: side.stamp.id)
        }
        if chance(12) { return try item.isPresent ? edit.retract(item.id) : edit.restore(item.id) }
        guard let field = pick(kind.fields.filter { $0.merge != .immutable }) else { return }
        if field.merge == .set || field.merge == .append, chance(4), let element = pick(item.elements[field.name] ?? []) {
            return try edit.remove(item.id, field.name, elements: [element.id])
        }
        let isCleared = field.merge != .set && field.merge != .append && chance(8)
        guard let value = isCleared ? .null : try sample(field.type, view) else { return }
        try edit.write(item.id, field.name, value)
    }

    private mutating func create(_ kind: KindRule, _ edit: Edit, _ view: View) throws {
        var fields: [(String, Value)] = []
        // Two of one kind, which by chance alone would hardly ever be said to be the same.
        if kind.name == "relation", chance(2), let own = pick(view.vocabulary.kinds)?.name,
            let one = pick(try view.entities(kind: own)), let other = pick(try view.entities(kind: own))
        {
            fields = [("from", .string(one.id.raw)), ("type", "same_as"), ("to", .string(other.id.raw))]
            return try { _ = try edit.create(kind.name, fields: fields) }()
        }
        for field in kind.fields where field.name != "key" && (field.required || chance(2)) {
            if let value = try sample(field.type, view) {
                let isMany = field.merge == .set || field.merge == .append
                fields.append((field.name, isMany ? .array([value]) : value))
            } else if field.required {
                return
            }
        }
        try edit.create(kind.name, fields: fields)
    }

    /// A value that fits the type; nil where it would have to name something that is not there.
    private mutating func sample(_ type: ValueType, _ view: View) throws -> Value? {
        count += 1
        switch type {
        case .text: return .string(pick(Self.texts) ?? "")
        case .line: return .string("words \(count % 7)")
        case .token: return .string(pick(["diplomatic", "ministry", "AZE", "visit"]) ?? "")
        case .date: return .string(pick(["2025-08-07", "[2025-08-07..2025-08-08]", "2025-08", "2025-08-07/..", "2026?", "202X"]) ?? "")
        case .choice(let words): return pick(words).map { .string($0) }
        case .integer(let range): return .integer(.random(in: range.lowerBound...min(range.upperBound, range.lowerBound + 9), using: &dice))
        case .decimal: return .string(pick(["1.5", "-2", "0"]) ?? "")
        case .duration: return .string(pick(["P6M", "P10D"]) ?? "")
        case .item(let kinds): return try item(kinds, view).map { .string($0.raw) }
        case .itemOrText(let kinds):
            if chance(2) { return .object([("text", .string("as reported \(count % 3)"))]) }
            return try item(kinds, view).map { .object([("item", .string($0.raw))]) }
        case .list(let element): return try sample(element, view).map { .array([$0]) }
        case .object(let parts):
            var members: [(String, Value)] = []
            for part in parts where part.required || chance(2) {
                if let value = try sample(part.type, view) {
                    members.append((part.name, value))
                } else if part.required {
                    return nil
                }
            }
            return .object(members)
        }
    }

    private mutating func item(_ kinds: [String], _ view: View) throws -> ItemID? {
        guard let kind = pick(kinds.isEmpty ? view.vocabulary.kinds.map(\.name) : kinds) else { return nil }
        return pick(try view.entities(kind: kind))?.id
    }

    /// Texts that are versions of each other, so that quotes of one can be looked for in another.
    private static let texts = (0..<6).map { number in
        "The ministers met on August \(number + 3). They initialed the draft. Paragraph \(number % 2) follows; nothing else was said."
    }
}

/// Everything that is derived from a record, in lines: two views that show the same answer the same.
func derivedAnswers(_ view: View) throws -> [String] {
    var lines: [String] = []
    func say(_ what: String, _ answers: Any...) { lines.append(what + ": " + answers.map { "\($0)" }.joined(separator: " | ")) }
    let vocabulary = view.vocabulary
    let days = try ["2025-08-07", "2026-02-08"].map { try #require(DayBounds($0)?.earliest) }
    for day in days {
        for line in try view.ledger(on: day) {
            let standing = line.standing
            let conditions = standing.conditions.map { "\($0.value) \($0.isMet) \($0.isVain)" }
            say(
                "due \(day) \(line.commitment.id)", standing.state, standing.deadline as Any, standing.isDisputed, standing.anchors,
                conditions)
            say("by", standing.fulfilment, standing.acceptedBy, standing.notAcceptedBy, line.evidence.map(\.id))
        }
        for (instrument, history) in try view.instruments() {
            let steps = history.steps.map { "\($0.status) \($0.bounds) \($0.holds) \($0.stamp.id)" }
            say("status \(day) \(instrument.id)", history.current(on: day)?.status as Any, steps)
        }
    }
    for kind in vocabulary.kinds {
        for field in kind.fields where field.merge == .perCoder {
            let agreement = try view.agreement(on: field.name, of: kind.name)
            say("agreement \(kind.name).\(field.name)", agreement.units, agreement.pairs, agreement.agreedPairs, agreement.alpha as Any)
            say("kappa", agreement.byPair.map { "\($0.first) \($0.second) \($0.kappa as Any)" })
        }
        for item in try view.entities(kind: kind.name) {
            let voices = try view.corroboration(of: item.id)
            say(
                "voices \(item.id)", voices.supporting.map { "\($0.source) \($0.citations)" },
                voices.contradicting.map { "\($0.source) \($0.citations)" })
            say("same", try view.same(as: item.id), view.label(of: item) as Any, try view.handle(of: item.id))
            if kind.name == "document", item.shown("previous") != nil {
                say("anchors", try view.anchors(in: item.id).map { "\($0.citation.id) \($0.anchor) \($0.confirmed as Any)" })
            }
        }
    }
    for conflict in try view.conflicts() { say("conflict \(conflict.handle).\(conflict.field)", conflict.sides.map(\.value)) }
    for notice in try view.notices() { say("notice \(notice.handle).\(notice.field)", notice.stamp.id, notice.outcome) }
    return lines
}
