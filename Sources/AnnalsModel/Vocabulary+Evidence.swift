/// What events are known by: sources, their texts, passages of them, and what is said about either.
extension Vocabulary {
    /// Reliability: the Admiralty system (NATO STANAG 2511, AJP-2.1), letters A to F.
    static let source = KindRule(
        "source", plural: "sources", letter: "s", label: "name", "an outlet or institution that reports",
        fields: [
            FieldRule("name", .line, .latest, "what it is called", required: true),
            FieldRule("kind", .token, .latest, "what sort of source: agency, newspaper, ministry …"),
            FieldRule("uri", .token, .latest, "where it is found"),
            FieldRule(
                "reliability", .choice(Codebooks.reliabilities), .perCoder, "Admiralty reliability, A to F, each coder's own judgment"),
        ])

    /// A document is what it says, so its text names it.
    static let document = KindRule(
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
        ])

    /// Citations: W3C Web Annotation Data Model, TextQuoteSelector and TextPositionSelector.
    static let citation = KindRule(
        "citation", plural: "citations", letter: "q", label: "quote",
        "a passage of a document, and what it is evidence for",
        fields: [
            FieldRule("document", .item(["document"]), .immutable, "the document quoted", required: true),
            FieldRule(
                "quote",
                .object([
                    .init("exact", .text, required: true), .init("prefix", .text, isSearched: false),
                    .init("suffix", .text, isSearched: false),
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
                    .init("stance", .choice(Codebooks.stances), required: true),
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
        ])

    /// Only its author changes a remark.
    static let note = KindRule(
        "note", plural: "notes", letter: "n", label: "text", retractors: .owner, "a remark on anything",
        fields: [
            FieldRule("target", .item([]), .immutable, "what it is about", required: true),
            FieldRule("reply-to", .item(["note"]), .immutable, "the note that it answers"),
            FieldRule(
                "kind", .choice(["remark", "claim", "opinion"]), .immutable,
                "what sort: a remark, what somebody claims, an opinion on the target"),
            FieldRule("opinion", .choice(Codebooks.opinions), .contested, "how far its author agrees with the target", writers: .owner),
            FieldRule("text", .text, .contested, "what it says", required: true, writers: .owner),
        ])

    /// Credibility: the Admiralty system, numbers 1 to 6. Likelihood and confidence: ICD 203, Analytic Standards.
    static let assessment = KindRule(
        "assessment", plural: "assessments", letter: "x", label: "target", "how far something can be believed, each coder's own judgment",
        fields: [
            FieldRule("target", .item([]), .immutable, "what is assessed", required: true),
            FieldRule(
                "credibility", .integer(Codebooks.credibilities), .perCoder, "Admiralty credibility, 1 confirmed to 6 cannot be judged"),
            FieldRule("likelihood", .choice(Codebooks.likelihoods), .perCoder, "how likely it is, in the bands of ICD 203"),
            FieldRule("confidence", .choice(Codebooks.confidences), .perCoder, "how much the judgment rests on"),
        ])

    /// Coding keeps the version that it used.
    static let codebook = KindRule(
        "codebook", plural: "codebooks", letter: "k", label: "name", role: .curator,
        "a published list of codes; coding names the version that it used",
        fields: [
            FieldRule("name", .line, .immutable, "its name", required: true),
            FieldRule("version", .line, .immutable, "its version", required: true),
            FieldRule(
                "codes",
                .list(.object([.init("code", .token, required: true), .init("label", .line)])), .immutable,
                "its codes", required: true),
            FieldRule("uri", .token, .immutable, "where it is published"),
            FieldRule(
                "mappings",
                .object([
                    .init("to", .item(["codebook"]), required: true),
                    .init(
                        "codes", .list(.object([.init("from", .token, required: true), .init("to", .token, required: true)])),
                        required: true),
                ]), .append, "how its codes are said in another codebook or version"),
        ])
}
