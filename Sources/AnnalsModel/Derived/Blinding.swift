/// What a coder is not shown of an item that he has yet to judge: others' judgments of it, and what curators settled on by them.
///
/// How far coders agree says something about the coding only where they judged without looking at each other: Krippendorff, Content Analysis,
/// chapter "Reliability".
public struct Blinding: Sendable {
    /// The coder.
    public let reader: Name
    /// Of each kind that is judged the fields of class per coder, and the names of those that may be hidden.
    private let kinds: [Value: (judged: [FieldRule], hidden: Set<Value>)]
    /// The names of all fields that are never hidden, whatever kind has them.
    private let plain: Set<Value>

    /// What this coder is not shown.
    public init(reader: Name, _ vocabulary: Vocabulary) {
        self.reader = reader
        var kinds: [Value: (judged: [FieldRule], hidden: Set<Value>)] = [:]
        for kind in vocabulary.kinds {
            let judged = kind.fields.filter { $0.merge == .perCoder }
            if judged.isEmpty { continue }
            let hidden = kind.fields.filter { $0.merge == .perCoder || $0.role > .analyst }
            kinds[.string(kind.name)] = (judged, Set(hidden.map { .string($0.name) }))
        }
        self.kinds = kinds
        let hidden = kinds.values.reduce(into: Set<Value>()) { $0.formUnion($1.hidden) }
        plain = Set(vocabulary.kinds.flatMap(\.fields).map { .string($0.name) } + [.string(Entity.existenceField)]).subtracting(hidden)
    }

    /// Stands where a change says what is not shown.
    public static let hidden = Value.object([("hidden", "until you have handed in your own")])

    /// Whether a field of some items of a kind may be hidden.
    public func mayHide(_ name: String, of kind: String) -> Bool { kinds[.string(kind)]?.hidden.contains(.string(name)) ?? false }

    /// Whether a field of an item says what the coder is not to see: others' judgments until his own is handed in, and what curators settle on by
    /// them until one of his is.
    ///
    /// - Parameter judged: the item as it stands where it is seen what the coder has judged; nil for one that is not there, which he has not.
    public func hides(_ name: String, of kind: String, judged: @autoclosure () throws -> Entity?) rethrows -> Bool {
        guard mayHide(name, of: kind) else { return false }
        return try !isOpen(name, of: kind, judged())
    }

    /// Whether somebody else's judgment is one that the coder is not to see; so is one in a field that the vocabulary does not know.
    public func hides(_ cell: Entity.CellKey, of kind: String, judged: @autoclosure () throws -> Entity?) rethrows -> Bool {
        guard let author = cell.author else { return try hides(cell.field, of: kind, judged: judged()) }
        return try author != reader && !isOpen(cell.field, of: kind, judged())
    }

    private func isOpen(_ name: String, of kind: String, _ judged: Entity?) -> Bool {
        let fields = kinds[.string(kind)]?.judged ?? []
        let own = fields.filter { sameBytes($0.name, name) }
        return (own.isEmpty ? fields : own).contains { judged?.hasHandedIn($0, by: reader) ?? false }
    }

    // MARK: Covering

    /// The item without what the coder is not to see.
    ///
    /// - Parameter item: any item, this one too, where it is seen what the coder has judged.
    public func covering(_ entity: Entity, item: (ItemID) throws -> Entity?) rethrows -> Entity {
        var covered = entity
        for key in entity.cells.keys where try hides(key, of: entity.kind, judged: item(entity.id)) { covered.cells[key] = nil }
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
        // What codes or settles a field that this vocabulary does not know is a judgment too.
        if isUnknown(name), ["code", "resolve"].contains(operation.name) { return true }
        return try hides(name, of: operation.kind, judged: item(id))
    }

    private func isUnknown(_ name: String) -> Bool {
        !plain.contains(.string(name)) && !kinds.values.contains { $0.hidden.contains(.string(name)) }
    }

    /// What a citation says of a hidden field or a part of it, without the value that it cites.
    private func covering(about: Value, by author: Name, _ item: (ItemID) throws -> Entity?) rethrows -> Value {
        guard author != reader, about["value"] != nil, let path = about["field"]?.string else { return about }
        let name = path.split(separator: ".", maxSplits: 1).first.map(String.init) ?? ""
        if plain.contains(.string(name)) { return about }
        if let judged = try about["item"]?.string.flatMap({ ItemID($0) }).flatMap(item),
            kinds[.string(judged.kind)] == nil || isOpen(name, of: judged.kind, judged)
        {
            return about
        }
        return .object((about.object ?? []).filter { !sameBytes($0.key, "value") }.map { ($0.key, $0.value) })
    }
}
