import ArgumentParser

/// `annals --help`: every verb on one page.
enum Overview {
    struct Group {
        var name: String
        var verbs: [any ParsableCommand.Type]
        /// What holds for the whole group.
        var remark = ""
    }

    static let groups: [Group] = [
        Group(name: "Start", verbs: [InitCommand.self, CloneCommand.self, ImportCommand.self]),
        Group(
            name: "Record",
            verbs: [
                CiteCommand.self, NewCommand.self, SetCommand.self, CodeCommand.self, AssignCommand.self, TagCommand.self, NoteCommand.self,
                DoubtCommand.self, MergeCommand.self, UnmergeCommand.self, RetractCommand.self, RestoreCommand.self,
                UndoCommand.self,
            ]),
        Group(
            name: "Look", verbs: [ListCommand.self, ShowCommand.self, SearchCommand.self, DueCommand.self, AgreementCommand.self],
            remark: "--as-of SEQ|TIME looks back"),
        Group(name: "Explain", verbs: [WhyCommand.self, AnchorsCommand.self, DiffCommand.self, LogCommand.self, ReplayCommand.self]),
        Group(name: "Together", verbs: [SyncCommand.self, StatusCommand.self, ConflictsCommand.self, ResolveCommand.self]),
        Group(name: "Keep", verbs: [VerifyCommand.self, ExportCommand.self, ServeCommand.self]),
    ]

    static var names: [String] { groups.flatMap(\.verbs).map { $0._commandName } }

    /// What a verb's `--help` says: in one line, and at length.
    static func help(of name: String) -> (abstract: String, discussion: String)? {
        let verb = groups.flatMap(\.verbs).first { $0._commandName == name }
        return verb.map { ($0.configuration.abstract, $0.configuration.discussion) }
    }

    static var lines: [String] {
        let rows: [EntityText.Row] = groups.map { group in
            let names = group.verbs.map { $0._commandName }.joined(separator: "  ")
            return [(group.name, .strong), (names + (group.remark.isEmpty ? "" : "      " + group.remark), nil)]
        }
        let ends: [EntityText.Row] = [
            [("HANDLE", .strong), ("e40 event · d12 document · e40.when one field · e~1 not yet confirmed · @1043 a change", nil)],
            [("Flags", .strong), ("-C DIR  --json  -q   recording: -m REASON  -n dry run  --seen SEQ", nil)],
        ]
        return ["annals: a shared record of reported events that works offline", ""]
            + Console.paint.table(rows + [[("", nil), ("", nil)]] + ends, columns: 120, clip: false)
            + ["", "annals VERB --help says more, with an example."]
    }
}
