/// Finds quotes in one text: forgiving in what it matches, exact in what it returns.
///
/// ```swift
/// let matcher = QuoteMatcher(text: article)
/// let found = matcher.passages(matching: "the draft Agreement...both countries")
/// ```
///
/// A query matches as it stands or, where that is nowhere, loosely:
/// - all dashes are one, all quotation marks and apostrophes are one, any run of white space is one space;
/// - case is folded by Unicode's simple folding, and the dotted and dotless i of Turkish and Azerbaijani are one letter;
/// - canonically equivalent characters are one ("é" precomposed or not), but no mark is ever left out;
/// - invisible format characters on their own (soft hyphen, zero width space, direction marks) do not count;
/// - and only where all that finds nothing, a space next to punctuation does not count.
///
/// `A...B` (or `A…B`, and so on for more parts), where it does not stand in the text as such, is all from each A to the
/// nearest B after it. White space at the ends of a query does not count.
///
/// Matching goes by whole characters (extended grapheme clusters, UAX #29): what would begin or end inside one, as
/// "e" in "é" or one person of a family emoji, is no match. Time is linear in the length of the text.
public struct QuoteMatcher: Sendable {
    private let folded: FoldedText
    private let symbols: SymbolTable

    /// The most passages that one query returns, more than a person chooses from; of more, the first are returned.
    public static let passagesMax = 100
    /// The longest passage that `A...B` takes, in code points.
    public static let elidedLengthMax = 16_384

    public init(text: String) {
        var symbols = SymbolTable()
        folded = FoldedText(text.unicodeScalars, &symbols)
        self.symbols = symbols
    }

    /// The places that `query` matches, in the order of the text; several where a person has to choose.
    ///
    /// Without an ellipsis they do not overlap. An empty query matches nothing.
    public func passages(matching query: String) -> [Passage] {
        var symbols = symbols
        let parts = Self.parts(of: query).map { FoldedText($0, &symbols).trimmed }.filter { !$0.isEmpty }
        let whole = FoldedText(query.unicodeScalars, &symbols).trimmed
        guard !whole.isEmpty else { return [] }
        for reading in [[whole], parts] where !reading.isEmpty {
            let spans = spans(of: reading)
            if !spans.isEmpty { return passages(at: spans) }
        }
        return []
    }

    /// The passage at a position, such as one that a person has marked.
    /// - Throws: ``QuoteError`` where the position leaves the text or splits a character.
    public func passage(at position: TextPosition) throws(QuoteError) -> Passage {
        guard position.start >= 0, position.start <= position.end, position.end <= folded.scalars.count else {
            throw QuoteError(.position, position)
        }
        guard folded.isBoundary(position.start), folded.isBoundary(position.end) else {
            throw QuoteError(.insideCharacter, position)
        }
        return passages(at: [position.start..<position.end])[0]
    }

    /// Where exactly these code points stand, overlapping places included.
    public func positions(ofExact exact: String) -> [TextPosition] {
        let exact = Array(exact.unicodeScalars)
        return starts(of: exact, in: folded.scalars).map { TextPosition(start: $0, end: $0 + exact.count) }
    }

    // MARK: Matching

    /// The spans of a query's parts, in code points, by the strictest comparison that finds any.
    private func spans(of parts: [FoldedText]) -> [Range<Int>] {
        let loose = parts.map { folded.spans(of: $0) }
        let exact = zip(parts, loose).map { part, spans in
            let places = starts(of: part.scalars, in: folded.scalars)
            var next = 0
            return spans.filter { span in
                while next < places.count, places[next] < span.lowerBound { next += 1 }
                return next < places.count && places[next] == span.lowerBound && span.count == part.scalars.count
            }
        }
        for candidates in [exact, loose] {
            let found = Self.chained(candidates)
            if !found.isEmpty { return found }
        }
        let tight = folded.withoutSpaceAtPunctuation
        return Self.chained(parts.map { tight.spans(of: $0.withoutSpaceAtPunctuation) })
    }

