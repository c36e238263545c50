/// What `Package.swift` and the README say of dependencies.
enum Manifest {
    /// What each package is imported as.
    static let modules: [String: Set<String>] = [
        "GRDB.swift": ["GRDB", "GRDBSQLite"], "swift-argument-parser": ["ArgumentParser"],
        "swift-crypto": ["Crypto"], "swift-log": ["Logging"],
    ]

    /// The packages by their URL's last word, without `.git`.
    static func packages(in manifest: SourceFile) -> Set<String> {
        Set(
            manifest.lines.compactMap { line in
                guard line.contains(".package("), let url = quoted(after: "url:", in: line), let name = url.split(separator: "/").last
                else { return nil }
                return name.hasSuffix(".git") ? String(name.dropLast(4)) : String(name)
            })
    }

    /// Debian's packages that system libraries name.
    static func debianPackages(in manifest: SourceFile) -> Set<String> {
        Set(manifest.lines.flatMap { line in line.contains(".apt(") ? everyQuoted(in: String(line.components(around: ".apt(")[1])) : [] })
    }

    /// The first column of the table's rows below a heading that begin like this, without link brackets and code marks.
    static func firstColumn(below heading: String, in document: SourceFile, beginning mark: String) -> [String] {
        guard let start = document.lines.firstIndex(of: heading) else { return [] }
        let section = document.lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }
        let rows = section.drop { !$0.hasPrefix("| ---") }.dropFirst().filter { $0.hasPrefix("| " + mark) }
        return rows.compactMap { row in
            guard let cell = row.split(separator: "|").first else { return nil }
            let text = cell.drop { " [`".contains($0) }.prefix { !" ]`".contains($0) }
            return String(text)
        }
    }

    private static func quoted(after label: String, in line: String) -> String? {
        let parts = line.components(around: label)
        return parts.count > 1 ? everyQuoted(in: parts[1]).first : nil
    }

    private static func everyQuoted(in text: String) -> [String] {
        text.components(around: "\"").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    }
}
