import Annals
import AnnalsModel
import ArgumentParser
import Glibc

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Tell the record step by step: who did what to which item, when, and why.",
        discussion: Help.text(
            """
            Steps come in the order of the log; what waits for a server comes last. --raw prints the log's own lines, byte for byte: sha256sum \
            over one, without its line end, is its leaf in the log's chain.
            """,
            example: """
                annals replay
                annals replay --speed 200 --json
                """))

    @Option(help: ArgumentHelp("The first entry.", valueName: "seq")) var from: Int64 = 1
    @Option(help: ArgumentHelp("The last entry or time.", valueName: "seq|time")) var to: String?
    @Option(help: ArgumentHelp("Entries in a second; 0 for no pause.", valueName: "count")) var speed: Double = 0
    @Flag(help: "Print the log's own lines.") var raw = false
    @OptionGroup var blind: BlindOptions
    @OptionGroup var place: PlaceOptions

    func run() throws {
        let desk = try Desk(place, blind)
        guard speed >= 0, speed.isFinite, from >= 1 else {
            throw CommandFailure.usage("a number is out of range", at: "annals replay", do: "give --from 1 or more and --speed 0 or more")
        }
        if raw, desk.blindFor != nil { throw CommandFailure.wholeRecord("--raw") }
        let end = try to.map { try Desk.point($0) }
        var count = 0
        try desk.replica.replay(from: from, through: end) { step in
            let step = try desk.view.covering(step)
            if raw {
                guard step.seq != nil else { return true }
                desk.console.bytes(step.line + [UInt8(ascii: "\n")])
            } else if desk.isJSON {
                desk.console.line(JSONLine.text(desk.stepJSON(step)))
            } else {
                desk.console.lines(desk.stepLines(step))
            }
            count += 1
            if speed > 0 { usleep(UInt32(min(1 / speed, 3600) * 1_000_000)) }
            return true
        }
        if !raw, !desk.isJSON { desk.console.remark("\(count) step\(count == 1 ? "" : "s")") }
    }
}
