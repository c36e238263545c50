import Annals
import AnnalsModel
import AnnalsServer
import ArgumentParser

/// `annals`: parses the words, runs the verb, and ends with the status that says how it went.
struct Program: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annals", abstract: "A shared record of reported events that works offline.",
        groupedSubcommands: Overview.groups.map { CommandGroup(name: $0.name, subcommands: $0.verbs) })

    /// Runs the command that these words make.
    static func perform(_ arguments: [String]) async -> ExitStatus {
        let console = Console()
        let words = FlagWords(vocabulary: .current).rewritten(arguments)
        if words.isEmpty || [["--help"], ["-h"], ["help"]].contains(words) {
            console.lines(Overview.lines)
            return .done
        }
        if words == ["--version"] {
            console.line("annals \(Replica.release)")
            return .done
        }
        do {
            var command = try parseAsRoot(words)
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
            return .done
        } catch {
            return report(error, of: words, console)
        }
    }

    private static func report(_ error: any Error, of words: [String], _ console: Console) -> ExitStatus {
        if let status = error as? ExitStatusError { return status.status }
        if let failure = CommandFailure(error) {
            console.error(failure.text)
            return failure.status
        }
        let verb = words.first.map { "annals " + $0 } ?? "annals"
        if exitCode(for: error).isSuccess {
            console.line(fullMessage(for: error))
            return .done
        }
        guard exitCode(for: error) == .validationFailure else {
            console.error(CommandFailure("\(error)", at: verb, do: "try again; if it comes back, report it with these words").text)
            return .refused
        }
        let unknown = words.first.map { !$0.hasPrefix("-") && !Overview.names.contains($0) && $0 != "help" } ?? false
        var (what, wayOut) = (unknown ? "there is no such verb" : message(for: error), hint(words))
        // Words too many are a text without quotes, which is nobody else's to read.
        if what.lowercased().contains("unexpected argument") {
            (what, wayOut) = ("there are more words than it takes", "put a text into quotes; " + wayOut)
        }
        console.error(CommandFailure.usage(what, at: verb, do: wayOut).text)
        return .usage
    }

    /// What to do about words that do not make a command: for a new item its fields.
    private static func hint(_ words: [String]) -> String {
        let help = "see annals " + (words.first.map { verb in Overview.names.contains(verb) ? "\(verb) --help" : "--help" } ?? "--help")
        guard words.first == "new" || words.first == "cite" else { return help }
        let kind = words.compactMap { Vocabulary.current.kind($0) }.first
        return help + (kind.map { "; fields of \($0.name): " + $0.fields.map(\.name).joined(separator: ", ") } ?? "")
    }
}

/// Ends the program with a status after the verb has said everything itself.
struct ExitStatusError: Error {
    var status: ExitStatus
}

extension CommandFailure {
    /// The library's errors in the program's form; nil for an error of neither.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as AnnalsError:
            self.init(error.what, do: error.wayOut, ExitStatus(rawValue: error.code.exitStatus) ?? .refused)
        case let error as ServerError:
            let isUsage = [.nowhereToListen, .noSignIn, .notLoopback].contains(error.code)
            self.init(error.description, do: "", isUsage ? .usage : .refused)
        default: return nil
        }
    }
}
