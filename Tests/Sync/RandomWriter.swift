import Annals
import AnnalsModel
import AnnalsTesting

/// Someone who records at random, over all kinds of writes, on a replica that others may write meanwhile.
struct RandomWriter {
    let replica: Replica
    var random: SeededGenerator
    /// Whether conflicts on the screen are resolved when met; else they are left open.
    var resolves: Bool
    private var known: [String: [ItemID]] = [:]
    private var made = 0

    init(_ replica: Replica, seed: UInt64, resolves: Bool) {
        self.replica = replica
        random = SeededGenerator(seed: seed)
        self.resolves = resolves
    }

    /// Records this many changes.
    mutating func write(_ count: Int) throws {
        for index in 0..<count {
            // A glance at what there is, as a person takes one now and then.
            if index % 40 == 0 { try look() }
            try change()
            made += 1
        }
    }

    private mutating func look() throws {
        let view = try replica.view()
        for kind in ["event", "actor", "note", "citation"] {
            known[kind] = try view.entities(kind: kind, order: .handle, limit: 120).map(\.id)
        }
    }

    /// One change that takes; what the state does not allow (a retracted item, a conflict) is tried otherwise.
    private mutating func change() throws {
        for _ in 0..<20 {
            do {
                try attempt()
                return
            } catch let error as AnnalsError
                where [.conflict, .retracted, .invalid, .notFound].contains(error.code)
            {
                continue
            }
        }
        try replica.record(from: replica.view()) { try $0.create("event", fields: [("title", .string("Visit \(made)"))]) }
    }

    private mutating func attempt() throws {
        let view = try replica.view()
        let roll = Int.random(in: 0..<100, using: &random)
        let number = Int.random(in: 0..<5, using: &random)
        guard let event = known["event"]?.randomElement(using: &random),
            let actor = known["actor"]?.randomElement(using: &random)
        else { return try begin(view) }
        let day = ["edtf": .string("2025-08-0\(number + 1)"), "basis": "stated"] as Value
        switch roll {
        case 0..<6: try begin(view)
        case 6..<18: try replica.record(from: view) { try $0.set(event, "title", .string("Summit, wording \(number)")) }
        case 18..<44: try contested(view, event, "when", day)
        case 44..<50:
            let words: [Value] = ["happened", "planned", "cancelled"]
            try contested(view, event, "occurrence", words[number % 3])
        case 50..<60: try replica.record(from: view) { try $0.add(event, "tags", .string("tag-\(number)")) }
        case 60..<66:
            guard let tags = try view.entity(event)?.elements["tags"], let tag = tags.randomElement(using: &random) else {
                throw AnnalsError(.notFound, "no tag")
            }
            try replica.record(from: view) { try $0.remove(event, "tags", elements: [tag.id]) }
        case 66..<78:
            let type = Codebooks.ploverTypes[number]
            try replica.record(from: view, reason: "coding round") {
                try $0.code(event, "coding", ["type": .string(type)])
            }
        case 78..<84:
            try replica.record(from: view) {
                try $0.append(actor, "posts", ["office": .string("Minister \(number)"), "from": "2020"])
            }
        case 84..<90:
            try replica.record(from: view) { try $0.create("note", fields: [("target", .string(event.raw)), ("text", "to check")]) }
        case 90..<93: try replica.record(from: view) { try $0.retract(event) }
        case 93..<96: try replica.record(from: view) { try $0.restore(event) }
        default:
            guard let note = known["note"]?.randomElement(using: &random) else { return try begin(view) }
            guard try view.entity(note)?.owner == replica.user else { throw AnnalsError(.notFound, "not mine") }
            try contested(view, note, "text", .string("checked \(number)"))
        }
    }

    private mutating func begin(_ view: View) throws {
        let number = Int.random(in: 0..<1000, using: &random)
        try replica.record(from: view) { edit in
            try edit.create("event", fields: [("title", .string("Event \(number)"))])
            try edit.create("actor", fields: [("code", "AZE"), ("names", [["text": .string("Actor \(number)")]])])
        }
    }

    /// Writes a contested field; in a conflict, resolves it or leaves it.
    private func contested(_ view: View, _ item: ItemID, _ field: String, _ value: Value) throws {
        let cell = try view.entity(item)?.cells[Entity.CellKey(field)]
        if cell?.isContested ?? false {
            guard resolves else { throw AnnalsError(.conflict, "left open") }
            try replica.record(from: view, reason: "settled") { try $0.resolve(item, field, value: value) }
        } else {
            try replica.record(from: view) { try $0.set(item, field, value) }
        }
    }
}
