/// What a coder is not shown of an item that he has yet to judge: others' judgments of it, and what curators settled on by them.
///
/// How far coders agree says something about the coding only where they judged without looking at each other: Krippendorff, Content Analysis,
/// chapter "Reliability".
public struct Blinding: Sendable, Hashable {
    /// The coder.
    public let reader: Name

    /// What this coder is not shown.
    public init(reader: Name) { self.reader = reader }

    /// Stands where a change says what is not shown.
    public static let hidden = Value.object([("hidden", "until you have judged it")])

    /// Whether a field of an item says what the coder is not to see.
    public func hides(_ field: FieldRule, of entity: Entity, _ vocabulary: Vocabulary) -> Bool {
        func isJudged(_ name: String) -> Bool { entity.codings(name).contains { $0.author == reader } }
        if field.merge == .perCoder { return !isJudged(field.name) }
        guard field.role > .analyst else { return false }
        let judged = vocabulary.kind(entity.kind)?.fields.filter { $0.merge == .perCoder } ?? []
        return !judged.isEmpty && !judged.contains { isJudged($0.name) }
    }

    /// The item without what the coder is not to see.
    public func covering(_ entity: Entity, _ vocabulary: Vocabulary) -> Entity {
        let hidden = (vocabulary.kind(entity.kind)?.fields ?? []).filter { hides($0, of: entity, vocabulary) }.map(\.name)
        if hidden.isEmpty { return entity }
        var covered = entity
        covered.cells = entity.cells.filter { key, _ in key.author == reader || !hidden.contains { sameBytes($0, key.field) } }
        return covered
    }

    /// Somebody's change with ``hidden`` in the place of what the coder is not to see; its reason goes with it, for that tells too.
    ///
    /// - Parameter item: an item as the coder's view has it.
    public func covering(
        _ change: Change, by author: Name, _ vocabulary: Vocabulary, item: (ItemID) throws -> Entity?
    ) rethrows -> Change {
        if author == reader { return change }
        var covered = change
        for (index, operation) in change.operations.enumerated() {
            func isHidden(_ name: String) throws -> Bool {
                guard let field = vocabulary.field(name, of: operation.kind), field.merge == .perCoder || field.role > .analyst,
                    let entity = try item(change.entity(ofOperation: index + 1))
                else { return false }
                return hides(field, of: entity, vocabulary)
            }
            switch operation.action {
            case .create(let id, let fields):
                let shown = try fields.map { Value.Member($0.key, try isHidden($0.key) ? Self.hidden : $0.value) }
                covered.operations[index].action = .create(id: id, fields: shown)
            case .code(let on, let field, let value) where try !value.isNull && isHidden(field):
                covered.operations[index].action = .code(on: on, field: field, value: Self.hidden)
            case .set(let on, let field, let value) where try !value.isNull && isHidden(field):
                covered.operations[index].action = .set(on: on, field: field, value: Self.hidden)
            case .resolve(let on, let field, _, let closes) where try isHidden(field):
                covered.operations[index].action = .resolve(on: on, field: field, value: Self.hidden, closes: closes)
            default: break
            }
        }
        if covered.operations != change.operations { covered.why = nil }
        return covered
    }
}
