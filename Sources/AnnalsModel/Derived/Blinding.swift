/// What a coder is not shown of an item that he has yet to judge: others' judgments of it, and what curators settled on by them.
///
/// How far coders agree says something about the coding only where they judged without looking at each other: Krippendorff, Content Analysis,
/// chapter "Reliability".
public struct Blinding: Sendable {
    /// The coder.
    public let reader: Name
    private let vocabulary: Vocabulary
    /// Fields of any kind that may be hidden.
    private let names: Set<Value>

    /// What this coder is not shown.
    public init(reader: Name, _ vocabulary: Vocabulary) {
        self.reader = reader
        self.vocabulary = vocabulary
        names = Set(vocabulary.kinds.flatMap { kind in kind.fields.filter { Self.isJudgment($0, of: kind) }.map { .string($0.name) } })
    }

    /// Stands where a change says what is not shown.
    public static let hidden = Value.object([("hidden", "until you have handed in your own")])

    /// Whether a field holds judgments, or what curators settle on by them.
    private static func isJudgment(_ field: FieldRule, of kind: KindRule) -> Bool {
        field.merge == .perCoder || field.role > .analyst && kind.fields.contains { $0.merge == .perCoder }
    }

    /// Whether a field of some items of a kind may be hidden.
    public func mayHide(_ name: String, of kind: String) -> Bool {
        guard let kind = vocabulary.kind(kind), let field = kind.field(name) else { return false }
        return Self.isJudgment(field, of: kind)
    }

    /// Whether a field of an item says what the coder is not to see: others' judgments until his own is handed in, and what curators settle on by
    /// them until one of his is.
    ///
    /// - Parameter judged: the item as it stands where it is seen what the coder has judged; nil for one that is not there, which he has not.
    public func hides(_ name: String, of kind: String, judged: Entity?) -> Bool {
        guard mayHide(name, of: kind) else { return false }
        guard let judged else { return true }
        let fields = vocabulary.kind(kind)?.fields.filter { $0.merge == .perCoder } ?? []
        return !(fields.first { sameBytes($0.name, name) }.map { [$0] } ?? fields).contains { judged.hasHandedIn($0, by: reader) }
    }

    // MARK: Covering

    /// The item without what the coder is not to see.
    ///
    /// - Parameters:
    ///   - judged: the same item where it is seen whether the coder has judged it.
    ///   - item: any other item there.
    public func covering(_ entity: Entity, judged: Entity?, item: (ItemID) throws -> Entity?) rethrows -> Entity {
        var covered = entity
        if entity.cells.keys.contains(where: { mayHide($0.field, of: entity.kind) }) {
            covered.cells = entity.cells.filter { key, _ in
                key.author == reader || !hides(key.field, of: entity.kind, judged: judged)
            }
        }
        guard entity.kind == "citation", let about = entity.elements["about"] else { return covered }
        covered.elements["about"] = try about.map { element in
            var element = element
            element.value = try covering(about: element.value, by: element.stamp.author, item)
            return element
        }
        return covered
    }

    /// Somebody's change with ``hidden`` in the place of what the coder is not to see; its reason goes with it, for that tells too, also where a
    /// judgment was only taken back.
    ///
    /// - Parameter item: an item where it is seen whether the coder has judged it.
    public func covering(_ change: Change, by author: Name, item: (ItemID) throws -> Entity?) rethrows -> Change {
        if author == reader { return change }
        var covered = change
        var hidesAny = false
        for (index, operation) in change.operations.enumerated() {
            func cover(_ name: String, _ value: Value) throws -> Value {
                guard try isHidden(name, operation, change.entity(ofOperation: index + 1), item) else { return value }
                hidesAny = true
                return value.isNull ? value : Self.hidden
            }
            let action: ChangeOperation.Action? =
                switch operation.action {
                case .create(let id, let fields): .create(id: id, fields: try fields.map { .init($0.key, try cover($0.key, $0.value)) })
                case .code(let on, let field, let value): .code(on: on, field: field, value: try cover(field, value))
                case .set(let on, let field, let value): .set(on: on, field: field, value: try cover(field, value))
                case .resolve(let on, let field, let value, let closes):
                    .resolve(on: on, field: field, value: try cover(field, value), closes: closes)
                case .add(let on, "about", let value) where operation.kind == "citation":
                    .add(on: on, field: "about", value: try covering(about: value, by: author, item))
                default: nil
                }
            if let action { covered.operations[index].action = action }
        }
        if hidesAny || covered.operations != change.operations { covered.why = nil }
        return covered
    }

    private func isHidden(
        _ name: String, _ operation: ChangeOperation, _ id: ItemID, _ item: (ItemID) throws -> Entity?
    ) rethrows -> Bool {
        // What codes a field that this vocabulary does not know is a judgment too.
        if case .code = operation.action, vocabulary.field(name, of: operation.kind) == nil { return true }
        guard mayHide(name, of: operation.kind) else { return false }
        return hides(name, of: operation.kind, judged: try item(id))
    }

    /// What a citation says of a hidden field, without the value that it cites.
    private func covering(about: Value, by author: Name, _ item: (ItemID) throws -> Entity?) rethrows -> Value {
        guard author != reader, let field = about["field"], names.contains(field), about["value"] != nil,
            let name = field.string, let id = about["item"]?.string.flatMap({ ItemID($0) })
        else { return about }
        let judged = try item(id)
        if let judged, !hides(name, of: judged.kind, judged: judged) { return about }
        return .object((about.object ?? []).filter { !sameBytes($0.key, "value") }.map { ($0.key, $0.value) })
    }
}
