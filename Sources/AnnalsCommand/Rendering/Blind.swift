import AnnalsModel

/// What a coder is not shown: others' judgments of an item that he has yet to judge, and what curators settled on by them.
struct Blind {
    /// nil for who is shown all.
    var reader: Name?

    func hides(_ field: FieldRule, of entity: Entity, _ vocabulary: Vocabulary) -> Bool {
        guard let reader else { return false }
        func isJudged(_ name: String) -> Bool { entity.codings(name).contains { $0.author == reader } }
        if field.merge == .perCoder { return !isJudged(field.name) }
        guard field.role > .analyst else { return false }
        let judged = vocabulary.kind(entity.kind)?.fields.filter { $0.merge == .perCoder } ?? []
        return !judged.isEmpty && !judged.contains { isJudged($0.name) }
    }
}
