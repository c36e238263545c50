/// Choosing one of some items by typing: words filter, a number chooses, an empty line gives up.
struct Picker {
    struct Choice: Equatable {
        /// What goes on with: a handle.
        var handle: String
        /// What a person reads.
        var text: String
    }

    enum Step: Equatable {
        case showing([Choice])
        case chosen(Choice)
        case nothing
    }

    /// How many are shown at once.
    static let shownMax = 15

    let choices: [Choice]
    private(set) var shown: [Choice]

    init(_ choices: [Choice]) {
        self.choices = choices
        shown = choices
    }

    /// Takes a line that the person typed; nil where the input ended.
    mutating func take(_ line: String?) -> Step {
        guard let line, !line.isEmpty else { return .nothing }
        if let number = Int(line), number > 0, number <= min(shown.count, Self.shownMax) { return .chosen(shown[number - 1]) }
        if let exact = choices.first(where: { $0.handle == line }) { return .chosen(exact) }
        let words = line.lowercased().split(separator: " ")
        let fitting = choices.filter { choice in
            let text = (choice.handle + " " + choice.text).lowercased()
            return words.allSatisfy { text.contains($0) }
        }
        if fitting.count == 1 { return .chosen(fitting[0]) }
        shown = fitting.isEmpty ? choices : fitting
        return .showing(shown)
    }

    /// Asks on the terminal until something is chosen.
    static func ask(_ choices: [Choice], _ console: Console) -> Choice? {
        var picker = Picker(choices)
        while true {
            for (number, choice) in picker.shown.prefix(shownMax).enumerated() {
                console.error(
                    "\(number + 1 < 10 ? " " : "")\(number + 1)  "
                        + DisplayText.clipped("\(choice.handle)  \(choice.text)", to: Console.columns - 4))
            }
            if picker.shown.count > shownMax { console.error("    … \(picker.shown.count - shownMax) more") }
            console.ask("a number, words to filter, or nothing to leave it: ")
            switch picker.take(readLine()) {
            case .chosen(let choice): return choice
            case .nothing: return nil
            case .showing: continue
            }
        }
    }
}
