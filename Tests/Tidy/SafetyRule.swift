/// Ways to end the program, or to leave work for later, that nothing of ours takes.
enum SafetyRule {
    private static let enders = ["try!", "as!", "fatalError("].map(Word.init)
    private static let unfinished = ["TODO", "FIXME", "XXX", "HACK"].map(Word.init)
    private static let unchecked = ["@unchecked Sendable", "nonisolated(unsafe)"].map(Word.init)

    static func crashes(in file: SourceFile) -> [Finding] {
        file.findings(of: enders) { "\($0.text): throw an error that says what to do" }
    }

    static func promises(in file: SourceFile) -> [Finding] {
        file.findings(of: unfinished, comments: true) { "\($0.text): do it, or write an issue" }
    }

    /// A promise to the compiler needs its reason in the comment just above.
    static func unexplained(in file: SourceFile) -> [Finding] {
        file.findings(of: unchecked) { "\($0.text) without a comment just above that says why it is safe" }
            .filter { !hasComment(above: $0.line - 1, in: file) }
    }

    /// Whether the line before, past attributes, is a comment.
    static func hasComment(above index: Int, in file: SourceFile) -> Bool {
        var above = index - 1
        while above >= 0 {
            let line = file.lines[above].drop { $0 == " " }
            if line.hasPrefix("//") || line.hasSuffix("*/") { return true }
            guard line.hasPrefix("@") else { return false }
            above -= 1
        }
        return false
    }
}
