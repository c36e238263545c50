import Annals
import AnnalsModel
import AnnalsWire

extension Desk {
    /// Records one change and says how to undo it; with `--dry-run` says what it would have been.
    ///
    /// - Parameter about: what is named where the change makes nothing new: `e40.when`.
    @discardableResult
    func record(
        _ options: RecordOptions, about: String? = nil, undoes: ChangeID? = nil, _ edit: (Draft) throws -> Void
    ) throws -> Receipt? {
        do {
            let screen = try options.seen.map(view(seen:)) ?? view
            let (_, receipt) = try replica.record(from: screen, reason: options.why, undoes: undoes) { editor in
                let draft = Draft(editor)
                try edit(draft)
                if options.dryRun { throw DryRun(draft, base: screen.base, reason: options.why) }
            }
            try report(receipt, about: about)
            return receipt
        } catch let run as DryRun {
            try say(run)
            return nil
        }
    }

    /// What was on the screen when this entry was the last one: the base of what is recorded with `--seen`.
    private func view(seen: Int64) throws -> View {
        try checkReached(seen)
        return try replica.view(seen: seen)
    }

    private func checkReached(_ seen: Int64) throws {
        guard seen <= view.base.seq else {
            throw CommandFailure.usage(
                "there is no entry \(seen) here yet", at: "--seen", do: "give at most \(view.base.seq), or run annals sync first")
        }
    }

    /// Throws where an item of the change has entries after the one that the person last looked at: what they did not see they
    /// must not undo.
    func checkUnchanged(_ items: Set<ItemID>, since seen: Int64) throws {
        try checkReached(seen)
        for id in items.sorted() {
            for step in try replica.history(of: id, from: seen + 1) where step.seq != nil {
                throw CommandFailure(
                    "\(name(id)) changed in \(step.handle), after entry \(seen)", at: "--seen",
                    do: "look again (annals show \(name(id))) and record from what you see; nothing was recorded", .conflict)
            }
        }
    }

    /// The handle of what was recorded, and the way back.
    func report(_ receipt: Receipt, about: String?) throws {
        let change = "@~\(receipt.n)"
        let handles = try receipt.handles()
        if isJSON {
            console.line(
                JSONLine.text([
                    ("change", .string(receipt.change.raw)), ("handle", .string(change)), ("n", .integer(receipt.n)),
                    ("base", .integer(receipt.base.seq)), ("made", .array(handles.map { .string($0) })),
                ]))
        } else if console.isQuiet {
            console.lines(handles)
        } else {
            let what = handles.isEmpty ? about ?? change : handles.joined(separator: ", ")
            console.line("\(Console.paint(what, .handle)) recorded (\(change)). Undo: annals undo \(change)")
        }
    }

    /// What a dry run would have recorded, after the rules that it would have had to pass.
    private func say(_ run: DryRun) throws {
        // Any role where no server has said it.
        let role = try replica.status().role ?? .curator
        do throws(RuleViolation) {
            let rules = ChangeRules(vocabulary: vocabulary, maximumOperations: Limits().operationsPerChange)
            try rules.check(run.change, role: role)
        } catch {
            throw CommandFailure(error.description, at: replica.directory, do: "nothing was recorded")
        }
        // What does not exist yet has no number.
        func name(_ id: ItemID) -> String {
            guard let kind = run.made[id] else { return self.name(id) }
            return (vocabulary.kind(kind)?.letter).map { "\($0)~?" } ?? kind
        }
        if isJSON {
            console.line(JSONLine.text([("dry-run", true)] + ChangeJSON(name: name).value(run.change)))
        } else {
            let text = ChangeText(vocabulary: vocabulary, values: ValueText(name: name))
            console.lines(text.lines(run.change).map { "would have " + $0 } + ["nothing was recorded"])
        }
    }
}

/// Ends a recording before anything is recorded, and brings what it would have been.
private struct DryRun: Error {
    var change: Change
    /// The kinds of what it would have made.
    var made: [ItemID: String] = [:]

    init(_ draft: Draft, base: Base, reason: String?) {
        change = Change(
            id: draft.change, n: 0, prev: nil, base: base, at: LocalClock.now(), why: reason, operations: draft.operations)
        for (index, operation) in draft.operations.enumerated() where operation.name == "create" {
            made[change.entity(ofOperation: index + 1)] = operation.kind
        }
    }
}
