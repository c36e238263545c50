import Annals
import AnnalsModel

/// An item file that is recorded: `annals import --items`.
struct ItemsImport {
    private let path: String
    private let file: ItemFile
    private let desk: Desk

    init(_ path: String, ownJudgments: Bool, _ desk: Desk) throws {
        (self.path, self.desk) = (path, desk)
        let text = try InputFile.text(path)
        let whole = try Self.naming(path) { try ItemFile(text, vocabulary: desk.vocabulary) }
        file = ownJudgments ? whole.withJudgments(of: desk.replica.user) : whole
    }

    func record(_ options: RecordOptions, _ progress: ProgressOptions) throws {
        if options.seen != nil {
            throw CommandFailure.usage("an import has nothing on the screen", at: "--seen", do: "leave it out")
        }
        let shown = Progress(desk.console, asked: progress.progress)
        defer { shown.end() }
        shown.say("recording")
        let done = try Self.naming(path) {
            try desk.replica.importItems(file, reason: options.why, isDry: options.dryRun) { shown.say("\($0) of \($1)") }
        }
        shown.end()
        report(done, isDry: options.dryRun)
    }

    private func report(_ done: ItemImport, isDry: Bool) {
        let changes = done.receipts.map { "@~\($0.n)" }
        if desk.isJSON {
            desk.console.line(
                JSONLine.text([
                    ("made", .integer(Int64(done.made))), ("changed", .integer(Int64(done.changed))),
                    ("unchanged", .integer(Int64(done.unchanged))), ("changes", .array(changes.map { .string($0) })),
                    ("unsaid", .array(done.unsaid.map { .string($0) })), ("dry-run", .bool(isDry)),
                ]))
            return
        }
        if !done.unsaid.isEmpty {
            desk.console.remark("left out, for it can be said at creation only: " + done.unsaid.joined(separator: "; "))
        }
        let counts = "\(done.made) new, \(done.changed) changed, \(done.unchanged) as they were"
        if isDry { return desk.console.lines(["would have recorded \(counts)", "nothing was recorded"]) }
        guard let last = changes.last else { return desk.console.line("\(counts); nothing was recorded") }
        let which = changes.count == 1 ? last : "\(changes[0]) to \(last)"
        desk.console.line("\(counts) (\(which)). Undo: \(changes.reversed().map { "annals undo \($0)" }.joined(separator: "; "))")
    }

    /// Says in which file a line is off.
    private static func naming<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch var error as AnnalsError where error.what.hasPrefix("line ") {
            error.what = "\(path), \(error.what)"
            throw error
        }
    }
}
