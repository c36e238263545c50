import AnnalsModel

/// The texts behind `--help`, all in one form.
enum Help {
    /// What there is to say about a verb, and an example that works as it stands; `\` continues a line.
    static func text(_ text: String, example: String) -> String {
        text + "\n\n" + heading + "\n" + example.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
    }

    static let heading = "EXAMPLE"

    /// The commands of an example.
    static func commands(_ discussion: String) -> [String] {
        let example = discussion.split(separator: "\n").drop { !sameBytes(String($0), heading) }.dropFirst()
        var commands: [String] = []
        var open = false
        for line in example {
            var text = line.drop { $0 == " " }
            let continues = text.hasSuffix("\\")
            if continues { text = text.dropLast() }
            if open, let last = commands.popLast() {
                commands.append(last + text)
            } else {
                commands.append(String(text))
            }
            open = continues
        }
        return commands
    }
}
