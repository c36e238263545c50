extension Vocabulary {
    /// Version 1: what this release can record. What is checked against a list of codes is checked against ``Codebooks``.
    public static let current = Vocabulary(
        version: 1,
        kinds: [
            source, document, citation, actor, place, event, instrument, commitment, relation, note, assessment, codebook,
        ])

    /// The largest integer that every JSON reader keeps exact: 2^53 − 1.
    public static let maximumInteger: Int64 = 9_007_199_254_740_991

    static let basis = ValueType.choice(Codebooks.bases)

    /// What kind of event it is. A code of a published codebook names the codebook, whose version never changes.
    static let coding = ValueType.object(codingParts)

    /// A coder's own, who hands it in when done with it.
    static let ownCoding = ValueType.object(codingParts + [.init(Entity.stateField, .choice(Codebooks.ownStates))])

    private static let codingParts: [ValueType.Part] = [
        .init("type", .choice(Codebooks.ploverTypes), required: true), .init("mode", .list(.token)),
        .init("contexts", .list(.token)), .init("auxiliary", .token), .init("cameo", .choice(Codebooks.cameoCodes)),
        .init("codes", .list(.object([.init("codebook", .item(["codebook"]), required: true), .init("code", .token, required: true)]))),
        .init(
            "alternatives",
            .list(
                .object([
                    .init("type", .choice(Codebooks.ploverTypes)), .init("mode", .list(.token)),
                    .init("cameo", .choice(Codebooks.cameoCodes)), .init("why", .text),
                ]))),
        .init("note", .text), .init("codebook", .token),
    ]
}
