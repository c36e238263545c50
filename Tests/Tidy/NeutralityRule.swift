/// What a reader anywhere can follow: no path of one machine, no address but of the places that we cite.
enum NeutralityRule {
    private static let folders = ["home", "root", "opt", "work", "mnt", "srv", "Users"]

    /// Hosts that documents here point to.
    static let hosts: Set<String> = [
        "github.com", "www.swift.org", "swift.org", "docs.libuv.org", "www.sqlite.org", "sqlite.org", "www.apache.org", "www.loc.gov",
        "www.w3.org", "www.rfc-editor.org", "keepachangelog.com", "semver.org", "no-color.org", "json-schema.org", "www.unicode.org",
        "specifications.freedesktop.org", "valgrind.org",
    ]

    static func findings(in file: SourceFile) -> [Finding] {
        file.lines.enumerated().flatMap { index, line in
            folders.filter { isMachinePath($0, in: line) }.map { file.finding(index, "/\($0)/ is a path of one machine") }
                // Tests make addresses up.
                + (file.path.hasPrefix("Tests/") ? [] : unknownHosts(in: line)).map {
                    file.finding(index, "\($0) is no host that documents here point to")
                }
        }
    }

    /// `/home/…` at the start of a path, not in the middle of one.
    private static func isMachinePath(_ folder: String, in line: String) -> Bool {
        let parts = line.components(around: "/\(folder)/")
        return parts.dropLast().contains { before in
            guard let last = before.unicodeScalars.last else { return true }
            return !last.properties.isAlphabetic && !"0123456789._-)}~*".unicodeScalars.contains(last)
        }
    }

    private static func unknownHosts(in line: String) -> [String] {
        line.components(around: "://").enumerated().dropFirst().compactMap { index, rest in
            let before = line.components(around: "://")[index - 1]
            guard before.hasSuffix("http") || before.hasSuffix("https") else { return nil }
            let host = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" })
            let isExample = host.hasSuffix(".example") || host.hasSuffix("example.org") || host.hasSuffix("example.com")
            return hosts.contains(host) || isExample || host.isEmpty ? nil : host
        }
    }
}

extension String {
    /// The pieces between occurrences of a text.
    func components(around separator: String) -> [String] {
        var pieces: [String] = []
        var rest = self[...]
        while let found = rest.firstRange(of: separator) {
            pieces.append(String(rest[..<found.lowerBound]))
            rest = rest[found.upperBound...]
        }
        return pieces + [String(rest)]
    }
}
