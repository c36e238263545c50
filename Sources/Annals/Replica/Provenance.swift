public import AnnalsModel

/// Why an item, or one of its fields, says what it says: everything that was said of it, by whom, when and why, and what speaks for and
/// against it.
public struct Provenance: Sendable {
    /// One thing that somebody said.
    public struct Saying: Sendable {
        /// The change that said it.
        public let step: HistoryStep
        /// The operation, which names the write or element.
        public let id: ItemID
        /// The field that it is about; `existence` too.
        public let field: String
        /// What it did: `create`, `set`, `code`, `add`, `append`, `remove`, `retract`, `restore` or `resolve`.
        public let verb: String
        /// nil where it took something back.
        public let value: Value?
        /// What it took out: elements.
        public let removed: [Value]
        /// What became of it, as the record stands.
        public internal(set) var standing: Standing
    }

    /// What became of it.
    public enum Standing: Sendable, Hashable {
        /// It is what shows.
        case shown
        /// One of the values in conflict.
        case side
        /// It met another value that nobody had seen, which shows in its place.
        case overwritten
        /// Somebody who saw it said something else.
        case superseded
        /// It took something back.
        case done
        /// It had no effect.
        case ignored(Ignored.Reason)
    }

    /// As the record stands at the point that was asked for.
    public let item: Entity
    /// nil for all fields.
    public let field: String?
    /// In the order of the record.
    public let sayings: [Saying]
    /// The passages that speak of it, each with what it says.
    public let evidence: [(citation: Entity, about: Value)]
    /// From how many distinct sources these passages come.
    public let corroboration: Corroboration
    /// Remarks on the item, and answers to them.
    public let notes: [Entity]
    /// How far people believe the item.
    public let assessments: [Entity]
}

extension Replica {
    /// Why an item says what it says.
    ///
    ///     let why = try replica.provenance(of: event, field: "when")
    ///
    /// - Parameters:
    ///   - field: one field, or `existence`; all where it is nil.
    ///   - point: as the record stood then; nil for now, pending changes included.
    ///   - reader: a coder who is not to see others' judgments before having handed in their own (``View/blind(for:)``).
    /// - Throws: ``AnnalsError`` `notFound` for an item that is not there, `usage` for a field that its kind does not have.
    public func provenance(of item: ItemID, field: String? = nil, asOf point: Point? = nil, blindFor reader: Name? = nil) throws
        -> Provenance
    {
        let view = try view(asOf: point, blindFor: reader)
        guard let entity = try view.entity(item) else { throw AnnalsError(.notFound, "there is no item with the id \(item)") }
        if let field, !sameBytes(field, Entity.existenceField), vocabulary.field(field, of: entity.kind) == nil {
            throw AnnalsError.unknownField(field, of: entity.kind, vocabulary)
        }
        // What is hidden is hidden in what is said; where it stands tells nothing.
        var history = ProvenanceReader(try view.whole.entity(item) ?? entity, field, vocabulary)
        try replay(of: item, through: point) { step in
            history.read(try view.covering(step))
            return true
        }
        history.finish()
        var notes = try view.entities(kind: "note", where: .names(item), .equals("target", .string(item.raw)))
        let doubles = try view.doubles()
        var index = 0
        while index < notes.count {
            let answers = try view.entities(kind: "note", where: .names(notes[index].id), .equals("reply-to", .string(notes[index].id.raw)))
            notes += answers.filter { answer in !notes.contains { $0.id == answer.id } }
            index += 1
        }
        return Provenance(
            item: entity, field: field, sayings: history.sayings, evidence: try view.evidence(of: item, field: field, doubles),
            corroboration: try view.corroboration(of: item, field: field, doubles), notes: notes,
            assessments: try view.entities(kind: "assessment", where: .names(item), .equals("target", .string(item.raw))))
    }
}

