public import AnnalsModel

/// A document as it is read and quoted.
///
///     let article = try view.document("d12")
///     let quote = try article.passage("the draft Agreement...both countries")
public struct Document: Sendable {
    /// The document as an entity.
    public let entity: Entity
    /// The text as it stands, never changed.
    public let text: String
    private let matcher: QuoteMatcher

    init(_ entity: Entity) throws {
        guard let text = entity.shown("text")?.string else {
            throw AnnalsError(.invalid, "\(entity.id) has no text")
        }
        self.entity = entity
        self.text = text
        matcher = QuoteMatcher(text: text)
    }

    /// Its id, the digest of its text.
    public var id: ItemID { entity.id }
    /// Its headline or file name; nil where none was said.
    public var title: String? { entity.shown("title")?.string }

    /// The places that a quote matches: forgiving in dashes, quotation marks, spaces and case; `A...B` takes all between.
    public func passages(matching query: String) -> [Passage] { matcher.passages(matching: query) }

    /// The one place that a quote matches.
    ///
    /// - Parameter nth: which one of several, from 1.
    /// - Throws: ``AnnalsError`` `notFound`, or `ambiguous` where it matches at several places.
    public func passage(_ query: String, nth: Int? = nil) throws -> Passage {
        let found = passages(matching: query)
        if found.isEmpty {
            throw AnnalsError(.notFound, "the document has no such passage", wayOut: "Copy some words of it, or write its beginning...end.")
        }
        guard let nth else {
            if found.count == 1 { return found[0] }
            let places = found.prefix(5).map { "\($0.position.start)" }.joined(separator: ", ")
            throw AnnalsError(
                .ambiguous, "the passage stands at \(found.count) places (characters \(places)\(found.count > 5 ? ", …" : ""))",
                wayOut: "Say which one with --nth, from 1 to \(found.count), or quote more of it.")
        }
        guard (1...found.count).contains(nth) else {
            throw AnnalsError(.notFound, "the passage stands at \(found.count) places only", wayOut: "Choose from 1 to \(found.count).")
        }
        return found[nth - 1]
    }

    /// The passage at a position that a person marked, in code points.
    public func passage(at position: TextPosition) throws -> Passage {
        do throws(QuoteError) {
            return try matcher.passage(at: position)
        } catch {
            throw AnnalsError(.invalid, error.description)
        }
    }
}

extension View {
    /// The document that a person means, by handle or id.
    public func document(_ name: String) throws -> Document {
        try Document(find(name, kind: "document"))
    }
}
