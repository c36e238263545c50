import Annals
import AnnalsModel

extension Desk {
    /// The step of the record that `@1043`, `@~3` or a change's id names.
    func step(_ word: String) throws -> HistoryStep {
        guard ChangeID(word) != nil || Handle(word).map({ $0.letter == nil }) == true else {
            throw CommandFailure.usage("this is no change", at: "@…", do: "name one as @1043, @~3 while it is pending, or by its id; see annals log")
        }
        return try replica.step(word)
    }

    /// A step in words: who did what to which item, when it was written and received, and why.
    func stepLines(_ step: HistoryStep) -> [String] {
        let head = Console.paint(step.handle, step.seq == nil ? .pending : .handle) + "  " + Console.paint(step.author.raw, .strong)
        guard let change = step.change else {
            return ["\(head)  a change was refused (\(step.refusal?.code ?? "")): it has its place in the record and no effect"]
        }
        let acts = changeText.lines(change)
        let indent = String(repeating: " ", count: DisplayText.width(step.handle) + 2)
        var lines = acts.count == 1 ? ["\(head)  \(acts[0])"] : [head] + acts.map { indent + "- " + $0 }
        var about = "written \(LocalClock.text(change.at))"
        about += step.received.map { ", received \(LocalClock.text($0))" } ?? ", waiting for a server"
        if let undoes = change.undoes { about += "; undoes \(undoes)" }
        lines.append(indent + Console.paint(about, .faint))
        if let why = change.why { lines.append(indent + "because: " + DisplayText.safe(why)) }
        let width = Console.columns
        return lines.flatMap { DisplayText.width($0) > width && !Console.paint.isOn ? DisplayText.wrapped($0, to: width) : [$0] }
    }

    func stepJSON(_ step: HistoryStep) -> [(String, Value)] {
        var members: [(String, Value)] = [("handle", .string(step.handle)), ("author", .string(step.author.raw))]
        if let seq = step.seq { members.append(("seq", .integer(seq))) }
        if let received = step.received { members.append(("received", .string(received.description))) }
        if let code = step.refusal?.code { members.append(("refused", .string(code))) }
        if let change = step.change { members += changeJSON.value(change) }
        return members
    }
}
