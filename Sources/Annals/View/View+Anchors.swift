public import AnnalsModel

/// A citation of an older version of a document, and where its words stand in this one.
public struct AnchoredCitation: Sendable {
    /// The citation as the view has it.
    public let citation: Entity
    /// Where a comparison of the two texts finds it, and how sure that is.
    public let anchor: Anchor
    /// Where a person said that it stands; nil where nobody did.
    public let confirmed: TextPosition?
}

extension View {
    /// Where the quotes of all older versions stand in a version of a document, in the order of the older text.
    ///
    /// None is left out: what is not found is orphaned. A person's confirmation is a recording (``Edit/confirm(_:in:at:)``), and goes before
    /// what a comparison says; what was confirmed in a version between is looked for from there.
    ///
    /// - Throws: ``AnnalsError`` where the document says nothing of an older version.
    public func anchors(in document: ItemID) throws -> [AnchoredCitation] {
        guard let own = try entity(document), let new = own.shown("text")?.string else {
            throw AnnalsError(.notFound, "there is no document with the id \(document)")
        }
        let versions = try earlierVersions(of: own)
        guard !versions.isEmpty else {
            throw AnnalsError(
                .invalid, "\(try handle(of: document)) is not said to be a newer version of anything",
                wayOut: "Import it with --revises HANDLE of the version before.")
        }
        var anchorings: [ItemID: Anchoring] = [:]
        var found: [AnchoredCitation] = []
        for version in versions {
            for citation in try entities(kind: "citation", where: .names(version.id), .equals("document", .string(version.id.raw))) {
                var anchor = Anchor.orphan
                if let (start, place) = lastKnown(citation, among: versions, version), let text = start.shown("text")?.string {
                    let anchoring = anchorings[start.id] ?? Anchoring(from: text, to: new)
                    anchorings[start.id] = anchoring
                    anchor = anchoring.anchor(place)
                }
                found.append(AnchoredCitation(citation: citation, anchor: anchor, confirmed: confirmed(citation, in: own)))
            }
        }
        return found.sorted { a, b in
            let starts = [a, b].map { $0.citation.shown("position")?["start"]?.integer ?? 0 }
            return starts[0] == starts[1] ? a.citation.id < b.citation.id : starts[0] < starts[1]
        }
    }

    /// The versions before a document, the nearest first.
    private func earlierVersions(of document: Entity) throws -> [Entity] {
        var (versions, seen) = ([Entity](), Set([document.id]))
        var next = document.shown("previous")?.string.flatMap { ItemID($0) }
        while let id = next, seen.insert(id).inserted, let version = try entity(id) {
            versions.append(version)
            next = version.shown("previous")?.string.flatMap { ItemID($0) }
        }
        return versions
    }

    /// Where a citation stands in the nearest version in which that is known; nil where it says no passage of its own text.
    private func lastKnown(
        _ citation: Entity, among versions: [Entity], _ own: Entity
    ) -> (version: Entity, position: TextPosition)? {
        for version in versions {
            if version.id == own.id { break }
            if let position = confirmed(citation, in: version) { return (version, position) }
        }
        return citation.shown("position").flatMap { Self.position($0, in: own) }.map { (own, $0) }
    }

    /// What a person said last of where a citation stands in a version, and is a passage of it.
    private func confirmed(_ citation: Entity, in document: Entity) -> TextPosition? {
        let said = citation.shownElements("anchors", vocabulary).filter { $0.value["document"]?.string == document.id.raw }
        return said.compactMap { Self.position($0.value, in: document) }.last
    }

    private static func position(_ value: Value, in document: Entity) -> TextPosition? {
        guard let start = value["start"]?.integer, let end = value["end"]?.integer, let text = document.shown("text")?.string else {
            return nil
        }
        let position = TextPosition(start: Int(clamping: start), end: Int(clamping: end))
        return isPassage(position, of: text) ? position : nil
    }

    static func isPassage(_ position: TextPosition, of text: String) -> Bool {
        0 <= position.start && position.start < position.end && position.end <= text.unicodeScalars.count
    }
}

extension Edit {
    /// Says where a citation's words stand in a newer version of its document.
    ///
    /// - Returns: what was appended to the citation's anchors.
    /// - Throws: ``AnnalsError`` where that is no passage of the document.
    @discardableResult
    public func confirm(_ citation: ItemID, in document: ItemID, at position: TextPosition) throws -> Value {
        guard let text = try view.entity(document)?.shown("text")?.string else {
            throw AnnalsError(.notFound, "there is no document with the id \(document)")
        }
        guard View.isPassage(position, of: text) else {
            throw AnnalsError(.invalid, "that is no passage of the document", wayOut: "Give 0 ≤ start < end, in code points of its text.")
        }
        let value: Value = [
            "document": .string(document.raw), "start": .integer(Int64(position.start)), "end": .integer(Int64(position.end)),
        ]
        try append(citation, "anchors", value)
        return value
    }
}