/// Reads what changes said of an item.
private struct ProvenanceReader {
    private let entity: Entity
    private let only: String?
    private let vocabulary: Vocabulary
    private let conflicts: Set<Entity.CellKey>
    private let overwrites: Set<Entity.CellKey>
    private let ignored: [ItemID: [Ignored]]
    private(set) var sayings: [Provenance.Saying] = []
    /// What elements say, also those that are gone.
    private var elements: [ItemID: Value] = [:]

    init(_ entity: Entity, _ only: String?, _ vocabulary: Vocabulary) {
        (self.entity, self.only, self.vocabulary) = (entity, only, vocabulary)
        conflicts = Set(entity.conflicts(vocabulary).map(\.key))
        overwrites = Set(entity.overwrites(vocabulary).map(\.key))
        ignored = Dictionary(grouping: entity.ignored, by: \.stamp.id)
    }

    mutating func read(_ step: HistoryStep) {
        guard let change = step.change else { return }
        for (index, operation) in change.operations.enumerated() where change.entity(ofOperation: index + 1) == entity.id {
            let id = ItemID(change.id, index + 1)
            func say(_ field: String, _ value: Value?, removed: [Value] = [], _ standing: Provenance.Standing) {
                if let only, !sameBytes(only, field) { return }
                let reason = ignored[id]?.first { sameBytes($0.field, field) || $0.reason == .otherKind }?.reason
                sayings.append(
                    Provenance.Saying(
                        step: step, id: id, field: field, verb: operation.name, value: value.flatMap { $0.isNull ? nil : $0 },
                        removed: removed, standing: reason.map { .ignored($0) } ?? standing))
            }
            switch operation.action {
            case .create(_, let fields):
                for member in fields { say(member.key, member.value, created(member, id)) }
                say(Entity.existenceField, .string(Existence.present.rawValue), standing(Entity.CellKey(Entity.existenceField), id))
            case .set(_, let field, let value), .resolve(_, let field, let value, _):
                let author = vocabulary.field(field, of: entity.kind)?.merge == .perCoder ? step.author : nil
                say(field, value, standing(Entity.CellKey(field, author), id))
            case .code(_, let field, let value):
                say(field, value, standing(Entity.CellKey(field, step.author), id))
            case .add(_, let field, let value), .append(_, let field, let value):
                elements[id] = value
                let isThere = entity.elements[field]?.contains { $0.id == id } ?? false
                say(field, value, isThere ? .shown : .superseded)
            case .remove(_, let field, let ids), .retractElements(_, let field, let ids):
                say(field, nil, removed: ids.compactMap { elements[$0] }, .done)
            case .retract:
                say(Entity.existenceField, .string(Existence.retracted.rawValue), standing(Entity.CellKey(Entity.existenceField), id))
            case .restore:
                say(Entity.existenceField, .string(Existence.present.rawValue), standing(Entity.CellKey(Entity.existenceField), id))
            }
        }
    }

    /// A revision counts as "present" too: then what said so last stands for it.
    mutating func finish() {
        let isContested = conflicts.contains(Entity.CellKey(Entity.existenceField))
        let own = sayings.indices.filter { sameBytes(sayings[$0].field, Entity.existenceField) }
        for head in Set(entity.existence.heads.map(\.value)) {
            let said = own.filter { sayings[$0].value == head }
            if said.contains(where: { [.shown, .side].contains(sayings[$0].standing) }) { continue }
            if let last = said.last { sayings[last].standing = isContested ? .side : .shown }
        }
    }

    private func created(_ member: Value.Member, _ id: ItemID) -> Provenance.Standing {
        guard let value = entity.immutable[member.key] else { return standing(Entity.CellKey(member.key), id) }
        return entity.created?.id == id && value == member.value ? .shown : .ignored(.immutable)
    }

    private func standing(_ key: Entity.CellKey, _ id: ItemID) -> Provenance.Standing {
        let cell = sameBytes(key.field, Entity.existenceField) ? entity.existence : entity.cells[key] ?? Cell()
        guard cell.heads.contains(where: { $0.stamp.id == id }) else { return .superseded }
        if conflicts.contains(key) { return .side }
        return overwrites.contains(key) && cell.latest?.stamp.id != id ? .overwritten : .shown
    }
}
