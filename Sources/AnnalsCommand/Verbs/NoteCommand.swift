import Annals
import AnnalsModel
import ArgumentParser

struct NoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Write a remark on any item.",
        discussion: Help.text(
            "A note bears its author's name, and only they change it. With --reply the handle is the note that is answered.",
            example: """
                annals note e~2 "Armenia may have been represented by its Prime Minister"
                annals note n~4 --reply "The communiqué says the foreign minister"
                """))

    @Argument(help: "What it is about, or with --reply the note that it answers.") var handle: String?
    @Argument(help: "What it says.") var text: String?
    @Flag(help: "Answer a note.") var reply = false
    @OptionGroup var record: RecordOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place)
        let entity = try desk.find(handle, kinds: reply ? ["note"] : [], for: "note")
        guard let text, !text.isEmpty else {
            throw CommandFailure.usage("the note is empty", at: "annals note", do: "write it in quotes behind the handle")
        }
        var fields: [(String, Value)] = [("text", .string(text)), ("target", .string(entity.id.raw))]
        if reply {
            guard let target = entity.shown("target") else { throw desk.unknownKind(entity) }
            fields = [("text", .string(text)), ("target", target), ("reply-to", .string(entity.id.raw))]
        }
        try desk.record(record) { _ = try $0.create("note", fields: fields) }
    }
}
