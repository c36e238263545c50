/// Every public declaration of the library has a doc comment.
enum DocumentationRule {
    private static let declarations: Set<String> = [
        "class", "struct", "enum", "protocol", "actor", "typealias", "associatedtype", "func", "init", "init?", "var", "let", "subscript",
        "macro",
    ]
    /// Written once where the protocol declares them.
    private static let witnesses = [
        "var description:", "var debugDescription:", "func hash(into", "static func ==", "static func <", "func encode(to", "init(from",
        "func makeIterator(", "func makeAsyncIterator(", "func next(",
    ]

    static func findings(in file: SourceFile) -> [Finding] {
        file.code.enumerated().compactMap { index, line in
            guard isPublicDeclaration(line), !witnesses.contains(where: line.contains) else { return nil }
            return hasDocumentation(above: index, in: file) ? nil : file.finding(index, "public, and no doc comment")
        }
    }

    static func isPublicDeclaration(_ line: String) -> Bool {
        let words = line.split { " (<:=".contains($0) }.map(String.init)
        guard let access = words.firstIndex(where: { $0 == "public" || $0 == "open" }) else { return false }
        guard words[..<access].allSatisfy({ $0.hasPrefix("@") || ["final", "static", "nonisolated", "indirect"].contains($0) }) else {
            return false
        }
        return words[access...].contains { declarations.contains($0) }
    }

    private static func hasDocumentation(above index: Int, in file: SourceFile) -> Bool {
        var above = index - 1
        while above >= 0, file.lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
        guard above >= 0 else { return false }
        let line = file.lines[above].drop { $0 == " " }
        return line.hasPrefix("///") || line.hasSuffix("*/")
    }
}
