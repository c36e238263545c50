import Annals
import AnnalsModel

/// Why something is said, in words and as JSON.
struct ProvenanceText {
    let desk: Desk

    func lines(_ why: Provenance) throws -> [String] {
        let name = desk.name(why.item.id) + (why.field.map { ".\($0)" } ?? "")
        let title =
            "\(Console.paint(name, .handle))  \(Console.paint(DisplayText.clipped(desk.entityText.label(why.item), to: 120), .strong))"
        let blocks = [sayings(why), try evidence(why), disputes(why)].filter { !$0.isEmpty }
        return [title] + blocks.flatMap { Console.paint.table($0, columns: Console.columns, clip: false, indent: 2) }
    }

    // MARK: What was said

    private func sayings(_ why: Provenance) -> [EntityText.Row] {
        let fields = (desk.vocabulary.kind(why.item.kind)?.fields.map(\.name) ?? []) + [Entity.existenceField]
        return fields.flatMap { field -> [EntityText.Row] in
            why.sayings.filter { sameBytes($0.field, field) }.enumerated().flatMap { index, saying in
                rows(saying, index == 0 ? field : "", why.item)
            }
        }
    }

    private func rows(_ saying: Provenance.Saying, _ field: String, _ item: Entity) -> [EntityText.Row] {
        let type = desk.vocabulary.field(saying.field, of: item.kind)?.type
        let time = (saying.step.change?.at).map(LocalClock.text) ?? ""
        let seen = saying.step.change.map { EntityText.seen($0.base.seq) } ?? ""
        let source = "\(saying.step.author), \(time) (\(saying.step.handle)\(seen))"
        var text = value(saying, type)
        if saying.standing == .shown || saying.standing == .side { text = Console.paint(text, .strong) }
        let row: EntityText.Row = [(field, .faint), (Self.word(saying.standing), tone(saying.standing)), ("\(text)  — \(source)", nil)]
        let because = saying.step.change?.why.map { "because: " + DisplayText.safe($0) }
        return [row] + (because.map { [[("", nil), ("", nil), ($0, .faint)]] } ?? [])
    }

    private func value(_ saying: Provenance.Saying, _ type: ValueType?) -> String {
        func short(_ value: Value) -> String { DisplayText.clipped(desk.values.text(value, type), to: 160) }
        if !saying.removed.isEmpty { return "took out " + saying.removed.map(short).joined(separator: ", ") }
        guard let value = saying.value else { return saying.standing == .done ? "took out nothing that was there" : "cleared" }
        return (saying.verb == "resolve" ? "settled: " : "") + short(value)
    }

    private static func word(_ standing: Provenance.Standing) -> String {
        switch standing {
        case .shown: "shown"
        case .side: "in conflict"
        case .overwritten: "overwritten"
        case .superseded: "before"
        case .done: "done"
        case .ignored(let reason): "no effect (\(reason.rawValue))"
        }
    }

    private func tone(_ standing: Provenance.Standing) -> Paint.Tone? {
        switch standing {
        case .side: .alarm
        case .shown: nil
        default: .faint
        }
    }

    // MARK: What speaks for and against it

    private func evidence(_ why: Provenance) throws -> [EntityText.Row] {
        var rows: [EntityText.Row] = []
        for (stance, voices) in [("supports", why.corroboration.supporting), ("contradicts", why.corroboration.contradicting)] {
            let passages = why.evidence.filter { $0.about["stance"]?.string == stance }
            guard !passages.isEmpty else { continue }
            let word = stance == "supports" ? "supported" : "contradicted"
            rows.append([(word, .faint), (try "by \(voices.count) source\(voices.count == 1 ? "" : "s"): \(sources(voices))", nil)])
            rows += passages.map { [("", nil), (passage($0.citation, $0.about), nil)] }
        }
        return rows
    }

    private func sources(_ voices: [Corroboration.Voice]) throws -> String {
        try voices.map { voice in
            guard let id = voice.source["item"]?.string.flatMap({ ItemID($0) }) else {
                return DisplayText.safe(voice.source["text"]?.string ?? "")
            }
            let label = try desk.label(id)
            return "\(DisplayText.clipped(label, to: 60)) (\(desk.name(id)))"
        }.joined(separator: ", ")
    }

    private func passage(_ citation: Entity, _ about: Value) -> String {
        let quote = DisplayText.clipped(desk.entityText.label(citation), to: 160)
        let document = citation.shown("document")?.string.flatMap { ItemID($0) }.map(desk.name) ?? ""
        let speaker = about["speaker"].map { ", as said by " + desk.values.text($0, .itemOrText([])) } ?? ""
        let field = about["field"]?.string.map { ", on \(DisplayText.safe($0))" } ?? ""
        return "\(desk.name(citation.id))  “\(quote)” (\(document)\(field)\(speaker))"
    }

    private func disputes(_ why: Provenance) -> [EntityText.Row] {
        let notes = why.notes.map { note in
            let opinion = note.shown("opinion")?.string.map { "\($0): " } ?? ""
            let text = DisplayText.clipped(desk.entityText.label(note), to: 300)
            return "\(desk.name(note.id))  \(note.owner?.raw ?? ""): \(opinion)\(text)"
        }
        let judgments = why.assessments.flatMap { assessment in
            ["credibility", "likelihood", "confidence"].flatMap { field in
                assessment.codings(field).map { coding in
                    let value = coding.heads.map { desk.values.text($0.value, nil) }.joined(separator: " | ")
                    return "\(desk.name(assessment.id))  \(coding.author): \(field) \(value)"
                }
            }
        }
        return (notes.enumerated().map { [($0 == 0 ? "remarks" : "", .faint), ($1, nil)] })
            + (judgments.enumerated().map { [($0 == 0 ? "believed" : "", .faint), ($1, nil)] })
    }

    // MARK: JSON

    func json(_ why: Provenance) -> Value {
        func voices(_ voices: [Corroboration.Voice]) -> Value {
            .array(voices.map { .object([("source", $0.source), ("citations", .array($0.citations.map { .string($0.raw) }))]) })
        }
        var members: [(String, Value)] = [
            ("handle", .string(desk.name(why.item.id))), ("id", .string(why.item.id.raw)), ("values", .array(why.sayings.map(json))),
            ("evidence", .array(why.evidence.map { .object([("citation", .string($0.citation.id.raw)), ("about", $0.about)]) })),
            ("supporting", voices(why.corroboration.supporting)), ("contradicting", voices(why.corroboration.contradicting)),
            ("notes", .array(why.notes.map { .string($0.id.raw) })), ("assessments", .array(why.assessments.map { .string($0.id.raw) })),
        ]
        if let field = why.field { members.append(("field", .string(field))) }
        return .object(members)
    }

    private func json(_ saying: Provenance.Saying) -> Value {
        var members: [(String, Value)] = [
            ("field", .string(saying.field)), ("verb", .string(saying.verb)), ("value", saying.value ?? .null),
            ("write", .string(saying.id.raw)), ("change", .string(saying.step.handle)), ("by", .string(saying.step.author.raw)),
        ]
        if case .ignored(let reason) = saying.standing {
            members += [("standing", "ignored"), ("reason", .string(reason.rawValue))]
        } else {
            members.append(("standing", .string("\(saying.standing)")))
        }
        if !saying.removed.isEmpty { members.append(("removed", .array(saying.removed))) }
        if let change = saying.step.change {
            members += [("written", .string(change.at.description)), ("base", .integer(change.base.seq))]
            if let why = change.why { members.append(("why", .string(why))) }
        }
        if let received = saying.step.received { members.append(("received", .string(received.description))) }
        return .object(members)
    }
}