    /// From each span of the first part, through the nearest span of every next one, to the end of the last.
    private static func chained(_ parts: [[Range<Int>]]) -> [Range<Int>] {
        guard let first = parts.first else { return [] }
        var found: [Range<Int>] = []
        // Ends grow with starts, so no part is ever looked at twice.
        var next = [Int](repeating: 0, count: parts.count)
        for span in first where found.count < passagesMax {
            if parts.count == 1, let last = found.last, span.lowerBound < last.upperBound { continue }
            var end = span.upperBound
            for part in parts.indices.dropFirst() {
                while next[part] < parts[part].count, parts[part][next[part]].lowerBound < end { next[part] += 1 }
                guard next[part] < parts[part].count else { return found }
                end = parts[part][next[part]].upperBound
            }
            if parts.count > 1, end - span.lowerBound > elidedLengthMax { continue }
            found.append(span.lowerBound..<end)
        }
        return found
    }

    /// The query cut at its ellipses: `…` or three dots or more.
    private static func parts(of query: String) -> [String.UnicodeScalarView] {
        var parts = [String.UnicodeScalarView()]
        var dots = String.UnicodeScalarView()
        func isEllipsis() -> Bool { dots.count >= 3 || dots.contains("…") }
        for scalar in query.unicodeScalars {
            if scalar == "." || scalar == "…" {
                dots.append(scalar)
                continue
            }
            if isEllipsis() { parts.append(String.UnicodeScalarView()) } else { parts[parts.count - 1].append(contentsOf: dots) }
            dots = String.UnicodeScalarView()
            parts[parts.count - 1].append(scalar)
        }
        if !isEllipsis() { parts[parts.count - 1].append(contentsOf: dots) }
        return parts
    }

    // MARK: Passages

    private func passages(at spans: [Range<Int>]) -> [Passage] {
        // Searched once for spans with the same code points, which are few: spans are at most `passagesMax`.
        var searched: [(span: Range<Int>, starts: [Int])] = []
        return spans.map { span in
            let exact = folded.scalars[span]
            let same = searched.first { $0.span.count == span.count && folded.scalars[$0.span] == exact }
            let all = same?.starts ?? starts(of: Array(exact), in: folded.scalars)
            if same == nil { searched.append((span, all)) }
            return Passage(
                quote: Quote(exact: folded.text(span), prefix: folded.text(before(span)), suffix: folded.text(after(span))),
                position: TextPosition(start: span.lowerBound, end: span.upperBound),
                occurrence: Self.rank(of: span.lowerBound, in: all), occurrences: max(all.count, 1))
        }
    }

    /// The place of `start` among ascending starts, from 1.
    private static func rank(of start: Int, in starts: [Int]) -> Int {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] < start { low = middle + 1 } else { high = middle }
        }
        return low + 1
    }

    /// The context before a span: whole characters only.
    private func before(_ span: Range<Int>) -> Range<Int> {
        var start = max(0, span.lowerBound - Quote.contextMax)
        while start < span.lowerBound, !folded.isBoundary(start) { start += 1 }
        return start..<span.lowerBound
    }

    private func after(_ span: Range<Int>) -> Range<Int> {
        var end = min(folded.scalars.count, span.upperBound + Quote.contextMax)
        while end > span.upperBound, !folded.isBoundary(end) { end -= 1 }
        return span.upperBound..<end
    }
}

/// A text as symbols that are equal where its characters match loosely, each with its span in code points.
private struct FoldedText: Sendable {
    private(set) var scalars: [Unicode.Scalar] = []
    private var beginsCharacter: [Bool] = []
    private var symbols: [UInt32] = []
    private var starts: [Int] = []
    private var ends: [Int] = []

