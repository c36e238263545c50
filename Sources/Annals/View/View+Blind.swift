public import AnnalsModel

extension View {
    /// The same view for a coder who is not to see how others judged an item before having judged it: neither in what is shown, nor in what is
    /// found, derived or counted.
    ///
    ///     let view = try replica.view().blind(for: replica.user)
    ///
    /// Recording from it is recording from the whole view.
    public func blind(for reader: Name) -> View {
        View(
            base: base, vocabulary: vocabulary,
            source: BlindSource(whole: source.whole, blind: Blinding(reader: reader), vocabulary: vocabulary))
    }

    /// The view that hides nothing.
    var whole: View { View(base: base, vocabulary: vocabulary, source: source.whole) }

    /// Whose judgments of a field are hidden: the coders, in order.
    public func hiddenCoders(of item: ItemID, field: String) throws -> [Name] {
        guard let blinding = source.blinding, let entity = try source.whole.entity(item),
            let rule = vocabulary.field(field, of: entity.kind), blinding.hides(rule, of: entity, vocabulary)
        else { return [] }
        return entity.codings(field).map(\.author)
    }

    /// A step of the record as this view shows it: one of which something is hidden has no line.
    public func covering(_ step: HistoryStep) throws -> HistoryStep {
        guard let blinding = source.blinding, let change = step.change else { return step }
        let shown = try blinding.covering(change, by: step.author, vocabulary) { try source.whole.entity($0) }
        return shown == change ? step : HistoryStep(step, covered: shown)
    }
}
