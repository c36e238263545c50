import Annals
import AnnalsModel
import Synchronization

/// An open replica as a verb works with it: the view on the screen, handles, words in and words out.
struct Desk {
    let replica: Replica
    let view: View
    let console: Console
    let isJSON: Bool
    /// The coder who is not to see what others judge before having handed in their own; nil where all shows.
    let blindFor: Name?
    /// The point that is looked back at; nil for now.
    private let point: Point?
    private let names = Found<ItemID, String>()
    private let reasons = Found<Int64, String?>()

    /// The replica around the folder that the flags name, as it is now.
    init(_ place: PlaceOptions, _ blind: BlindOptions? = nil) throws {
        try self.init(place, asOf: nil, isBlind: blind?.blind ?? false)
    }

    /// The replica as it was at a point of the log.
    init(_ place: PlaceOptions, _ look: LookOptions) throws {
        try self.init(place, asOf: look.point(), isBlind: look.blind.blind)
    }

    private init(_ place: PlaceOptions, asOf point: Point?, isBlind: Bool) throws {
        replica = try place.open()
        blindFor = BlindOptions.reader(of: replica, isAsked: isBlind)
        self.point = point
        view = try replica.view(asOf: point, blindFor: blindFor)
        console = place.console
        isJSON = place.json
    }

    private init(_ desk: Desk, view: View) {
        replica = desk.replica
        self.view = view
        console = desk.console
        isJSON = desk.isJSON
        (blindFor, point) = (desk.blindFor, nil)
    }

    /// The same replica as it is now.
    func refreshed() throws -> Desk { Desk(self, view: try replica.view(asOf: nil, blindFor: blindFor)) }

    var vocabulary: Vocabulary { view.vocabulary }

    /// The same replica as somebody else sees it, or saw it then.
    func looking(at view: View) -> Desk { Desk(self, view: view) }

    static func point(_ word: String, byWritten: Bool = false, at place: String = "--as-of") throws -> Point {
        switch PointWords(word, instant: LocalClock.instant) {
        case .entry(let seq):
            if byWritten { throw CommandFailure.usage("an entry is no time", at: "--by-written", do: "give a time, or leave it out") }
            return .seq(seq)
        case .received(let instant): return byWritten ? .written(instant) : .received(instant)
        case nil: throw CommandFailure.usage("this is no point of the log", at: place, do: "give " + PointWords.expectation)
        }
    }

    // MARK: Words out

    /// How people call an item; its id where the view does not know it.
    func name(_ id: ItemID) -> String { names.found(id) { (try? view.handle(of: id)) ?? id.raw } }

    /// What stands for an item in a list; empty where the view does not have it.
    func label(_ id: ItemID) throws -> String { try view.entity(id).map(entityText.label) ?? "" }

    var values: ValueText { ValueText(name: name) }
    var entityText: EntityText {
        EntityText(
            vocabulary: vocabulary, values: values, time: LocalClock.text, reason: reason, hiddenCounts: view.hiddenCounts)
    }
    var entityJSON: EntityJSON { EntityJSON(vocabulary: vocabulary, name: name, reason: reason, hiddenCounts: view.hiddenCounts) }
    var changeText: ChangeText { ChangeText(vocabulary: vocabulary, values: values) }
    var changeJSON: ChangeJSON { ChangeJSON(name: name) }

    /// What was on the screen: to be given as `--seen` by who records from it later.
    func sayAsOf() {
        if !isJSON { console.remark(Console.isTerminalError ? Console.paint(asOf, .faint) : asOf) }
    }

    var asOf: String {
        let entry = "entry \(view.base.seq)"
        return switch point {
        case .received(let instant): "as of \(entry), the last that the server had received by \(LocalClock.text(instant))"
        case .written(let instant): "as of \(LocalClock.text(instant)) by the authors' clocks, in the entries up to \(view.base.seq)"
        case .seq, nil: "as of \(entry)"
        }
    }

    /// What a write says of itself in its change: why it was made; nil where nothing was said.
    func reason(_ stamp: Stamp) throws -> String? {
        try reasons.found(stamp.seq) { try view.covering(replica.step(of: stamp)).change?.why }
    }

