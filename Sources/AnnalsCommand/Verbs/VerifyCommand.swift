import Annals
import AnnalsModel
import ArgumentParser

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check the record against itself: hashes, signature, state and file.",
        discussion: Help.text(
            """
            Every line is hashed again, the chain compared with the server's signed checkpoint, the state folded anew from the log and compared \
            with what is stored, and the file checked. Nothing is changed.
            """,
            example: "annals verify"))

    @OptionGroup var progress: ProgressOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let replica = try place.open()
        let shown = Progress(place.console, asked: progress.progress)
        shown.say("checking")
        let result = try replica.verify()
        shown.end()
        if place.json {
            place.console.line(
                JSONLine.text([
                    ("entries", .integer(result.entries)), ("items", .integer(Int64(result.entities))), ("sound", .bool(result.isSound)),
                    ("proven", result.isProven.map(Value.bool) ?? .null), ("problems", .array(result.problems.map { .string($0) })),
                ]))
        } else if result.isSound {
            let proof = result.isProven == true ? ", signed by the server" : ", no server met yet"
            place.console.line("sound: \(result.entries) entries and \(result.entities) items\(proof)")
        }
        guard result.isSound else {
            if !place.json { result.problems.forEach { place.console.error("- " + $0) } }
            throw CommandFailure(
                "\(result.problems.count) check\(result.problems.count == 1 ? "" : "s") failed", at: replica.directory,
                do: "keep this folder, make a new clone, and report it; annals export still writes what is readable")
        }
    }
}
