public import AnnalsModel

extension View {
    /// The same view for a coder who is not to see how others judged an item before having handed in a judgment of their own: neither in what is shown, nor in what is
    /// found, derived or counted. That somebody has judged it is not hidden.
    ///
    ///     let view = try replica.view().blind(for: replica.user)
    ///
    /// Recording from it, and undoing, is checked against the whole view.
    public func blind(for reader: Name) -> View { blind(for: reader, judging: nil) }

    /// - Parameter judging: a view in which it is seen what the coder has judged; this one where it is nil.
    func blind(for reader: Name, judging: View?) -> View {
        View(
            base: base, vocabulary: vocabulary,
            source: BlindSource(
                whole: source.whole, judging: judging?.source.whole, blind: Blinding(reader: reader, vocabulary), vocabulary: vocabulary))
    }

    /// The view that hides nothing.
    var whole: View { View(base: base, vocabulary: vocabulary, source: source.whole) }

    /// Whether what an item says in a cell is hidden.
    func hides(_ key: Entity.CellKey, of item: Entity) throws -> Bool {
        try source.blinding?.hides(key, of: item.id, item.kind) ?? false
    }

    /// By fields of an item, how many other coders' judgments are hidden.
    public func hiddenCounts(of item: ItemID) throws -> [String: Int] {
        guard let blinding = source.blinding, let entity = try source.whole.entity(item) else { return [:] }
        return try entity.cells.reduce(into: [:]) { counts, cell in
            guard cell.key.author != nil, cell.value.heads.contains(where: { !$0.value.isNull }),
                try blinding.hides(cell.key, of: item, entity.kind)
            else { return }
            counts[cell.key.field, default: 0] += 1
        }
    }

    /// How many open conflicts are hidden.
    public func hiddenConflictCount() throws -> Int {
        try source.blinding.map { try $0.whole.conflicts().count - $0.conflicts().count } ?? 0
    }

    /// A step of the record as this view shows it: one of which something is hidden has no line.
    public func covering(_ step: HistoryStep) throws -> HistoryStep {
        guard let blinding = source.blinding, let change = step.change else { return step }
        let shown = try blinding.blind.covering(change, by: step.author, item: blinding.judged)
        return shown == change ? step : HistoryStep(step, covered: shown)
    }
}
