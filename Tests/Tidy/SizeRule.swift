/// About 100 lines are usual; beyond 400 a file needs a reason, which stands here.
enum SizeRule {
    static let linesMax = 400

    static let reasons: [String: String] = [
        "Sources/CFaultVFS/fault_vfs.c": "one file-system layer: a table of SQLite's methods and the functions that it names"
    ]

    static func findings(in file: SourceFile) -> [Finding] {
        let count = file.lines.last == "" ? file.lines.count - 1 : file.lines.count
        guard count > linesMax, reasons[file.path] == nil else { return [] }
        return [file.finding(count - 1, "\(count) lines: divide it by what it holds, or give a reason in \(#fileID)")]
    }

    /// A reason for a file that has none to give any more.
    static func idleReasons(among files: [SourceFile]) -> [String] {
        reasons.keys.sorted().filter { path in (files.first { $0.path == path }?.lines.count ?? 0) <= linesMax }
    }
}
