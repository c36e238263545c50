/// A text file, its lines as they stand, and the same lines with comments and the insides of string literals blanked out.
struct SourceFile {
    var path: String
    var lines: [String]
    /// What the compiler sees: a word in a comment or a literal is no use of it.
    var code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        code = path.hasSuffix(".swift") ? CodeText.blanked(text) : lines
    }

    /// `Sources/UV/Timer.swift` → `UV`
    var module: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    func finding(_ index: Int, _ what: String) -> Finding {
        Finding(path: path, line: index + 1, what: what)
    }
}

/// Where a rule is broken, as an editor opens it.
struct Finding: CustomStringConvertible, Equatable {
    var path: String
    var line: Int
    var what: String

    var description: String { "\(path):\(line): \(what)" }
}