    init(_ view: String.UnicodeScalarView, _ table: inout SymbolTable) {
        let text = String(view)
        for list in [\FoldedText.starts, \FoldedText.ends] { self[keyPath: list].reserveCapacity(text.utf8.count) }
        symbols.reserveCapacity(text.utf8.count)
        scalars.reserveCapacity(text.utf8.count)
        beginsCharacter.reserveCapacity(text.utf8.count)
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.index(after: index)
            let start = scalars.count
            let first = text.unicodeScalars[index]
            let symbol: UInt32?
            scalars.append(first)
            beginsCharacter.append(true)
            if text.unicodeScalars.index(after: index) == next {
                symbol = table.symbol(of: first)
            } else {
                for scalar in text.unicodeScalars[index..<next].dropFirst() {
                    scalars.append(scalar)
                    beginsCharacter.append(false)
                }
                symbol = table.symbol(ofCluster: scalars[start...])
            }
            if let symbol { append(symbol, start, scalars.count) }
            index = next
        }
    }

    /// Of white space one symbol stands for a whole run.
    private mutating func append(_ symbol: UInt32, _ start: Int, _ end: Int) {
        if symbol == SymbolTable.space, symbols.last == symbol {
            ends[ends.count - 1] = end
        } else {
            symbols.append(symbol)
            starts.append(start)
            ends.append(end)
        }
    }

    var isEmpty: Bool { symbols.isEmpty }

    func isBoundary(_ offset: Int) -> Bool { offset == scalars.count || beginsCharacter[offset] }

    func text(_ span: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[span])
        return String(view)
    }

    /// Without what does not count at its ends. Of a query only: the spans no longer fit the code points.
    var trimmed: FoldedText {
        var copy = self
        if copy.symbols.last == SymbolTable.space { copy.removeSymbol(at: copy.symbols.count - 1) }
        if copy.symbols.first == SymbolTable.space { copy.removeSymbol(at: 0) }
        copy.scalars = copy.isEmpty ? [] : Array(scalars[copy.starts[0]..<copy.ends[copy.ends.count - 1]])
        return copy
    }

    private mutating func removeSymbol(at index: Int) {
        symbols.remove(at: index)
        starts.remove(at: index)
        ends.remove(at: index)
    }

    /// The same without any space that stands before or after punctuation.
    var withoutSpaceAtPunctuation: FoldedText {
        func isPunctuation(_ index: Int) -> Bool {
            symbols.indices.contains(index) && symbols[index] & SymbolTable.punctuation != 0
        }
        let kept = symbols.indices.filter { symbols[$0] != SymbolTable.space || !(isPunctuation($0 - 1) || isPunctuation($0 + 1)) }
        var copy = self
        copy.symbols = kept.map { symbols[$0] }
        copy.starts = kept.map { starts[$0] }
        copy.ends = kept.map { ends[$0] }
        return copy
    }

    /// Where the symbols of `part` stand in this text, in code points of this text.
    func spans(of part: FoldedText) -> [Range<Int>] {
        AnnalsModel.starts(of: part.symbols, in: symbols).map { starts[$0]..<ends[$0 + part.symbols.count - 1] }
    }
}

/// Gives every class of characters that match loosely one number, the same within one table.
private struct SymbolTable: Sendable {
    /// Set in the symbols of punctuation.
    static let punctuation: UInt32 = 1 << 31
    static let space: UInt32 = 0x20
    private static let dash = 0x2D | punctuation
    private static let quotationMark = 0x22 | punctuation
    /// Used as quotation marks or apostrophes without Unicode's property Quotation_Mark: ` ´ ʹ ʼ ′ ″ ՚ ׳ ״.
    private static let likeQuotationMarks: Set<Unicode.Scalar> = [
        "`", "\u{B4}", "\u{2B9}", "\u{2BC}", "\u{2032}", "\u{2033}", "\u{55A}", "\u{5F3}", "\u{5F4}",
    ]

    private var ascii: [UInt32?] = []
    private var others: [Unicode.Scalar: UInt32?] = [:]
    /// Characters of two or three code points, packed as 21 bits each: so that vowel signs and flags cost no string each.
    private var clusters: [UInt64: UInt32] = [:]
    /// By folded text: Swift's strings are equal, and hash alike, where they are canonically equivalent.
    private var classes: [String: UInt32] = [:]

    init() {
        for byte in UInt8(0)..<128 {
            let scalar = Unicode.Scalar(byte)
            classes[String(scalar)] = Self.shared(scalar) ?? (UInt32(byte) | Self.flag(scalar))
        }
        ascii = (UInt8(0)..<128).map { newSymbol(of: Unicode.Scalar($0)) }
    }

