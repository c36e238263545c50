/// Who acts, where, and what is reported to have happened.
extension Vocabulary {
    /// Codes: ISO 3166-1 alpha-3. Sectors: PLOVER.
    static let actor = KindRule(
        "actor", plural: "actors", letter: "a", label: "names",
        "a person, office, organization or group that takes part",
        fields: [
            FieldRule(
                "names",
                .object([
                    .init("text", .line, required: true), .init("language", .token), .init("script", .token),
                ]), .set, "names, each with its language and script"),
            FieldRule(
                "kind", .choice(["person", "office", "organization", "group", "state", "other"]), .latest,
                "what sort of actor"),
            FieldRule("code", .token, .latest, "ISO 3166-1 alpha-3 or a group code"),
            FieldRule("sector", .token, .latest, "PLOVER sector"),
            FieldRule("wikidata", .token, .latest, "Wikidata id"),
            FieldRule(
                "posts",
                .object([.init("office", .line, required: true), .init("from", .date), .init("to", .date)]),
                .append, "offices held"),
        ])

    /// Resolution: the steps in which event data sets say how exact a place is, the least exact first.
    static let place = KindRule(
        "place", plural: "places", letter: "p", label: "name", "where something happens",
        fields: [
            FieldRule("name", .line, .latest, "what it is called", required: true),
            FieldRule("country", .token, .latest, "ISO 3166-1 alpha-3 code"),
            FieldRule("geonames", .token, .latest, "GeoNames id"),
            FieldRule(
                "point", .object([.init("lat", .decimal, required: true), .init("lon", .decimal, required: true)]), .latest,
                "WGS 84 latitude and longitude, in degrees"),
            FieldRule(
                "resolution", .integer(1...5), .latest, "how exact it is: 1 a country, 2 a region, 3 a district, 4 a town, 5 the very place"
            ),
        ])

    /// Types and contexts: PLOVER manual. Codes: CAMEO (Gerner, Schrodt et al.).
    static let event = KindRule(
        "event", plural: "events", letter: "e", label: "title", "something reported to have happened",
        fields: [
            FieldRule("title", .line, .latest, "what happened, in a line", required: true),
            FieldRule("summary", .text, .latest, "what happened, at length"),
            FieldRule("place", .itemOrText(["place"]), .latest, "where it happened"),
            FieldRule("about-places", .list(.itemOrText(["place"])), .latest, "places that it concerns"),
            FieldRule(
                "when",
                .object([.init("edtf", .date, required: true), .init("basis", basis), .init("note", .text)]), .contested,
                "when it happened"),
            FieldRule(
                "occurrence", .choice(["happened", "planned", "cancelled", "did-not-happen"]), .contested,
                "whether it happened"),
            FieldRule(
                "participations",
                .object([
                    .init("actor", .item(["actor"]), required: true), .init("role", .token, required: true),
                    .init("side", .choice(["actor", "recipient"])), .init("on-behalf-of", .item(["actor"])),
                    .init("as-reported", .line), .init("basis", basis),
                ]), .set, "who took part, and as what"),
            FieldRule("tags", .line, .set, "free labels"),
            FieldRule("assignees", .token, .set, "who is to code it"),
            FieldRule("coding", ownCoding, .perCoder, "what kind of event it is, each coder's own judgment"),
            FieldRule(
                "adjudicated", coding, .contested, "the coding that curators settled on", role: .curator),
            FieldRule(
                "state", .choice(Codebooks.codingStates), .contested,
                "how far the coding of it is", reserved: ["reviewed", "locked"]),
        ])
}
