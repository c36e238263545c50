import AnnalsModel

@testable import Annals

/// Random but legal work on a replica, from views of any age.
struct RandomWork {
    var dice: Dice
    private var views: [View] = []

    init(_ seed: UInt64) { dice = Dice(seed) }

    private mutating func pick<T>(_ from: [T]) -> T? { from.randomElement(using: &dice) }

    /// One change, or none where what was picked is not allowed in the view.
    mutating func step(_ replica: Replica) throws {
        if views.isEmpty || Int.random(in: 0..<3, using: &dice) > 0 { views.append(try replica.view()) }
        if views.count > 4 { views.removeFirst() }
        guard let view = pick(views.filter { $0.source.store === replica.store }) ?? (try? replica.view()) else { return }
        let count = Int.random(in: 1...3, using: &dice)
        do {
            var copy = self
            _ = try replica.record(from: view, reason: "r") { edit in
                for _ in 0..<count { try copy.edit(edit, view) }
            }
            self = copy
        } catch let error as AnnalsError {
            // The same choice is not made again: the dice go on.
            _ = dice.next()
            let expected: [AnnalsError.Code] = [.conflict, .retracted, .notFound, .invalid]
            if !expected.contains(error.code) { throw error }
        }
    }

    private mutating func edit(_ edit: Edit, _ view: View) throws {
        let events = try view.entities(kind: "event", retracted: true)
        let number = Int64.random(in: 0..<5, using: &dice)
        guard let event = pick(events), Int.random(in: 0..<6, using: &dice) > 0 else { return try create(edit, view) }
        let id = event.id
        switch Int.random(in: 0..<12, using: &dice) {
        case 0: try edit.set(id, "title", .string("title \(number)"))
        case 1: try edit.set(id, "when", ["edtf": .string("2025-08-0\(number + 1)")])
        case 2: try edit.set(id, "occurrence", pick(["happened", "planned"]) ?? .null)
        case 3: try edit.code(id, "coding", ["type": pick(["SUPPORT", "AGREE"]) ?? .null])
        case 4, 5: try edit.add(id, "tags", .string("tag\(number)"))
        case 6:
            if let element = pick(event.elements["tags"] ?? []) { try edit.remove(id, "tags", elements: [element.id]) }
        case 7: try edit.retract(id)
        case 8: try edit.restore(id)
        case 9, 10:
            for conflict in view.conflicts(of: event) where conflict.author == nil || conflict.author == view.source.author {
                if let side = pick(conflict.sides) { try edit.resolve(id, conflict.field, take: side.stamp.id) }
            }
        default: try edit.set(id, "summary", number == 0 ? .null : .string("summary \(number)"))
        }
    }

    private mutating func create(_ edit: Edit, _ view: View) throws {
        let number = Int.random(in: 0..<6, using: &dice)
        switch Int.random(in: 0..<4, using: &dice) {
        case 0: try edit.create("document", fields: [("text", .string("text \(number)")), ("title", .string("t\(number)"))])
        case 1:
            if let target = pick(try view.entities(kind: "event")) {
                try edit.create("note", fields: [("target", .string(target.id.raw)), ("text", "remark")])
            }
        case 2:
            let actor = try edit.create("actor", fields: [("names", ["text": .string("Name \(number)")])])
            try edit.append(actor, "posts", ["office": "Minister"])
        default: try edit.create("event", fields: [("title", .string("event \(number)"))])
        }
    }
}
