import AnnalsModel

/// How the program ended, as a shell sees it.
enum ExitStatus: Int32, Sendable {
    case done = 0
    /// Refused or not found.
    case refused = 1
    /// No server was reached: nothing is lost, what waited still waits.
    case unreachable = 3
    /// A conflict needs a person.
    case conflict = 4
    /// The words do not make a command: `EX_USAGE` of sysexits.h.
    case usage = 64
}

/// Why a command did not do what was asked: what, where, what to do, in that order.
struct CommandFailure: Error, Equatable, Sendable {
    /// Names things and rules, never an analyst's text.
    var what: String
    /// The file, field, line or replica that it is about.
    var place: String?
    /// What to do next; empty where `what` says it.
    var wayOut: String
    var status: ExitStatus

    init(_ what: String, at place: String? = nil, do wayOut: String, _ status: ExitStatus = .refused) {
        self.what = what
        self.place = place
        self.wayOut = wayOut
        self.status = status
    }

    /// Words that do not make a command.
    static func usage(_ what: String, at place: String? = nil, do wayOut: String) -> CommandFailure {
        CommandFailure(what, at: place, do: wayOut, .usage)
    }

    /// What a blind coder asks for holds all of the record.
    static func wholeRecord(_ place: String) -> CommandFailure {
        usage("this writes others' judgments out too", at: place, do: "leave out --blind, and ANNALS_BLIND where it is set")
    }

    /// Of a judgment that is no draft at first.
    static func noState(_ kind: KindRule, _ field: FieldRule) -> CommandFailure {
        usage("\(kind.name).\(field.name) has no state", at: "--submit", do: "leave it out: such a judgment is handed in as it is recorded")
    }

    /// The lines for stderr.
    var text: String {
        "annals: " + what + (place.map { "\n  where: " + $0 } ?? "") + (wayOut.isEmpty ? "" : "\n  do:    " + wayOut)
    }
}
