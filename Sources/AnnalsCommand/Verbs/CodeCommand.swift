import Annals
import AnnalsModel
import ArgumentParser

struct CodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code", abstract: "Say what kind of event it is: your own judgment beside those of others.",
        discussion: Help.text(
            """
            Each coder has a value of their own; a second one replaces the first, and without a type its parts alone change. It is a draft until it is submitted: --submit, with a type or for what \
            one has said. It stays submitted when it is said anew, unless with --state draft. Who looks with --blind sees others' codings from then on. A \
            curator reviews and locks the event: annals set e40.state locked. Parts are flags: \
            \(parts(.current).map { "--" + $0 }.joined(separator: " ")). Types: \(Codebooks.ploverTypes.joined(separator: " ")).
            """,
            example: """
                annals code e~2 SUPPORT --context diplomatic,territory \\
                  --note "initialed, not signed" --submit
                """))

    @Argument(help: ArgumentHelp("The item; e40.FIELD where its kind has more than one judgment.", valueName: "handle")) var target: String?
    @Argument(help: "The type.") var type: String?
    @Flag(help: "Take your own coding back.") var clear = false
    @Flag(help: "Hand it in; the event's state becomes submitted.") var submit = false
    @OptionGroup var parts: FieldOptions
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        let coded = desk.vocabulary.kinds.filter { $0.fields.contains { $0.merge == .perCoder } }
        let (entity, name) = try desk.target(target, kinds: coded.map(\.name), for: "code")
        guard let kind = desk.vocabulary.kind(entity.kind) else { throw desk.unknownKind(entity) }
        let judged = kind.fields.filter { $0.merge == .perCoder }
        let named = name.map { name in judged.filter { sameBytes($0.name, name) } } ?? judged
        guard named.count == 1, let field = named.first else {
            throw CommandFailure.usage(
                "\(kind.name) has \(judged.count) judgments", at: target ?? "annals code",
                do: "name one of \(judged.map { "HANDLE.\($0.name)" }.joined(separator: ", "))")
        }
        let path = "\(desk.name(entity.id)).\(field.name)"
        if clear {
            guard type == nil, parts.assignments.isEmpty, !submit else {
                throw CommandFailure.usage("--clear takes no type, and hands nothing in", at: path, do: "leave the others out")
            }
            sayState(entity, by: .null, field, desk)
            try desk.record(record, about: path) { try $0.write(.null, to: field, of: entity.id) }
            return
        }
        if submit, !field.hasState { throw CommandFailure.noState(kind, field) }
        let own = entity.judgment(field.name, by: desk.replica.user)
        if own == nil,
            let conflict = desk.view.conflicts(of: entity).first(where: {
                $0.author == desk.replica.user && sameBytes($0.field, field.name)
            })
        {
            throw CommandFailure(
                "your own machines say different things of \(path)", at: "annals code",
                do: "annals resolve \(path) --take \(conflict.sides[0].stamp.id)", .conflict)
        }
        if type == nil, own == nil || !submit && parts.assignments.isEmpty {
            let what = own == nil ? "there is no coding of yours yet" : "nothing is said of it"
            throw CommandFailure.usage(what, at: path, do: "give \(field.type.expectation)")
        }
        var value = try self.value(field, kind, amending: type == nil ? own : nil, desk)
        if type != nil { sayReplaced(own, by: value, field, path, desk) }
        value = submit ? value.submitted : value.following(own)
        sayState(entity, by: value, field, desk)
        let state = submit ? kind.field(Entity.stateField) : nil
        try desk.record(record, about: path) { draft in
            if let state { try handIn(try draft.view.entity(entity.id) ?? entity, state, draft, desk) }
            try draft.write(value, to: field, of: entity.id)
        }
    }

    /// What the words say; parts alone change what was said.
    private func value(_ field: FieldRule, _ kind: KindRule, amending own: Value?, _ desk: Desk) throws -> Value {
        let fieldWords = FieldWords(kind: kind, words: desk.words)
        guard let own, case .object(let members) = field.type, let main = ValueWords.mainPart(members)?.name, let said = own[main] else {
            return try fieldWords.value(of: field, from: (type.map { [$0] } ?? []) + parts.assignments)
        }
        let word = said.string ?? said.integer.map { String($0) } ?? ""
        let new = try fieldWords.value(of: field, from: ["\(main)=\(word)"] + parts.assignments).object ?? []
        let kept = (own.object ?? []).filter { member in !new.contains { sameBytes($0.key, member.key) } }
        return .object((kept + new).map { ($0.key, $0.value) })
    }

    /// The event's state is everybody's: it stays where one takes one's own handing in back.
    private func sayState(_ entity: Entity, by value: Value, _ field: FieldRule, _ desk: Desk) {
        let own = entity.judgment(field.name, by: desk.replica.user)
        guard field.hasState, own?.isSubmitted == true, !value.isSubmitted, entity.shown(Entity.stateField) == "submitted" else { return }
        let name = desk.name(entity.id)
        desk.console.remark("\(name).\(Entity.stateField) stays submitted: annals set \(name).\(Entity.stateField) draft")
    }

    /// What one had said before and says no more.
    private func sayReplaced(_ own: Value?, by value: Value, _ field: FieldRule, _ path: String, _ desk: Desk) {
        let gone = (own?.object ?? []).map(\.key).filter { value[$0] == nil && !(field.hasState && sameBytes($0, Entity.stateField)) }
        if gone.isEmpty { return }
        desk.console.remark("this takes the place of all that you said in \(path), also of \(gone.joined(separator: ", "))")
    }

    /// What is submitted, or further, stays so; what is in conflict a person settles.
    private func handIn(_ seen: Entity, _ state: FieldRule, _ draft: Draft, _ desk: Desk) throws {
        if desk.view.conflicts(of: seen).contains(where: { sameBytes($0.field, state.name) }) {
            desk.console.remark("the state of \(desk.name(seen.id)) is in conflict and stays so: annals conflicts")
        } else if seen.shown(state.name) ?? "draft" == "draft" {
            try draft.write("submitted", to: state, of: seen.id)
        }
    }

    /// The parts of every judgment of the vocabulary.
    static func parts(_ vocabulary: Vocabulary) -> [String] {
        var names: [String] = []
        for field in vocabulary.kinds.flatMap(\.fields) where field.merge == .perCoder {
            guard case .object(let parts) = field.type else { continue }
            names += parts.map(\.name).filter { !names.contains($0) && $0 != "type" }
        }
        return names
    }
}
