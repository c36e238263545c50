public import AnnalsModel
internal import AnnalsWire

/// What one change does, put together in the closure of ``Replica/record(from:reason:undoes:_:)``: one closure is one change.
///
/// Every call checks what it is about in the view that the closure edits, and says at once what does not fit.
public final class Edit {
    /// What was on the screen.
    public let view: View
    /// The same, with what a blind coder is not shown: what does not fit must not fit for him either.
    let whole: View
    /// Where the items are that an import has made since.
    var since: View?
    /// Whether it puts back what was said before, which was right then.
    private let isUndo: Bool
    /// The change's id, from which the ids of what it makes follow.
    public let change: ChangeID

    /// What it has put together so far.
    public private(set) var operations: [ChangeOperation] = []
    /// Entities that this change makes, with their kinds.
    private(set) var made: [(id: ItemID, kind: String)] = []
    /// Entities that this change restores, so that it may go on with them.
    private var restored: Set<ItemID> = []
    /// Locked items that this change opens, so that it may go on with them.
    private var opened: Set<ItemID> = []
    /// Cells whose conflict this change closes, so that it may go on writing them.
    private var resolved: Set<[String]> = []
    /// The codes of the codebooks that were looked at.
    var codebooks: [ItemID: Set<Value>] = [:]
    /// Elements that this change adds.
    private var added: [(on: ItemID, field: String, id: ItemID, value: Value)] = []

    init(view: View, change: ChangeID, isUndo: Bool = false) {
        self.view = view
        self.isUndo = isUndo
        whole = view.whole
        self.change = change
    }

    private var vocabulary: Vocabulary { whole.vocabulary }

    func entity(_ id: ItemID) throws -> Entity? { try whole.entity(id) ?? since?.entity(id) }

    // MARK: Creating

    /// Makes an entity. Sets and appended fields given here are added one by one: a list gives each of its values; a field of
    /// class per coder becomes the author's judgment.
    ///
    /// - Returns: its id; of a document, the one that its text has everywhere.
    @discardableResult
    public func create(_ kind: String, fields: [(String, Value)] = []) throws -> ItemID {
        guard let rule = vocabulary.kind(kind) else { throw AnnalsError.unknownKind(kind, vocabulary) }
        var created: [(String, Value)] = []
        var rest: [(FieldRule, Value)] = []
        for (name, value) in fields where !value.isNull {
            let field = try self.field(name, rule)
            try checkNamed(value, field, rule.name, nil)
            switch field.merge {
            case .immutable, .latest, .contested: created.append((name, value))
            case .set, .append, .perCoder: rest.append((field, value))
            }
        }
        let id: ItemID
        if rule.namedByText {
            guard let text = created.first(where: { sameBytes($0.0, "text") })?.1.string else {
                throw AnnalsError(.invalid, "\(kind.withArticle) needs its text")
            }
            id = ItemID(document: sha256(text))
        } else {
            id = ItemID(change, operations.count + 1)
        }
        let sorted = Value.object(created).object ?? []
        operations.append(ChangeOperation(kind, .create(id: rule.namedByText ? id : nil, fields: sorted)))
        made.append((id, kind))
        for (field, value) in rest {
            for value in field.merge == .perCoder ? [value] : value.array ?? [value] {
                try write(id, field.name, value)
            }
        }
        return id
    }

    // MARK: Writing

    /// Writes a field by the operation that its class wants: `set`, `code`, `add` or `append`.
    @discardableResult
    public func write(_ id: ItemID, _ field: String, _ value: Value) throws -> ItemID {
        let target = try target(id)
        switch try self.field(field, target.rule).merge {
        case .immutable:
            throw AnnalsError(
                .invalid, "\(target.rule.name).\(field) is said once, at creation",
                wayOut: "Retract the \(target.rule.name) and make another one.")
        case .latest, .contested: return try set(id, field, value)
        case .perCoder: return try code(id, field, value)
        case .set: return try add(id, field, value)
        case .append: return try append(id, field, value)
        }
    }

    /// Writes a field of class latest or contested; null clears it.
    ///
    /// - Throws: ``AnnalsError`` `conflict` where the field is in conflict in the view: only `resolve` closes it.
    @discardableResult
    public func set(_ id: ItemID, _ field: String, _ value: Value) throws -> ItemID {
        try plain(id, field, value, [.latest, .contested], author: nil) { .set(on: id, field: $0, value: $1) }
    }

