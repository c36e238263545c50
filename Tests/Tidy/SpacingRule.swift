/// What `.editorconfig` asks of every text file.
enum SpacingRule {
    static func findings(in file: SourceFile) -> [Finding] {
        var findings = file.lines.enumerated().flatMap { index, line in
            var found: [Finding] = []
            let bytes = Array(line.utf8)
            if bytes.last == UInt8(ascii: "\r") { found.append(file.finding(index, "a carriage return")) }
            if bytes.last == UInt8(ascii: " ") || bytes.last == UInt8(ascii: "\t") { found.append(file.finding(index, "trailing space")) }
            if bytes.contains(UInt8(ascii: "\t")), !file.path.hasSuffix("Makefile") { found.append(file.finding(index, "a tab")) }
            return found
        }
        if file.lines.last != "" { findings.append(file.finding(file.lines.count - 1, "no newline at the end")) }
        return findings
    }
}
