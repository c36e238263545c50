import Annals
import AnnalsModel

extension Desk {
    /// The step of the record that `@1043`, `@~3` or a change's id names.
    func step(_ word: String) throws -> HistoryStep {
        guard ChangeID(word) != nil || Handle(word).map({ $0.letter == nil }) == true else {
            throw CommandFailure.usage(
                "this is no change", at: "@…", do: "name one as @1043, @~3 while it is pending, or by its id; see annals log")
        }
        return try view.covering(replica.step(word))
    }

    /// A step in words: who did what to which item, when it was written and received, and why.
    func stepLines(_ step: HistoryStep) -> [String] {
        var rows: [EntityText.Row] = []
        if let change = step.change {
            let acts = changeText.lines(change)
            if acts.count == 1 {
                rows.append([(step.author.raw, .strong), (acts[0], nil)])
            } else {
                rows += acts.enumerated().map { [($0 == 0 ? step.author.raw : "", .strong), ($1, nil)] }
            }
            let received = step.received.map { "received \(LocalClock.text($0))" } ?? "waiting for a server"
            let undoes = change.undoes.map { "; undoes \(changeName($0))" } ?? ""
            rows.append([("", nil), ("written \(LocalClock.text(change.at)), \(received)\(undoes)", .faint)])
            if let why = change.why { rows.append([("", nil), ("because: " + DisplayText.safe(why), nil)]) }
        } else {
            let code = step.refusal?.code ?? ""
            rows.append([(step.author.raw, .strong), ("a change was refused (\(code)): it has its place in the record and no effect", nil)])
        }
        let named = rows.enumerated().map { index, row -> EntityText.Row in
            [(index == 0 ? step.handle : "", step.seq == nil ? .pending : .handle)] + row
        }
        return Console.paint.table(named, columns: Console.columns, clip: false)
    }

    /// How people call a change; its id where it is not here.
    private func changeName(_ id: ChangeID) -> String { (try? replica.step(id.raw))?.handle ?? id.raw }

    func stepJSON(_ step: HistoryStep) -> [(String, Value)] {
        var members: [(String, Value)] = [("handle", .string(step.handle)), ("author", .string(step.author.raw))]
        if let seq = step.seq { members.append(("seq", .integer(seq))) }
        if let received = step.received { members.append(("received", .string(received.description))) }
        if let code = step.refusal?.code { members.append(("refused", .string(code))) }
        if let change = step.change { members += changeJSON.value(change) }
        return members
    }
}
