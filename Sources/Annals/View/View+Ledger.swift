public import AnnalsModel
public import EDTF

/// A commitment, where it stands on a day, and what that rests on.
public struct LedgerLine: Sendable {
    /// The commitment; of doubles the first, with what is said of each of them.
    public let commitment: Entity
    /// The other items that are said to be the same, in the order of handles.
    public let doubles: [ItemID]
    /// Derived for the day that was asked for.
    public let standing: CommitmentStanding
    /// The passages that support or contradict it, in the order of handles.
    public let evidence: [Entity]
}

extension View {
    /// The commitments as they stand on a day, the most urgent first: by state, then by the first and the last day on which they can end.
    ///
    /// Items that are said to be the same are one, with what is said of each of them.
    ///
    /// All of it is derived from what the view has, so a view of the past tells what was known then of that day.
    ///
    ///     let ledger = try view.ledger(on: EDTFDay(year: 2026, month: 2, day: 8)!)
    public func ledger(on day: EDTFDay) throws -> [LedgerLine] {
        let order = Dictionary(uniqueKeysWithValues: CommitmentStanding.State.allCases.enumerated().map { ($1, $0) })
        let doubles = try doubles()
        let lines = try distinct("commitment", doubles).map { try line($0, on: day, doubles) }
        // Stable: equal ones stay in the order of their handles.
        return lines.enumerated().sorted { a, b in
            let states = [a, b].map { order[$0.element.standing.state] ?? 0 }
            if states[0] != states[1] { return states[0] < states[1] }
            let ends = [a, b].map { $0.element.standing.deadline }
            for end in [ends.map { $0?.earliest ?? $0?.latest }, ends.map { $0?.latest }] where end[0] != end[1] {
                if let first = end[0], let second = end[1] { return first < second }
                return end[0] != nil
            }
            return a.offset < b.offset
        }.map(\.element)
    }

    /// A commitment as it stands on a day, with its evidence.
    public func line(_ commitment: Entity, on day: EDTFDay) throws -> LedgerLine {
        let doubles = try doubles()
        return try line(joined(commitment, doubles), on: day, doubles)
    }

    private func line(_ commitment: Entity, on day: EDTFDay, _ doubles: Doubles) throws -> LedgerLine {
        let group = doubles.speaking(for: commitment.id)
        // What names it is found by the table of references.
        let relations = try group.flatMap { id in
            try entities(kind: "relation", where: .names(id), .equals("from", .string(id.raw)), .equals("type", "conditional_on"))
        }
        let standing = try CommitmentStanding(commitment, relations: relations, on: day, same: doubles.representative) { id in
            try joined(id, doubles).flatMap { $0.isPresent ? $0 : nil }
        }
        var seen: Set<ItemID> = []
        let evidence = try group.flatMap { id in
            try entities(kind: "citation", where: .names(id), .equals("about.item", .string(id.raw)))
        }.filter { seen.insert($0.id).inserted }
        return LedgerLine(
            commitment: commitment, doubles: group.filter { $0 != commitment.id }, standing: standing,
            evidence: Order.handle.sorted(evidence, vocabulary))
    }

    /// What became of an instrument and its doubles, step by step.
    public func history(of instrument: Entity) throws -> InstrumentHistory {
        let doubles = try doubles()
        return try history(of: joined(instrument, doubles), doubles)
    }

    /// An item with what its doubles say of it; one that is taken back says for itself only.
    private func joined(_ item: Entity, _ doubles: Doubles) throws -> Entity {
        doubles.speaking(for: item.id).count < 2 ? item : try joined(item.id, doubles) ?? item
    }

    private func history(of instrument: Entity, _ doubles: Doubles) throws -> InstrumentHistory {
        try InstrumentHistory(instrument) { try joined($0, doubles) }
    }

    /// All instruments, doubles as one, in the order of handles, and what became of each.
    public func instruments() throws -> [(instrument: Entity, history: InstrumentHistory)] {
        let doubles = try doubles()
        return try distinct("instrument", doubles).map { ($0, try history(of: $0, doubles)) }
    }
}
