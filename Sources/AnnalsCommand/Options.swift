import Annals
import AnnalsModel
import ArgumentParser
import Glibc

/// Flags that every verb takes.
struct PlaceOptions: ParsableArguments {
    @Option(name: .customShort("C"), help: ArgumentHelp("Stand in this folder.", valueName: "dir"))
    var directory: String?

    @Flag(help: "Print JSON Lines: one object for each item or receipt.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print nothing but what was asked for and errors; of a record only its handle.")
    var quiet = false

    /// Goes to the folder of `-C`, so that everything that is named after it is named from there.
    func stand() throws {
        guard let directory, chdir(directory) != 0 else { return }
        throw CommandFailure("there is no such folder, or it may not be entered", at: "-C \(directory)", do: "check its name and rights")
    }

    /// The replica that is meant: with `-C` the one around that folder, else that of `ANNALS_DIR`, else the one around where one stands.
    func open() throws -> Replica {
        try stand()
        let replica = try Replica.open(discoveringFrom: ".", override: directory == nil ? Console.environment("ANNALS_DIR") : nil)
        OpenReplicas.keep(replica)
        return replica
    }

    var console: Console { Console(isQuiet: quiet) }
}

/// Flags of verbs that look.
struct LookOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Look at the record as it was at an entry or a time.", valueName: "seq|time"))
    var asOf: String?

    @Flag(help: "The time of --as-of is that of the authors' clocks, not of the server's receipt.")
    var byWritten = false

    @OptionGroup var blind: BlindOptions

    /// The point that is looked back at; nil for now.
    func point() throws -> Point? {
        guard let asOf else {
            if byWritten { throw CommandFailure.usage("no time was given", at: "--by-written", do: "give --as-of TIME too") }
            return nil
        }
        return try Desk.point(asOf, byWritten: byWritten)
    }
}

/// Flags of everything that shows what others judge.
struct BlindOptions: ParsableArguments {
    @Flag(help: "Hide what others judge of an item until you have handed in your own judgment; ANNALS_BLIND=1 says it for every command.")
    var blind = false

    /// The coder who is not to see others' judgments; nil where all shows.
    static func reader(of replica: Replica, isAsked: Bool) -> Name? {
        isAsked || Console.environment("ANNALS_BLIND").map { $0 != "0" && !$0.isEmpty } ?? false ? replica.user : nil
    }
}

/// Flags of verbs that record.
struct RecordOptions: ParsableArguments {
    @Option(name: [.customShort("m"), .long], help: ArgumentHelp("Why: it goes into the record.", valueName: "text"))
    var reason: String?

    @Flag(name: [.customShort("n"), .long], help: "Say what would be recorded, and record nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "The entry you last looked at (\"as of entry N\"), where it was not now: what others wrote since then was not on your screen.",
            valueName: "seq"))
    var seen: Int64?

    /// The reason, where it says something.
    var why: String? { reason?.isEmpty == false ? reason : nil }
}

/// Flags of verbs that can take long.
struct ProgressOptions: ParsableArguments {
    @Flag(help: "Say how far it is, even where stderr is no terminal.")
    var progress = false
}

/// Fields of the vocabulary, whose own flags have been spelled out as this one.
struct FieldOptions: ParsableArguments {
    @Option(
        name: .customLong("set"), help: ArgumentHelp("A field, or a part of one; --FIELD VALUE says the same.", valueName: "field=value"))
    var assignments: [String] = []
}
