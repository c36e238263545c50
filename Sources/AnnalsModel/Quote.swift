/// Words of a text with some of what stands around them: W3C Web Annotation's TextQuoteSelector.
///
/// All three are the text's own code points, never normalised, and are compared by their bytes.
public struct Quote: Hashable, Sendable {
    public let exact: String
    /// What stands right before, up to ``contextMax`` code points.
    public let prefix: String
    /// What stands right after, up to ``contextMax`` code points.
    public let suffix: String

    /// The context that is kept on either side, in code points.
    public static let contextMax = 32

    public init(exact: String, prefix: String, suffix: String) {
        self.exact = exact
        self.prefix = prefix
        self.suffix = suffix
    }

    public static func == (a: Quote, b: Quote) -> Bool {
        sameBytes(a.exact, b.exact) && sameBytes(a.prefix, b.prefix) && sameBytes(a.suffix, b.suffix)
    }

    public func hash(into hasher: inout Hasher) {
        hashBytes(of: exact, into: &hasher)
        hashBytes(of: prefix, into: &hasher)
        hashBytes(of: suffix, into: &hasher)
    }
}

/// A quote and where it stands in one text.
public struct Passage: Hashable, Sendable {
    public let quote: Quote
    public let position: TextPosition
    /// Which of the places with exactly these code points this is, from 1.
    public let occurrence: Int
    /// At how many places of the text exactly these code points stand, overlapping ones included.
    public let occurrences: Int

    public init(quote: Quote, position: TextPosition, occurrence: Int, occurrences: Int) {
        self.quote = quote
        self.position = position
        self.occurrence = occurrence
        self.occurrences = occurrences
    }

    /// Makes sure that the quote stands at its position in `text`, and its prefix and suffix around it.
    /// - Throws: ``QuoteError`` that says which of them does not.
    public func verify(in text: String) throws(QuoteError) {
        let found = try position.substring(of: text)
        guard found.utf8.elementsEqual(quote.exact.utf8) else { throw QuoteError(.exact, position) }
        let before = text.utf8[..<found.startIndex].suffix(quote.prefix.utf8.count)
        guard before.elementsEqual(quote.prefix.utf8) else { throw QuoteError(.prefix, position) }
        guard text.utf8[found.endIndex...].starts(with: quote.suffix.utf8) else { throw QuoteError(.suffix, position) }
    }
}
