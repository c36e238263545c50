@testable import AnnalsModel

/// A log that a test writes line by line, folded as it grows. Its fold is shared by what looks like a copy: use ``copy()``.
struct Story {
    private final class Folding {
        var fold: Fold
        init(_ fold: consuming Fold) { self.fold = fold }
    }

    private let folding: Folding
    let vocabulary: Vocabulary
    private(set) var entries: [Entry] = []
    private var last: [Name: (n: Int64, hash: ShortHash)] = [:]
    private var chain: [ShortHash: Lineage.Ancestor] = [:]
    private var count: UInt64 = 0

    init(_ vocabulary: Vocabulary = .test) {
        self.vocabulary = vocabulary
        folding = Folding(Fold(vocabulary: vocabulary))
    }

    /// The same log, to be continued in another way.
    func copy() -> Story {
        var copy = Story(vocabulary)
        for entry in entries {
            copy.entries.append(entry)
            copy.apply(entry)
        }
        (copy.last, copy.count) = (last, count)
        return copy
    }

    var entities: [ItemID: Entity] { folding.fold.entities }

    /// Folds a change that waits.
    func apply(pending change: Change, author: Name, replica: Name, common: Base? = nil) {
        folding.fold.apply(pending: change, author: author, replica: replica, common: common)
    }

    var seq: Int64 { Int64(entries.count) }

    /// Records a change; without a base its author had everything on the screen.
    @discardableResult
    mutating func write(
        _ author: String, on replica: String? = nil, base: Int64? = nil, common: Int64? = nil, continuing: String? = nil,
        id: ChangeID? = nil, _ operations: ChangeOperation...
    ) -> ChangeID {
        write(author, on: replica, base: base, common: common, continuing: continuing, id: id, operations)
    }

    @discardableResult
    mutating func write(
        _ author: String, on replica: String? = nil, base: Int64? = nil, common: Int64? = nil, continuing: String? = nil,
        id: ChangeID? = nil, _ operations: [ChangeOperation]
    ) -> ChangeID {
        let replica = name(replica ?? author)
        let change = Change(
            id: id ?? nextID(), n: (last[replica]?.n ?? 0) + 1,
            prev: last[replica]?.hash ?? continuing.flatMap { last[name($0)]?.hash },
            base: Base(seq: base ?? seq, hash: nil), at: Instant(milliseconds: 0), operations: operations)
        count += 1
        let hash = ShortHash(word: 0x1000 + count)
        last[replica] = (change.n, hash)
        let entry = Entry(
            seq: seq + 1, at: Instant(milliseconds: seq), author: name(author), replica: replica,
            common: common.map { Base(seq: $0, hash: nil) }, body: .change(change, hash: hash))
        entries.append(entry)
        apply(entry)
        return change.id
    }

    private mutating func apply(_ entry: Entry) {
        folding.fold.apply(entry) { [chain] in chain[$0] }
        chain[entry.link.hash] = .init(replica: entry.replica, n: entry.link.n, author: entry.author)
    }

    /// An id that the next change may be given.
    mutating func nextID() -> ChangeID {
        count += 1
        return ChangeID(random: 7, count)
    }

    subscript(item: ItemID) -> Entity {
        folding.fold.entity(item) ?? Entity(id: item, kind: "nothing")
    }

    func handle(_ item: ItemID) -> String? { self[item].handle(vocabulary)?.description }
}

func name(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("\(text) is no name") }
    return name
}

extension ChangeID {
    /// The id of the change's first operation, or another.
    var item: ItemID { ItemID(self, 1) }
    func item(_ index: Int) -> ItemID { ItemID(self, index) }
}

extension Vocabulary {
    /// A small vocabulary with a field of every class.
    static let test = Vocabulary(
        version: 1,
        kinds: [
            KindRule(
                "thing", plural: "things", letter: "t", label: "title", "anything",
                fields: [
                    FieldRule("fixed", .text, .immutable, "said once"),
                    FieldRule("title", .text, .latest, "the last word counts", required: true),
                    FieldRule("when", .text, .contested, "what people disagree about"),
                    FieldRule("view", .text, .perCoder, "each one's own"),
                    FieldRule("marks", .text, .set, "labels"),
                    FieldRule("posts", .text, .append, "what came one after another"),
                ]),
            KindRule(
                "remark", plural: "remarks", letter: "r", label: "text", retractors: .owner, "somebody's own",
                fields: [
                    FieldRule("text", .text, .contested, "the words", writers: .owner),
                    FieldRule("words", .text, .set, "the words one by one", writers: .owner),
                ]),
            KindRule(
                "paper", plural: "papers", letter: "p", label: "title", namedByText: true, "named by its text",
                fields: [
                    FieldRule("text", .text, .immutable, "the text", required: true),
                    FieldRule("title", .text, .latest, "the headline"),
                ]),
        ])
}

/// Operations on things, shortly written.
func create(_ title: String = "a thing", _ more: (String, Value)...) -> ChangeOperation {
    ChangeOperation("thing", .create(id: nil, fields: [.init("title", .string(title))] + more.map { .init($0.0, $0.1) }))
}
func set(_ on: ItemID, _ field: String, _ value: Value, kind: String = "thing") -> ChangeOperation {
    ChangeOperation(kind, .set(on: on, field: field, value: value))
}
func code(_ on: ItemID, _ value: Value) -> ChangeOperation { ChangeOperation("thing", .code(on: on, field: "view", value: value)) }
func add(_ on: ItemID, _ value: Value) -> ChangeOperation { ChangeOperation("thing", .add(on: on, field: "marks", value: value)) }
func remove(_ on: ItemID, _ elements: ItemID...) -> ChangeOperation {
    ChangeOperation("thing", .remove(on: on, field: "marks", elements: elements))
}
func append(_ on: ItemID, _ value: Value) -> ChangeOperation {
    ChangeOperation("thing", .append(on: on, field: "posts", value: value))
}
func retractElements(_ on: ItemID, _ elements: ItemID...) -> ChangeOperation {
    ChangeOperation("thing", .retractElements(on: on, field: "posts", elements: elements))
}
func retract(_ on: ItemID, kind: String = "thing") -> ChangeOperation { ChangeOperation(kind, .retract(on: on)) }
func restore(_ on: ItemID) -> ChangeOperation { ChangeOperation("thing", .restore(on: on)) }
func resolve(_ on: ItemID, _ field: String, _ value: Value, closes: ItemID...) -> ChangeOperation {
    ChangeOperation("thing", .resolve(on: on, field: field, value: value, closes: closes))
}

extension Entity {
    func heads(_ field: String, _ author: String? = nil) -> [Value] {
        (cells[CellKey(field, author.map(name))]?.heads ?? []).map(\.value)
    }

    func conflictFields(_ vocabulary: Vocabulary = .test) -> [String] { conflicts(vocabulary).map(\.key.field) }
    func overwrittenFields(_ vocabulary: Vocabulary = .test) -> [String] { overwrites(vocabulary).map(\.key.field) }
    func values(_ field: String, _ vocabulary: Vocabulary = .test) -> [Value] { shownElements(field, vocabulary).map(\.value) }
}