    /// Writes the author's own judgment in a field of class per coder; null takes it back.
    @discardableResult
    public func code(_ id: ItemID, _ field: String, _ value: Value) throws -> ItemID {
        try plain(id, field, value, [.perCoder], author: whole.source.author) { .code(on: id, field: $0, value: $1) }
    }

    /// Adds an element to a set.
    ///
    /// - Returns: the element's id.
    @discardableResult
    public func add(_ id: ItemID, _ field: String, _ value: Value) throws -> ItemID {
        try plain(id, field, value, [.set], author: nil) { .add(on: id, field: $0, value: $1) }
    }

    /// Appends an element.
    ///
    /// - Returns: the element's id.
    @discardableResult
    public func append(_ id: ItemID, _ field: String, _ value: Value) throws -> ItemID {
        try plain(id, field, value, [.append], author: nil) { .append(on: id, field: $0, value: $1) }
    }

    private func plain(
        _ id: ItemID, _ field: String, _ value: Value, _ classes: [MergeClass], author: Name?,
        _ action: (String, Value) -> ChangeOperation.Action
    ) throws -> ItemID {
        let target = try target(id)
        let rule = try self.field(field, target.rule)
        guard classes.contains(rule.merge) else {
            throw AnnalsError(
                .invalid, "\(target.rule.name).\(field) is of class \(rule.merge.rawValue)",
                wayOut: rule.merge.operation.map { "Write it with \($0)." } ?? "It is said once, at creation.")
        }
        try checkNamed(value, rule, target.rule.name, target)
        try checkOwner(target, rule.writers, field)
        try checkOpen(target, field, writing: value)
        try checkNoConflict(target, field, author)
        let operation = ItemID(change, operations.count + 1)
        operations.append(ChangeOperation(target.rule.name, action(field, value)))
        if classes == [.set] || classes == [.append] { added.append((id, field, operation, value)) }
        return operation
    }

    // MARK: Taking back

    /// Removes the elements of a set that have one of these values.
    public func remove(_ id: ItemID, _ field: String, values: [Value]) throws {
        let target = try target(id)
        let rule = try self.field(field, target.rule)
        let all = elements(target, rule.name)
        for value in values where !all.contains(where: { $0.value == value }) {
            throw AnnalsError(
                .notFound, "\(shortName(id)).\(field) has no such element", wayOut: "Look at it with `annals show \(shortName(id))`.")
        }
        try remove(id, field, elements: all.filter { values.contains($0.value) }.map(\.id))
    }

    /// Removes elements of a set, or retracts appended ones, by their ids.
    public func remove(_ id: ItemID, _ field: String, elements: [ItemID]) throws {
        let target = try target(id)
        let rule = try self.field(field, target.rule)
        let known = Set(self.elements(target, field).map(\.id))
        guard !elements.isEmpty, elements.allSatisfy(known.contains) else {
            throw AnnalsError(
                .notFound, "\(shortName(id)).\(field) has no such element", wayOut: "Look at it with `annals show \(shortName(id))`.")
        }
        try checkOpen(target, field)
        switch rule.merge {
        case .set: operations.append(ChangeOperation(target.rule.name, .remove(on: id, field: field, elements: elements)))
        case .append:
            operations.append(ChangeOperation(target.rule.name, .retractElements(on: id, field: field, elements: elements)))
        default:
            throw AnnalsError(.invalid, "\(target.rule.name).\(field) has no elements")
        }
    }

    private func elements(_ target: Target, _ field: String) -> [(id: ItemID, value: Value)] {
        let seen = target.entity?.elements[field]?.map { (id: $0.id, value: $0.value) } ?? []
        return seen + added.filter { $0.on == target.id && sameBytes($0.field, field) }.map { (id: $0.id, value: $0.value) }
    }

    /// Says that an entity is not to be there. Nothing is deleted; `restore` brings it back.
    public func retract(_ id: ItemID) throws {
        let target = try target(id)
        try checkOwner(target, target.rule.retractors, Entity.existenceField)
        try checkOpen(target, Entity.existenceField)
        try checkNoConflict(target, Entity.existenceField, nil)
        operations.append(ChangeOperation(target.rule.name, .retract(on: id)))
    }

    /// Brings a retracted entity back.
    public func restore(_ id: ItemID) throws {
        let target = try target(id, retractedToo: true)
        try checkOwner(target, target.rule.retractors, Entity.existenceField)
        try checkOpen(target, Entity.existenceField)
        try checkNoConflict(target, Entity.existenceField, nil)
        operations.append(ChangeOperation(target.rule.name, .restore(on: id)))
        restored.insert(id)
    }

    // MARK: Resolving

