import Annals
import AnnalsModel
import ArgumentParser

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write everything as JSON Lines: the state, an item file with --items, the log's own lines with --log.",
        discussion: Help.text(
            """
            The same entries give the same bytes on every replica. A file appears whole or not at all. An item file holds the items without their \
            history and can be imported again: annals import --items.
            """,
            example: """
                annals export -o desk.jsonl
                annals export --items -o desk.items.jsonl
                annals export --log
                """))

    @Option(name: [.short, .long], help: ArgumentHelp("The file; standard output where it is left out.", valueName: "file")) var output:
        String?
    @Flag(help: "The log's own lines, byte for byte.") var log = false
    @Flag(help: "The items as an item file.") var items = false
    @OptionGroup var look: LookOptions
    @OptionGroup var progress: ProgressOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        if log, items { throw CommandFailure.usage("two things are asked for", at: "--log --items", do: "export them one after the other") }
        let replica = try place.open()
        if BlindOptions.reader(of: replica, isAsked: look.blind.blind) != nil { throw CommandFailure.wholeRecord("annals export") }
        let console = place.console
        let shown = Progress(console, asked: progress.progress)
        defer { shown.end() }
        let point = try look.point()
        let file = try output.map { try OutputFile($0) }
        var count = 0
        func write(_ line: [UInt8]) throws {
            count += 1
            shown.say("\(count) lines")
            let line = line.last == UInt8(ascii: "\n") ? line : line + [UInt8(ascii: "\n")]
            if let file { try file.write(line) } else { console.bytes(line) }
        }
        if log {
            try replica.replay(through: point) { step in
                if step.seq != nil { try write(step.line) }
                return true
            }
        } else if items {
            try replica.exportItems(asOf: point, to: write)
        } else {
            try replica.export(asOf: point, to: write)
        }
        try file?.finish()
        shown.end()
        if let output { console.remark("\(count) lines written to \(output)") }
    }
}
