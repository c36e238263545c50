public import AnnalsModel

/// Who speaks for a value and who against it.
public struct Corroboration: Sendable {
    /// A source as documents name it, with the citations of what it published first.
    public struct Voice: Sendable {
        /// `{"item": …}` or `{"text": …}`; of a document without a source the document.
        public var source: Value
        /// The citations of its documents, in the order of handles.
        public var citations: [ItemID]
    }

    /// Distinct sources that support it, in the order of their first citation.
    public internal(set) var supporting: [Voice] = []
    /// Distinct sources that contradict it.
    public internal(set) var contradicting: [Voice] = []
}

extension View {
    /// How many distinct sources support or contradict what is said of an item.
    ///
    /// A document that repeats another (`republishes`), or is a newer version of one and names no source of its own, is no further source: what counts is where the text first came out. Sources that are said to
    /// be the same are one, and what is said of an item's double is said of it.
    ///
    /// - Parameters:
    ///   - field: only what is said of this field; citations that name no field count for every one.
    ///   - value: only what is said of this value of it, in words; citations that name no value count for every one.
    public func corroboration(of item: ItemID, field: String? = nil, value: String? = nil) throws -> Corroboration {
        try corroboration(of: item, field: field, value: value, doubles())
    }

    func corroboration(of item: ItemID, field: String?, value: String? = nil, _ doubles: Doubles) throws -> Corroboration {
        var result = Corroboration()
        for (citation, about) in try evidence(of: item, field: field, doubles) {
            if let value, let said = about["value"]?.string, !sameBytes(said, value) { continue }
            guard let document = citation.shown("document")?.string.flatMap({ ItemID($0) }) else { continue }
            let source = try originatingSource(of: document, doubles)
            let list: WritableKeyPath<Corroboration, [Corroboration.Voice]> =
                about["stance"]?.string == "contradicts" ? \.contradicting : \.supporting
            if let at = result[keyPath: list].firstIndex(where: { $0.source == source }) {
                if !result[keyPath: list][at].citations.contains(citation.id) { result[keyPath: list][at].citations.append(citation.id) }
            } else {
                result[keyPath: list].append(Corroboration.Voice(source: source, citations: [citation.id]))
            }
        }
        return result
    }

    /// The citations about an item or one of its doubles, each with what it says of it.
    func evidence(of item: ItemID, field: String? = nil, _ doubles: Doubles) throws -> [(citation: Entity, about: Value)] {
        let found = try doubles.speaking(for: item).flatMap { try ownEvidence(of: $0, field: field) }
        let places = Order.handle.sorted(found.map(\.citation), vocabulary).map(\.id)
        let order = Dictionary(places.enumerated().map { ($1, $0) }) { first, _ in first }
        return found.enumerated().sorted { a, b in
            (order[a.element.citation.id] ?? 0, a.offset) < (order[b.element.citation.id] ?? 0, b.offset)
        }.map(\.element)
    }

    private func ownEvidence(of item: ItemID, field: String?) throws -> [(citation: Entity, about: Value)] {
        try entities(kind: "citation", where: .names(item), .equals("about.item", .string(item.raw))).flatMap { citation in
            citation.shownElements("about", vocabulary).map(\.value).filter { about in
                guard about["item"]?.string == item.raw else { return false }
                guard let field, let named = about["field"]?.string else { return true }
                return sameBytes(field, named)
            }.map { (citation, $0) }
        }
    }

    /// The document that one repeats or, where nothing is said of where it came out, the version that it revises.
    private func repeated(_ document: Entity) -> ItemID? {
        let repeated = document.shown("republishes") ?? (document.shown("source") == nil ? document.shown("previous") : nil)
        return repeated?.string.flatMap { ItemID($0) }
    }

    /// Where a text came out first: its own source, or that of the document that it repeats.
    private func originatingSource(of document: ItemID, _ doubles: Doubles) throws -> Value {
        var path = [doubles.representative(document)]
        while let next = try joined(path[path.count - 1], doubles).flatMap(repeated).map(doubles.representative) {
            // Those that repeat each other in a circle are one source: the first of them by id.
            if let start = path.firstIndex(of: next) {
                path.append(path[start...].min() ?? next)
                break
            }
            path.append(next)
        }
        let current = path[path.count - 1]
        guard let source = try joined(current, doubles)?.shown("source") else { return .object([("item", .string(current.raw))]) }
        guard let item = source["item"]?.string.flatMap({ ItemID($0) }) else { return source }
        return .object([("item", .string(doubles.representative(item).raw))])
    }
}