    /// Closes a conflict with a value: that of one side, or another. `existence` is a field too: `present` or `retracted`.
    ///
    /// - Throws: ``AnnalsError`` `invalid` where the field is not in conflict in the view.
    public func resolve(_ id: ItemID, _ field: String, value: Value) throws {
        let target = try target(id, retractedToo: true)
        let isExistence = sameBytes(field, Entity.existenceField)
        if !isExistence { try checkNamed(value, self.field(field, target.rule), target.rule.name, target) }
        try checkOwner(target, isExistence ? target.rule.retractors : self.field(field, target.rule).writers, field)
        let heads = try heads(target, field)
        try checkOpen(target, field, writing: value)
        operations.append(
            ChangeOperation(
                target.rule.name, .resolve(on: id, field: field, value: value, closes: heads.map(\.stamp.id))))
        resolved.insert([id.raw, field])
        if sameBytes(field, Entity.existenceField), value.string == Existence.present.rawValue { restored.insert(id) }
    }

    /// Closes a conflict with the value that someone wrote.
    public func resolve(_ id: ItemID, _ field: String, take author: Name) throws {
        let heads = try heads(try target(id, retractedToo: true), field)
        let theirs = heads.filter { $0.stamp.author == author }
        guard let first = theirs.first else {
            let authors = Set(heads.map(\.stamp.author)).sorted().map(\.raw).joined(separator: ", ")
            throw AnnalsError(
                .notFound, "\(author) has no side in the conflict on \(shortName(id)).\(field)", wayOut: "Sides are of \(authors).")
        }
        guard theirs.allSatisfy({ $0.value == first.value }) else {
            throw AnnalsError(
                .ambiguous, "\(author) has several sides in the conflict on \(shortName(id)).\(field)",
                wayOut: "Name the write itself: " + theirs.map(\.stamp.id.raw).joined(separator: ", ") + ".")
        }
        try resolve(id, field, value: first.value)
    }

    /// Closes a conflict with the value of one of its writes.
    public func resolve(_ id: ItemID, _ field: String, take write: ItemID) throws {
        let heads = try heads(try target(id, retractedToo: true), field)
        guard let head = heads.first(where: { $0.stamp.id == write }) else {
            throw AnnalsError(
                .notFound, "\(write) is no side of the conflict on \(shortName(id)).\(field)",
                wayOut: "Sides are \(heads.map(\.stamp.id.raw).joined(separator: ", ")).")
        }
        try resolve(id, field, value: head.value)
    }

    private func heads(_ target: Target, _ field: String) throws -> [Write] {
        if !sameBytes(field, Entity.existenceField) { _ = try self.field(field, target.rule) }
        let author = target.rule.field(field)?.merge == .perCoder ? whole.source.author : nil
        let conflict = target.entity?.conflicts(vocabulary).first { $0.key == Entity.CellKey(field, author) }
        guard let conflict, !resolved.contains([target.id.raw, field]) else {
            throw AnnalsError(
                .invalid, "\(shortName(target.id)).\(field) is not in conflict", wayOut: "Write it with `annals set`.")
        }
        return conflict.heads
    }

    // MARK: Checking

    /// What a call is about: an entity of the view, or one that this change makes.
    private struct Target {
        var id: ItemID
        var rule: KindRule
        /// nil for one that this change makes and the view does not know.
        var entity: Entity?
    }

    private func target(_ id: ItemID, retractedToo: Bool = false) throws -> Target {
        let entity = try entity(id)
        let own = made.first { $0.id == id }
        guard let kind = entity?.kind ?? own?.kind else {
            throw AnnalsError(.notFound, "there is no item with the id \(id)", wayOut: "Sync, or check the id.")
        }
        guard let rule = vocabulary.kind(kind) else { throw AnnalsError.unknownKind(kind, vocabulary) }
        if let entity, !entity.isPresent, own == nil, !retractedToo, !restored.contains(id) {
            throw AnnalsError(
                .retracted, "\(shortName(id)) is retracted", wayOut: "Bring it back first: `annals restore \(shortName(id))`.")
        }
        return Target(id: id, rule: rule, entity: entity)
    }

    /// Throws where an item's kind has no such field.
    func requireField(_ name: String, of id: ItemID) throws { _ = try field(name, target(id, retractedToo: true).rule) }

    private func field(_ name: String, _ kind: KindRule) throws -> FieldRule {
        guard let rule = kind.field(name) else { throw AnnalsError.unknownField(name, of: kind.name, vocabulary) }
        return rule
    }

