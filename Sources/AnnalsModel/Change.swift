/// What a person did, in one act on one replica: one or more operations with a reason, accepted or refused as a whole.
public struct Change: Sendable, Hashable {
    public var id: ChangeID
    /// The replica's counter in this workspace: 1, 2, 3 … with no gaps.
    public var n: Int64
    /// The hash of the replica's previous change, accepted or refused; nil for the first.
    public var prev: ShortHash?
    /// What was on the screen when editing began.
    public var base: Base
    /// The author's clock: *written*. It decides nothing.
    public var at: Instant
    /// The reason: the answer to "why".
    public var why: String?
    /// The change whose inverse this is.
    public var undoes: ChangeID?
    public var operations: [ChangeOperation]

    public init(
        id: ChangeID, n: Int64, prev: ShortHash?, base: Base, at: Instant, why: String? = nil, undoes: ChangeID? = nil,
        operations: [ChangeOperation]
    ) {
        self.id = id
        self.n = n
        self.prev = prev
        self.base = base
        self.at = at
        self.why = why
        self.undoes = undoes
        self.operations = operations
    }
}

/// A point of the log that a person had on the screen: a seq, and the start of H(seq) so that another branch is told apart.
public struct Base: Sendable, Hashable {
    public var seq: Int64
    /// nil before any contact with a server.
    public var hash: ShortHash?

    public init(seq: Int64, hash: ShortHash?) {
        self.seq = seq
        self.hash = hash
    }
}

/// One operation of a change. `kind` stands in each, so that role and merge class can be checked without any state.
public struct ChangeOperation: Sendable, Hashable {
    public var kind: String
    public var action: Action

    public init(_ kind: String, _ action: Action) {
        self.kind = kind
        self.action = action
    }

    public enum Action: Sendable, Hashable {
        /// Makes an entity; only a document brings its own id, `sha256:` of its text.
        case create(id: ItemID?, fields: [Value.Member])
        /// Writes a field of class latest or contested; null clears it.
        case set(on: ItemID, field: String, value: Value)
        /// Writes the author's own cell of a field of class per coder; null clears it.
        case code(on: ItemID, field: String, value: Value)
        /// Adds an element to a field of class set; the element's id is the operation's.
        case add(on: ItemID, field: String, value: Value)
        /// Removes elements that the author saw.
        case remove(on: ItemID, field: String, elements: [ItemID])
        /// Appends an element to a field of class append.
        case append(on: ItemID, field: String, value: Value)
        /// Retracts elements of a field of class append.
        case retractElements(on: ItemID, field: String, elements: [ItemID])
        case retract(on: ItemID)
        case restore(on: ItemID)
        /// Supersedes exactly `closes`, all seen; other heads stay.
        case resolve(on: ItemID, field: String, value: Value, closes: [ItemID])
    }

    /// The name of the operation as the protocol spells it.
    public var name: String {
        switch action {
        case .create: "create"
        case .set: "set"
        case .code: "code"
        case .add: "add"
        case .remove: "remove"
        case .append: "append"
        case .retractElements, .retract: "retract"
        case .restore: "restore"
        case .resolve: "resolve"
        }
    }

    /// The entity that it is about; nil for a create that is named by its operation.
    public var target: ItemID? {
        switch action {
        case .create(let id, _): id
        case .set(let on, _, _), .code(let on, _, _), .add(let on, _, _), .remove(let on, _, _), .append(let on, _, _),
            .retractElements(let on, _, _), .retract(let on), .restore(let on), .resolve(let on, _, _, _):
            on
        }
    }

    /// The field that it is about; nil for operations on the whole entity.
    public var field: String? {
        switch action {
        case .set(_, let field, _), .code(_, let field, _), .add(_, let field, _), .remove(_, let field, _),
            .append(_, let field, _), .retractElements(_, let field, _), .resolve(_, let field, _, _):
            field
        case .create, .retract, .restore: nil
        }
    }
}

extension Change {
    /// The entity that operation `index` (from 1) is about: its target, or for a create the operation's own id.
    public func entity(ofOperation index: Int) -> ItemID {
        operations[index - 1].target ?? ItemID(id, index)
    }

    /// Every entity that the change is about, each once, in order of first mention.
    public var entities: [ItemID] {
        var seen: Set<ItemID> = []
        return operations.indices.map { entity(ofOperation: $0 + 1) }.filter { seen.insert($0).inserted }
    }
}
