/// What binds: instruments, what was promised in them, and how things hang together.
extension Vocabulary {
    static let instrument = KindRule(
        "instrument", plural: "instruments", letter: "i", label: "title", "an agreement, order, statute, letter or the like",
        fields: [
            FieldRule("title", .line, .latest, "what it is called", required: true),
            FieldRule("kind", .token, .latest, "what sort: treaty, charter, executive-order, letter …"),
            FieldRule("parties", .item(["actor"]), .set, "who is bound by it, or addressed"),
            FieldRule(
                "statuses",
                .object([
                    .init("status", .choice(Codebooks.instrumentStatuses), required: true), .init("event", .item(["event"])),
                    .init("date", .date), .init("basis", basis),
                ]), .append, "what became of it, step by step"),
        ])

    /// A deadline is a date, or a duration (ISO 8601) that begins with an event.
    static let commitment = KindRule(
        "commitment", plural: "commitments", letter: "c", label: "text", "what somebody undertakes, expects or is asked to do",
        fields: [
            FieldRule("text", .text, .latest, "what is to be done", required: true),
            FieldRule("modality", .choice(Codebooks.modalities), .latest, "how binding it is"),
            FieldRule("basis", basis, .latest, "on what it rests"),
            FieldRule("instrument", .item(["instrument"]), .latest, "where it is laid down"),
            FieldRule("events", .item(["event"]), .set, "the events by which it was made or stated"),
            FieldRule("obligors", .item(["actor"]), .set, "who is to do it"),
            FieldRule("beneficiaries", .item(["actor"]), .set, "for whom"),
            FieldRule(
                "conditions",
                .object([
                    .init("kind", .choice(Codebooks.conditionKinds), required: true), .init("what", .itemOrText([]), required: true),
                    .init("basis", basis),
                ]),
                .set, "what must be first"),
            FieldRule(
                "deadline",
                .object([
                    .init("duration", .duration), .init("relation", .choice(Codebooks.deadlineRelations)),
                    .init("anchor", .item(["event"])),
                    .init("date", .date), .init("basis", basis),
                ]), .contested, "by when: a date, or a duration from an event"),
            FieldRule(
                "fulfilment",
                .object([.init("degree", .integer(Codebooks.fulfilment), required: true), .init("citations", .list(.item(["citation"])))]),
                .perCoder, "how far it is done, 0 to 3, each coder's own judgment"),
        ])

    static let relation = KindRule(
        "relation", plural: "relations", letter: "r", label: "type", "how two things hang together",
        fields: [
            FieldRule("from", .item([]), .immutable, "the one of which it is said", required: true),
            FieldRule("type", .choice(Codebooks.relationTypes), .immutable, "how it is related", required: true),
            FieldRule("to", .item([]), .immutable, "the other one", required: true),
            FieldRule("basis", basis, .immutable, "on what it rests"),
        ])
}
