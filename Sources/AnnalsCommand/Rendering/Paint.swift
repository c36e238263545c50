/// Colour and weight for a terminal that shows them; plain text everywhere else.
struct Paint: Sendable {
    let isOn: Bool

    enum Tone: String {
        case strong = "1"
        case faint = "2"
        case alarm = "31"
        case handle = "36"
        case pending = "33"
    }

    func callAsFunction(_ text: String, _ tone: Tone) -> String {
        isOn && !text.isEmpty ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Without spaces at the end.
    private static func trimmed(_ line: String) -> String {
        var rest = Substring(line)
        while rest.last == " " { rest = rest.dropLast() }
        return String(rest)
    }

    /// Columns aligned by their widest cell; the last one is wrapped, or clipped where each row is to be one line.
    func table(_ rows: [[(text: String, tone: Tone?)]], columns width: Int, clip: Bool, indent: Int = 0) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        var widths = [Int](repeating: 0, count: count)
        for row in rows where row.count > 1 {
            for (index, cell) in row.dropLast().enumerated() { widths[index] = max(widths[index], DisplayText.width(cell.text)) }
        }
        let margin = String(repeating: " ", count: indent)
        return rows.flatMap { row -> [String] in
            guard let last = row.last else { return [margin] }
            let lead = row.dropLast().enumerated().map { index, cell in
                let text = DisplayText.padded(cell.text, to: widths[index])
                return (cell.tone.map { self(text, $0) } ?? text) + "  "
            }.joined()
            let taken = indent + row.dropLast().indices.reduce(0) { $0 + widths[$1] + 2 }
            let room = max(20, width - taken)
            let lines = clip ? [DisplayText.clipped(last.text, to: room)] : DisplayText.wrapped(last.text, to: room)
            return lines.enumerated().map { number, line in
                let start = number == 0 ? margin + lead : String(repeating: " ", count: taken)
                return Self.trimmed(start + (last.tone.map { self(line, $0) } ?? line))
            }
        }
    }
}
