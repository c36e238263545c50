extension Vocabulary {
    /// Version 1: what this release can record.
    ///
    /// PLOVER types and contexts: Open Event Data Alliance, PLOVER manual. CAMEO codes: Gerner, Schrodt et al.
    /// Citations: W3C Web Annotation Data Model, TextQuoteSelector and TextPositionSelector.
    public static let current = Vocabulary(
        version: 1,
        kinds: [
            KindRule(
                "document", plural: "documents", letter: "d", label: "title", namedByText: true,
                "a text that reports events, named by the SHA-256 of its bytes",
                fields: [
                    FieldRule("text", .text, .immutable, "the text as it stands, never changed", required: true),
                    FieldRule("language", .token, .immutable, "BCP 47 tag of the text's language"),
                    FieldRule("previous", .item(["document"]), .immutable, "the version that this one revises"),
                    FieldRule("title", .line, .latest, "headline or file name"),
                    FieldRule("uri", .token, .latest, "where it was found"),
                    FieldRule("source", .itemOrText(["source"]), .latest, "the outlet that published it"),
                    FieldRule("published", .date, .latest, "date of publication"),
                    FieldRule("attribution", .line, .latest, "whose statement it reports"),
                    FieldRule("republishes", .item(["document"]), .latest, "the document that it repeats"),
                ]),
            KindRule(
                "citation", plural: "citations", letter: "q", label: "quote",
                "a passage of a document, and what it is evidence for",
                fields: [
                    FieldRule("document", .item(["document"]), .immutable, "the document quoted", required: true),
                    FieldRule(
                        "quote",
                        .object([
                            .init("exact", .text, required: true), .init("prefix", .text), .init("suffix", .text),
                        ]), .immutable, "the passage and its surroundings", required: true),
                    FieldRule(
                        "position",
                        .object([
                            .init("start", .integer(0...maximumInteger), required: true),
                            .init("end", .integer(0...maximumInteger), required: true),
                        ]), .immutable, "where it stands, in Unicode code points", required: true),
                    FieldRule(
                        "about",
                        .object([
                            .init("item", .item([]), required: true), .init("field", .token),
                            .init("stance", .choice(["supports", "contradicts"]), required: true),
                            .init("value", .text), .init("speaker", .itemOrText(["actor"])),
                        ]), .set, "what it supports or contradicts"),
                    FieldRule(
                        "quantity",
                        .object([
                            .init("low", .decimal), .init("best", .decimal), .init("high", .decimal),
                            .init("unit", .line, required: true),
                        ]), .latest, "a number that it reports"),
                    FieldRule(
                        "anchors",
                        .object([
                            .init("document", .item(["document"]), required: true),
                            .init("start", .integer(0...maximumInteger), required: true),
                            .init("end", .integer(0...maximumInteger), required: true),
                        ]), .append, "where it stands in a newer version, as a person confirmed"),
                ]),
            KindRule(
                "actor", plural: "actors", letter: "a", label: "names",
                "a person, office, organization or group that takes part",
                fields: [
                    FieldRule(
                        "names",
                        .object([
                            .init("text", .line, required: true), .init("language", .token), .init("script", .token),
                        ]), .set, "names, each with its language and script"),
                    FieldRule(
                        "kind", .choice(["person", "office", "organization", "group", "country", "other"]), .latest,
                        "what sort of actor"),
                    FieldRule("code", .token, .latest, "ISO 3166-1 alpha-3 or a group code"),
                    FieldRule("sector", .token, .latest, "PLOVER sector"),
                    FieldRule("wikidata", .token, .latest, "Wikidata id"),
                    FieldRule(
                        "posts",
                        .object([.init("office", .line, required: true), .init("from", .date), .init("to", .date)]),
                        .append, "offices held"),
                ]),
            KindRule(
                "event", plural: "events", letter: "e", label: "title", "something reported to have happened",
                fields: [
                    FieldRule("title", .line, .latest, "what happened, in a line", required: true),
                    FieldRule("summary", .text, .latest, "what happened, at length"),
                    FieldRule("place", .itemOrText(["place"]), .latest, "where it happened"),
                    FieldRule("about-places", .list(.itemOrText(["place"])), .latest, "places that it concerns"),
                    FieldRule(
                        "when",
                        .object([.init("edtf", .date, required: true), .init("basis", basis)]), .contested,
                        "when it happened"),
                    FieldRule(
                        "occurrence", .choice(["happened", "planned", "cancelled", "did-not-happen"]), .contested,
                        "whether it happened"),
                    FieldRule(
                        "participations",
                        .object([
                            .init("actor", .item(["actor"]), required: true), .init("role", .token, required: true),
                            .init("on-behalf-of", .item(["actor"])), .init("as-reported", .line), .init("basis", basis),
                        ]), .set, "who took part, and as what"),
                    FieldRule("tags", .line, .set, "free labels"),
                    FieldRule("assignees", .token, .set, "who is to code it"),
                    FieldRule("coding", coding, .perCoder, "what kind of event it is, each coder's own judgment"),
                    FieldRule(
                        "adjudicated", coding, .contested, "the coding that curators settled on", role: .curator),
                    FieldRule(
                        "state", .choice(["draft", "submitted", "reviewed", "locked"]), .contested,
                        "how far the coding of it is"),
                ]),
            KindRule(
                "note", plural: "notes", letter: "n", label: "text", retractors: .owner, "a remark on anything",
                fields: [
                    FieldRule("target", .item([]), .immutable, "what it is about", required: true),
                    FieldRule("reply-to", .item(["note"]), .immutable, "the note that it answers"),
                    FieldRule("text", .text, .contested, "what it says", required: true, writers: .owner),
                ]),
            KindRule(
                "codebook", plural: "codebooks", letter: "k", label: "name", role: .curator,
                "a published list of codes; coding names the version that it used",
                fields: [
                    FieldRule("name", .line, .immutable, "its name", required: true),
                    FieldRule("version", .line, .immutable, "its version", required: true),
                    FieldRule(
                        "codes",
                        .list(.object([.init("code", .token, required: true), .init("label", .line)])), .immutable,
                        "its codes", required: true),
                ]),
        ])

    /// The largest integer that every JSON reader keeps exact: 2^53 − 1.
    public static let maximumInteger: Int64 = 9_007_199_254_740_991

    private static let basis = ValueType.choice(["stated", "implied", "inferred"])

    /// PLOVER's sixteen event types.
    public static let ploverTypes = [
        "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT",
        "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
    ]

    private static let coding = ValueType.object([
        .init("type", .choice(ploverTypes), required: true), .init("mode", .list(.token)),
        .init("contexts", .list(.token)), .init("auxiliary", .token), .init("cameo", .token),
        .init(
            "alternatives",
            .list(.object([.init("type", .choice(ploverTypes)), .init("cameo", .token), .init("why", .text)]))),
        .init("note", .text), .init("codebook", .token),
    ])
}
