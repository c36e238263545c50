/// How text takes its place on a terminal: width in columns, line breaks, and nothing that a terminal would obey.
enum DisplayText {
    /// The text with control characters made visible, so that what was recorded cannot drive the reader's terminal.
    ///
    /// Direction marks and other invisible format characters stay: they belong to the languages that use them. Overrides and
    /// isolates, which could make one thing look like another, are shown as the replacement character.
    static func safe(_ text: String, lines: Bool = false) -> String {
        if isPlain(text) { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A where lines: scalars.append(scalar)
            case 0x09, 0x0A, 0x0D: scalars.append(" ")
            case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: scalars.append("\u{FFFD}")
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// Whether it is what most texts are: printable ASCII, whose characters take a byte and a column each.
    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }

    /// Whether its bytes alone tell that it takes no more columns: no character takes more columns than bytes.
    private static func fits(_ text: String, _ columns: Int) -> Bool { text.utf8.count <= columns }

    /// Columns that the text takes: two for wide East Asian characters and pictures, one for every other character.
    static func width(_ text: String) -> Int {
        if isPlain(text) { return text.utf8.count }
        return text.reduce(0) { $0 + width(of: $1) }
    }

    private static func width(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if first.isASCII { return 1 }
        if first.properties.generalCategory == .format { return 0 }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    static func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - width(text)))
    }

    /// The text in no more than so many columns, ended by `…` where it was cut.
    static func clipped(_ text: String, to columns: Int) -> String {
        guard !fits(text, columns), width(text) > columns, columns > 0 else { return text }
        var result = ""
        var used = 1
        for character in text {
            used += width(of: character)
            if used > columns { break }
            result.append(character)
        }
        return result + "…"
    }

    /// Lines of at most so many columns, broken at spaces where there are any; line breaks of the text stay.
    static func wrapped(_ text: String, to columns: Int) -> [String] {
        if fits(text, columns), !text.utf8.contains(0x0A) { return [text] }
        return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { wrappedLine(String($0), to: max(8, columns)) }
    }

    private static func wrappedLine(_ text: String, to columns: Int) -> [String] {
        guard !fits(text, columns), width(text) > columns else { return [text] }
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            var word = String(word)
            var size = width(word)
            if !line.isEmpty, used + 1 + size > columns {
                lines.append(line)
                line = ""
                used = 0
            }
            while size > columns {
                let head = String(clipped(word, to: columns + 1).dropLast())
                guard !head.isEmpty else { break }
                lines.append(head)
                word = String(word.dropFirst(head.count))
                size = width(word)
            }
            if line.isEmpty {
                line = word
                used = size
            } else {
                line += " " + word
                used += 1 + size
            }
        }
        return lines + [line]
    }
}
