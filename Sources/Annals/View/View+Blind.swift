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

    /// How many other coders' judgments of a field are hidden.
    public func hiddenCount(of item: ItemID, field: String) throws -> Int {
        guard let blinding = source.blinding, let entity = try source.whole.entity(item),
            try blinding.hides(field, of: item, entity.kind)
        else { return 0 }
        return entity.codings(field).count { $0.author != blinding.blind.reader }
    }

    /// A step of the record as this view shows it: one of which something is hidden has no line.
    public func covering(_ step: HistoryStep) throws -> HistoryStep {
        guard let blinding = source.blinding, let change = step.change else { return step }
        let shown = try blinding.blind.covering(change, by: step.author, item: blinding.judged)
        return shown == change ? step : HistoryStep(step, covered: shown)
    }
}
