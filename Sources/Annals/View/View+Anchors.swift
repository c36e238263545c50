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
            for citation in try entities(kind: "citation", where: .equals("document", .string(version.id.raw))) {
                let start = lastKnown(citation, among: versions, version)
                guard let text = start.version.shown("text")?.string, let place = start.position, isPassage(place, of: text) else {
                    continue
                }
                let anchoring = anchorings[start.version.id] ?? Anchoring(from: text, to: new)
                anchorings[start.version.id] = anchoring
                found.append(
                    AnchoredCitation(
                        citation: citation, anchor: anchoring.anchor(place), confirmed: confirmed(citation, in: document)))
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

    /// Where a citation stands in the nearest version in which that is known.
    private func lastKnown(_ citation: Entity, among versions: [Entity], _ own: Entity) -> (version: Entity, position: TextPosition?) {
        for version in versions {
            if version.id == own.id { break }
            if let position = confirmed(citation, in: version.id) { return (version, position) }
        }
        return (own, citation.shown("position").flatMap(Self.position))
    }

    /// What a person said last of where a citation stands in a version.
    private func confirmed(_ citation: Entity, in document: ItemID) -> TextPosition? {
        let said = citation.shownElements("anchors", vocabulary).last { $0.value["document"]?.string == document.raw }
        return said.flatMap { Self.position($0.value) }
    }

    private static func position(_ value: Value) -> TextPosition? {
        guard let start = value["start"]?.integer, let end = value["end"]?.integer else { return nil }
        return TextPosition(start: Int(clamping: start), end: Int(clamping: end))
    }

    private func isPassage(_ position: TextPosition, of text: String) -> Bool {
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
        guard 0 <= position.start, position.start < position.end, position.end <= text.unicodeScalars.count else {
            throw AnnalsError(.invalid, "that is no passage of the document", wayOut: "Give 0 ≤ start < end, in code points of its text.")
        }
        let value: Value = [
            "document": .string(document.raw), "start": .integer(Int64(position.start)), "end": .integer(Int64(position.end)),
        ]
        try append(citation, "anchors", value)
        return value
    }
}
