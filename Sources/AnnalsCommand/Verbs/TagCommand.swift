import Annals
import AnnalsModel
import ArgumentParser

struct TagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Put free labels on an item, or take them off.",
        discussion: Help.text(
            """
            A label that is there already is not put twice. A label that someone adds while another removes it stays. --rename changes a label on \
            every item that bears it: annals tag --rename OLD NEW.
            """,
            example: """
                annals tag e~2 peace-process washington
                annals tag e~2 washington --remove
                annals tag --rename peace-process peace
                """))

    static let field = "tags"

    @Argument(help: "The item.") var handle: String?
    @Argument(help: "The labels.") var tags: [String] = []
    @Flag(help: "Take them off.") var remove = false
    @Flag(help: "Put the second label in the place of the first, everywhere.") var rename = false
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        if rename { return try renameEverywhere(desk) }
        try SetElements(field: Self.field, what: "a label", remove: remove)
            .run(handle, tags.map(Value.string), verb: "tag", desk, record)
    }

    /// Items in one change: each takes two operations.
    private static let renamedMax = 400

    private func renameEverywhere(_ desk: Desk) throws {
        guard let old = handle, tags.count == 1, let new = tags.first, !sameBytes(old, new), !remove else {
            throw CommandFailure.usage("two labels are asked for", at: "--rename", do: "give the old one and the new one")
        }
        var left: [(item: Entity, field: FieldRule)] = []
        for kind in desk.vocabulary.kinds {
            guard let field = kind.field(Self.field), field.merge == .set else { continue }
            try FieldWords.check(.string(new), field, of: kind)
            left += try desk.view.entities(kind: kind.name, where: .equals(field.name, .string(old))).map { ($0, field) }
        }
        guard !left.isEmpty else { throw CommandFailure("no item bears this label", at: "--rename", do: "see annals list --tag") }
        let locked = left.filter { !$0.item.locks.isEmpty }.map { desk.name($0.item.id) }
        guard locked.isEmpty else {
            throw CommandFailure(
                "\(locked.count) of the items that bear it \(locked.count == 1 ? "is" : "are") locked",
                at: locked.prefix(5).joined(separator: ", "),
                do: "a curator opens them (annals set \(locked[0]).state reviewed); nothing was recorded")
        }
        while !left.isEmpty {
            let some = left.prefix(Self.renamedMax)
            left.removeFirst(some.count)
            // From one screen: what is locked or labelled meanwhile was not on it.
            try desk.record(record, about: "\(some.count) item\(some.count == 1 ? "" : "s")") { draft in
                for (item, field) in some {
                    let elements = (item.elements[field.name] ?? []).filter { $0.value == .string(old) }.map(\.id)
                    try draft.remove(elements, of: field, from: item.id)
                    if item.elements[field.name]?.contains(where: { $0.value == .string(new) }) != true {
                        try draft.write(.string(new), to: field, of: item.id)
                    }
                }
            }
        }
    }
}