    /// Looks up together why writes were made, for who is to show many.
    func lookUpReasons(_ stamps: [Stamp]) throws {
        for (seq, reason) in try view.reasons(of: stamps) { _ = reasons.found(seq) { reason } }
    }

    // MARK: Words in

    var words: ValueWords {
        ValueWords(item: { word, kinds in try find(word, kinds: kinds).id }, json: JSONLine.value)
    }

    /// The item that a handle or id names.
    func find(_ word: String, kinds: [String] = []) throws -> Entity {
        let entity = try view.find(word)
        guard kinds.isEmpty || kinds.contains(entity.kind) else {
            let expected = kinds.joined(separator: " or ")
            throw CommandFailure("\(word) is of kind \(entity.kind), not \(expected)", at: asOf, do: "see annals list \(kinds[0])")
        }
        return entity
    }

    /// The item that a word names; without a word one that a person picks, and where there is none to ask, an error with candidates.
    func find(_ word: String?, kinds: [String], for verb: String) throws -> Entity {
        if let word { return try find(word, kinds: kinds) }
        let entities = try vocabulary.kinds.map(\.name).filter { kinds.isEmpty || kinds.contains($0) }
            .flatMap { try view.entities(kind: $0) }.filter(\.isPresent)
        let choices = entities.map { Picker.Choice(handle: name($0.id), text: entityText.label($0)) }
        guard !choices.isEmpty else {
            throw CommandFailure("nothing to \(verb) yet", at: replica.directory, do: "record something first: annals import, annals new")
        }
        guard Console.isInteractive else {
            let some = choices.suffix(5).map(\.handle).joined(separator: ", ")
            throw CommandFailure.usage("no handle was given", at: "annals \(verb)", do: "name one, such as \(some); annals list shows all")
        }
        guard let choice = Picker.ask(choices, console) else {
            throw CommandFailure("nothing was chosen", at: "annals \(verb)", do: "name a handle")
        }
        return try view.find(choice.handle)
    }

    /// An item and one of its fields: `e40.when`.
    func field(_ word: String?, for verb: String) throws -> (entity: Entity, kind: KindRule, field: FieldRule) {
        let (entity, name) = try target(word, for: verb)
        guard let kind = vocabulary.kind(entity.kind) else { throw unknownKind(entity) }
        guard let name else {
            throw CommandFailure.usage(
                "a field is missing", at: word ?? "annals \(verb)",
                do: "name one, such as \(self.name(entity.id)).\(kind.label); fields: \(kind.fields.map(\.name).joined(separator: ", "))")
        }
        guard let field = kind.field(name) else {
            throw CommandFailure.usage(
                "\(kind.name) has no field \(name)", at: word, do: "use one of \(kind.fields.map(\.name).joined(separator: ", "))")
        }
        return (entity, kind, field)
    }

    /// An item, and the field behind it where one is named.
    func target(_ word: String?, kinds: [String] = [], for verb: String) throws -> (entity: Entity, field: String?) {
        if let word, word.contains("=") {
            throw CommandFailure.usage("a handle has no =", at: "annals \(verb)", do: "write the value after a space: HANDLE.FIELD VALUE")
        }
        guard let word, ItemID(word) == nil, let dot = word.lastIndex(of: ".") else {
            return (try find(word, kinds: kinds, for: verb), nil)
        }
        let tail = String(word[word.index(after: dot)...])
        // `e40.2` is the second event of entry 40, not a field.
        if tail.utf8.allSatisfy({ (48...57).contains($0) }) { return (try find(word, kinds: kinds), nil) }
        return (try find(String(word[..<dot]), kinds: kinds), tail)
    }

    func unknownKind(_ entity: Entity) -> CommandFailure {
        CommandFailure("this program does not know the kind \(entity.kind)", at: entity.id.raw, do: "upgrade it")
    }
}

/// What a command has already looked up: what it shows names the same things again and again.
private final class Found<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let known = Mutex<[Key: Value]>([:])

    func found(_ key: Key, or find: () throws -> Value) rethrows -> Value {
        if let value = known.withLock({ $0[key] }) { return value }
        let value = try find()
        known.withLock { $0[key] = value }
        return value
    }
}