    /// From anybody but an item's owner it would have no effect.
    private func checkOwner(_ target: Target, _ writers: Writers, _ field: String) throws {
        guard writers == .owner, let owner = target.entity?.owner, owner != whole.source.author else { return }
        let name = shortName(target.id)
        throw AnnalsError(
            .notOwner, "\(name) is \(owner)'s: nobody else writes its \(field)",
            wayOut: "Say what you think of it: `annals note \(name) …`.")
    }

    /// Of a locked item nothing is written but its state, and what a curator's word says stays until a curator says otherwise. That goes by what
    /// is on the screen: who wrote without having seen a lock writes beside it, and both stand.
    private func checkOpen(_ target: Target, _ field: String, writing value: Value? = nil) throws {
        guard let entity = target.entity else { return }
        let isState = sameBytes(field, Entity.stateField)
        if !isState, !opened.contains(target.id), let lock = entity.locks.first { throw stands(lock, entity) }
        if let word = target.rule.field(field).flatMap({ entity.reservedWord(in: $0, against: value) }),
            try whole.source.store.role() ?? .curator < .curator
        {
            throw stands(word, entity)
        }
        if isState { if value == "locked" { opened.remove(target.id) } else { opened.insert(target.id) } }
    }

    private func stands(_ word: Write, _ entity: Entity) -> AnnalsError {
        let name = shortName(entity.id)
        return AnnalsError(
            .locked, "\(name) is \(word.value.string ?? "") by \(word.stamp.author)",
            wayOut: "A curator opens it: `annals set \(name).\(Entity.stateField) \(entity.locks.isEmpty ? "draft" : "reviewed")`. "
                + "A note says something of it at any time.")
    }

    /// A plain write on a field that is in conflict on the screen would have no effect: a person must resolve it.
    private func checkNoConflict(_ target: Target, _ field: String, _ author: Name?) throws {
        guard let entity = target.entity, !resolved.contains([target.id.raw, field]),
            let conflict = entity.conflicts(vocabulary).first(where: { $0.key == Entity.CellKey(field, author) })
        else { return }
        let authors = Set(conflict.heads.map(\.stamp.author)).sorted().map(\.raw)
        let name = "\(shortName(target.id)).\(field)"
        throw AnnalsError(
            .conflict, "\(name) is in conflict (\(authors.joined(separator: ", ")))",
            wayOut: "Look with `annals conflicts`, then `annals resolve \(name) --take \(authors.first ?? "NAME")`.")
    }

    /// What a value names must be there: items and, in a published codebook, codes; of what was said before only the items.
    private func checkNamed(_ value: Value, _ field: FieldRule, _ kind: String, _ target: Target?) throws {
        try checkReferences(value, field.type, field.name)
        let isSaid = target?.entity?.cells.contains { key, cell in
            sameBytes(key.field, field.name) && (cell.heads + cell.past).contains { $0.value == value }
        }
        if isSaid != true, !isUndo { try checkCodes(field.codes(in: value, of: kind, target?.id.raw), field.name) }
    }

    /// Every entity that a value names must be one that its author can see, and of a kind that belongs there.
    private func checkReferences(_ value: Value, _ type: ValueType, _ path: String) throws {
        switch (type, value) {
        case (.item(let kinds), .string(let text)):
            try checkReference(text, kinds, path)
        case (.itemOrText(let kinds), _):
            if let text = value["item"]?.string { try checkReference(text, kinds, path) }
        case (.list(let element), .array(let values)):
            for value in values { try checkReferences(value, element, path) }
        case (.object(let parts), .members):
            for part in parts {
                if let member = value[part.name] { try checkReferences(member, part.type, "\(path).\(part.name)") }
            }
        default: break
        }
    }

    private func checkReference(_ text: String, _ kinds: [String], _ path: String) throws {
        guard let id = ItemID(text) else {
            throw AnnalsError(.invalid, "\(path) is not the id of an item", wayOut: "Name an item that exists.")
        }
        guard let kind = try made.first(where: { $0.id == id })?.kind ?? entity(id)?.kind else {
            throw AnnalsError(.notFound, "\(path) names an item that is not there", wayOut: "Sync, or check the id.")
        }
        guard kinds.isEmpty || kinds.contains(where: { sameBytes($0, kind) }) else {
            throw AnnalsError(
                .wrongKind, "\(path) names \(kind.withArticle)", wayOut: "It takes one of kind \(kinds.joined(separator: " or ")).")
        }
    }

    func shortName(_ id: ItemID) -> String {
        (try? whole.handle(of: id)) ?? id.raw
    }
}
