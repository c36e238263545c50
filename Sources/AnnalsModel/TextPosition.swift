/// A span of a text in Unicode code points, half open: W3C Web Annotation's TextPositionSelector.
///
/// Code points, and not UTF-16 units, UTF-8 bytes or characters: they mean the same in every language and do not
/// depend on a version of Unicode.
public struct TextPosition: Hashable, Sendable {
    /// Code points before the span.
    public let start: Int
    /// Code points before the end of the span.
    public let end: Int

    /// Any two numbers: whether they fit a text is asked with that text.
    public init(start: Int, end: Int) {
        self.start = start
        self.end = end
    }

    /// What stands here in `text`.
    /// - Throws: ``QuoteError`` with ``QuoteError/Code/position`` where the span is reversed or leaves the text.
    public func substring(of text: String) throws(QuoteError) -> Substring {
        let scalars = text.unicodeScalars
        guard start >= 0, start <= end,
            let from = scalars.index(scalars.startIndex, offsetBy: start, limitedBy: scalars.endIndex),
            let to = scalars.index(from, offsetBy: end - start, limitedBy: scalars.endIndex)
        else { throw QuoteError(.position, self) }
        return Substring(scalars[from..<to])
    }
}

/// Why a quote and its position do not fit a text. It names the position and never repeats the quote.
public struct QuoteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What does not fit; more may be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// The position is negative, reversed or reaches beyond the text.
        public static let position = Code(description: "position")
        /// The position begins or ends inside a character, such as before a combining mark.
        public static let insideCharacter = Code(description: "inside-character")
        /// Other code points stand at the position than the quote has.
        public static let exact = Code(description: "exact")
        /// Other code points stand before the position than the quote's prefix has.
        public static let prefix = Code(description: "prefix")
        /// Other code points stand after the position than the quote's suffix has.
        public static let suffix = Code(description: "suffix")
    }

    public let code: Code
    public let position: TextPosition

    init(_ code: Code, _ position: TextPosition) {
        self.code = code
        self.position = position
    }

    public var description: String {
        let span = "code points \(position.start)..<\(position.end)"
        return switch code {
        case .position: "\(span) are no span of this text: give 0 ≤ start ≤ end ≤ its number of code points"
        case .insideCharacter: "\(span) begin or end inside a character: move the position to where the character begins or ends"
        case .prefix: "the text before \(span) is not the quote's prefix: quote it again from this text"
        case .suffix: "the text after \(span) is not the quote's suffix: quote it again from this text"
        default: "the text at \(span) is not the quote: quote it again from this text"
        }
    }
}