    /// The symbol of a character of one code point; nil where it does not count.
    mutating func symbol(of scalar: Unicode.Scalar) -> UInt32? {
        if scalar.isASCII { return ascii[Int(scalar.value)] }
        if let known = others[scalar] { return known }
        let symbol = newSymbol(of: scalar)
        others[scalar] = .some(symbol)
        return symbol
    }

    /// The symbol of a character of several code points.
    mutating func symbol(ofCluster cluster: ArraySlice<Unicode.Scalar>) -> UInt32 {
        guard cluster.count <= 3 else { return newSymbol(ofCluster: cluster) }
        let key = cluster.reduce(0) { $0 << 21 | UInt64($1.value) }
        if let known = clusters[key] { return known }
        let symbol = newSymbol(ofCluster: cluster)
        clusters[key] = symbol
        return symbol
    }

    private mutating func newSymbol(ofCluster cluster: ArraySlice<Unicode.Scalar>) -> UInt32 {
        if cluster.allSatisfy({ $0.properties.isWhitespace }) { return Self.space }
        var folded = String.UnicodeScalarView()
        for scalar in cluster { folded.append(Self.folded(scalar)) }
        // The decomposed capital İ, folded.
        let text = String(folded)
        return symbol(ofFolded: text == "i\u{307}" ? "i" : text, 0)
    }

    private mutating func newSymbol(of scalar: Unicode.Scalar) -> UInt32? {
        if let shared = Self.shared(scalar) { return shared }
        if scalar.properties.generalCategory == .format, scalar.properties.isDefaultIgnorableCodePoint { return nil }
        return symbol(ofFolded: String(Self.folded(scalar)), Self.flag(scalar))
    }

    private mutating func symbol(ofFolded text: String, _ flag: UInt32) -> UInt32 {
        if let known = classes[text] { return known }
        let symbol = UInt32(classes.count) | flag
        classes[text] = symbol
        return symbol
    }

    /// The symbol that all white space, all dashes or all quotation marks share.
    private static func shared(_ scalar: Unicode.Scalar) -> UInt32? {
        let properties = scalar.properties
        if properties.isWhitespace { return space }
        if properties.isDash { return dash }
        return properties.isQuotationMark || likeQuotationMarks.contains(scalar) ? quotationMark : nil
    }

    private static func flag(_ scalar: Unicode.Scalar) -> UInt32 {
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            punctuation
        default: 0
        }
    }

    /// Simple case folding: lower case of upper case, where each is one code point. Marks are no letters, and stay.
    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return scalar
        default: break
        }
        if scalar == "İ" { return "i" }
        let upper = only(scalar.properties.uppercaseMapping) ?? scalar
        return only(upper.properties.lowercaseMapping) ?? scalar
    }

    private static func only(_ mapping: String) -> Unicode.Scalar? {
        mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
    }
}

/// Every place where `pattern` stands in `text`, by Knuth, Morris and Pratt, "Fast Pattern Matching in Strings" (1977).
private func starts<Element: Equatable>(of pattern: [Element], in text: [Element]) -> [Int] {
    guard !pattern.isEmpty, pattern.count <= text.count else { return [] }
    // borders[i]: how much of the pattern's beginning also ends at its element i.
    var borders = [0]
    var matched = 0
    for element in pattern.dropFirst() {
        while matched > 0, pattern[matched] != element { matched = borders[matched - 1] }
        if pattern[matched] == element { matched += 1 }
        borders.append(matched)
    }
    var found: [Int] = []
    matched = 0
    // Buffers, for their elements are read once for each code point of a text.
    pattern.withUnsafeBufferPointer { pattern in
        text.withUnsafeBufferPointer { text in
            for offset in text.indices {
                while matched > 0, pattern[matched] != text[offset] { matched = borders[matched - 1] }
                if pattern[matched] == text[offset] { matched += 1 }
                if matched == pattern.count {
                    found.append(offset + 1 - matched)
                    matched = borders[matched - 1]
                }
            }
        }
    }
    return found
}
