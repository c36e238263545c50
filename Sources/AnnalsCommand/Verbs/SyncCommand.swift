import Annals
import AnnalsModel
import ArgumentParser

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Send what waits, receive what is new.",
        discussion: Help.text(
            """
            Without an address: the server that this replica last met. A sync that breaks off loses nothing. Conflicts that it brings are no \
            failure: annals conflicts lists them. With --live it goes on until it is stopped, and reconnects by itself.
            """,
            example: "annals sync"))

    @Argument(help: ArgumentHelp("annals://HOST[:PORT]/WORKSPACE", valueName: "url")) var server: String?
    @Flag(help: "Go on after catching up.") var live = false
    @OptionGroup var progress: ProgressOptions
    @OptionGroup var place: PlaceOptions

    func run() async throws {
        let replica = try place.open()
        let address = try server.map { text throws -> ServerAddress in try ServerAddress.parse(text) }
        let summary = try await Self.sync(replica, with: address, live: live, place.console, progress)
        let status = try replica.status()
        if place.json {
            let counts: [(String, Value)] = [
                ("waiting", .integer(Int64(status.waiting.count))), ("conflicts", .integer(Int64(status.openConflicts))),
            ]
            place.console.line(JSONLine.text(Self.members(summary) + counts))
        } else {
            place.console.remark(Self.text(summary, waiting: status.waiting.count, conflicts: status.openConflicts))
        }
    }

    /// What a sync came to, and what it left for a person.
    static func text(_ summary: SyncSummary, waiting: Int, conflicts: Int) -> String {
        let others = max(0, Int(summary.received) - summary.settled)
        var parts: [String] = []
        if summary.settled > 0 { parts.append("\(summary.settled) of your changes confirmed") }
        if others > 0 { parts.append("\(others) entr\(others == 1 ? "y" : "ies") from others") }
        parts = [(parts.isEmpty ? "nothing new" : parts.joined(separator: ", ")), "at entry \(summary.have)"]
        if waiting > 0 { parts.append("\(waiting) still waiting (annals status)") }
        if conflicts > 0 { parts.append("\(conflicts) open conflict\(conflicts == 1 ? "" : "s") (annals conflicts)") }
        return parts.joined(separator: "; ")
    }

    static func members(_ summary: SyncSummary) -> [(String, Value)] {
        [("received", .integer(summary.received)), ("settled", .integer(Int64(summary.settled))), ("seq", .integer(summary.have))]
    }

    static func sync(
        _ replica: Replica, with address: ServerAddress?, live: Bool, _ console: Console, _ options: ProgressOptions
    ) async throws -> SyncSummary {
        let reporter = SyncReporter(Progress(console, asked: options.progress), console)
        defer { reporter.end() }
        return try await replica.sync(with: address, live: live) { reporter.say($0) }
    }
}
