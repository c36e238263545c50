/// Where a passage of one version of a text stands in another.
public struct Anchor: Sendable, Hashable {
    /// How sure that is.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// The same words at the same place.
        case exact
        /// The same words at another place.
        case moved
        /// Similar words, or the same ones in several places: a person has to look.
        case fuzzy
        /// Nothing like it is there.
        case orphaned
    }

    public var state: State
    /// nil for what is orphaned.
    public var position: TextPosition?
    /// How similar the words are, 0 to 1: one less the share of code points that were edited. Of equal words that stand in several places, how
    /// similar their surroundings are.
    public var score: Ratio

    /// What is nowhere.
    public static let orphan = Anchor(state: .orphaned, position: nil, score: Ratio(0))
}

/// Finds the passages of a text in a newer version of it, and never places one silently where it does not belong: what is not certain is
/// called fuzzy, and waits for a person.
///
/// What stands where it stood, or where the text around it has gone, is found by the difference of the two texts (``TextAlignment``);
/// what was carried elsewhere by its words; what was carried elsewhere and changed by the least edit distance to any stretch.
/// Sources: Myers 1986 for the difference; P. H. Sellers, "The Theory and Computation of Evolutionary Distances: Pattern Recognition",
/// Journal of Algorithms 1 (1980), for the last.
///
///     let anchoring = Anchoring(from: article, to: revised)
///     anchoring.anchor(TextPosition(start: 841, end: 858)).state   // .moved
public struct Anchoring: Sendable {
    private let old: [Unicode.Scalar]
    private let new: [Unicode.Scalar]
    private let places: [Int]

    /// From which similarity on something is called fuzzy, and not orphaned.
    public static let similarityMin = Ratio(3, 5)
    private static let similarityElsewhereMin = Ratio(4, 5)
    /// How much of the surroundings is looked at, on either side.
    private static let context = Quote.contextMax
    /// The same where words were copied: more than most sentences have.
    private static let wideContext = 320
    /// How many places of the same words are compared by what stands around them.
    private static let placesMax = 32
    /// Steps that a search for something similar may take.
    private static let searchMax = 50_000_000

    public init(from old: String, to new: String) {
        self.old = Array(old.unicodeScalars)
        self.new = Array(new.unicodeScalars)
        places = TextAlignment(self.old, self.new).places
    }

    /// - Precondition: the position lies in the old text and is not empty.
    public func anchor(_ position: TextPosition) -> Anchor {
        precondition(0 <= position.start && position.start < position.end && position.end <= old.count, "no passage of the old text")
        let span = position.start..<position.end
        return same(span) ?? similar(span) ?? .orphan
    }

    // MARK: The same words

    /// The place of the very same words, where one is certain or likely.
    private func same(_ span: Range<Int>) -> Anchor? {
        let words = Array(old[span])
        let found = Self.occurrences(of: words, in: new)
        guard !found.isEmpty else { return nil }
        let before = Self.occurrences(of: words, in: old).count
        let aligned = isCarried(span) ? places[span.lowerBound] : nil
        // Words that stand everywhere, such as a single letter, are told apart by the difference of the texts alone.
        if max(found.count, before) > Self.placesMax {
            guard let aligned, found.count == before else { return nil }
            return Anchor(
                state: aligned == span.lowerBound ? .exact : .moved, position: position(aligned, span.count), score: Ratio(1))
        }
        // As many as there were: none was copied, and the difference of the texts tells them apart. Of a copy right beside it the near
        // surroundings say nothing.
        let areSame = found.count == before
        let context = areSame ? Self.context : Self.wideContext
        let scored = found.map { (start: $0, score: surroundings(span, at: $0, context)) }.sorted { $0.score > $1.score }
        let best = scored[0]
        let start: Int
        if found.count == 1, before == 1 {
            start = found[0]
            // A copy that was made before what stands in place was edited would look like it.
            if start != aligned, inPlace(span) != nil { return nil }
        } else if areSame, isDistinct(scored.map(\.score)) {
            start = best.start
        } else if let aligned, isInPlace(aligned, scored, areSame) {
            start = aligned
        } else {
            return best.score >= Self.similarityMin
                ? Anchor(state: .fuzzy, position: position(best.start, span.count), score: best.score) : nil
        }
        return Anchor(
            state: start == span.lowerBound ? .exact : .moved, position: position(start, span.count), score: Ratio(1))
    }

    /// Whether one place looks like the old one, and no other does.
    private func isDistinct(_ scores: [Ratio]) -> Bool {
        scores[0] >= Ratio(3, 4) && (scores.count == 1 || scores[1] + Self.margin <= scores[0])
    }

    /// Whether the place where the text around it has gone is it: nowhere else looks as much like the old one.
    private func isInPlace(_ place: Int, _ scored: [(start: Int, score: Ratio)], _ areSame: Bool) -> Bool {
        // Where words were copied nothing less will do than that most of what stood around them is still there.
        guard let own = scored.first(where: { $0.start == place })?.score, own >= (areSame ? Ratio(1, 2) : Ratio(9, 10)) else {
            return false
        }
        return scored.allSatisfy { other in
            other.start == place || (areSame ? other.score <= own + Ratio(1, 10) : other.score + Self.margin <= own)
        }
    }

    /// By how much one place must look more like the old one than another does.
    private static let margin = Ratio(1, 4)

    private func position(_ start: Int, _ count: Int) -> TextPosition { TextPosition(start: start, end: start + count) }

    /// Whether all of a span stands in the new text in one piece.
    private func isCarried(_ span: Range<Int>) -> Bool {
        let start = places[span.lowerBound]
        return start >= 0 && span.indices.allSatisfy { places[$0] == start + $0 - span.lowerBound }
    }

    /// How much what stands around a span is like what stands around a place of the new text.
    private func surroundings(_ span: Range<Int>, at start: Int, _ context: Int) -> Ratio {
        let before = (old[max(0, span.lowerBound - context)..<span.lowerBound], new[max(0, start - context)..<start])
        let end = start + span.count
        let after = (old[span.upperBound..<min(old.count, span.upperBound + context)], new[end..<min(new.count, end + context)])
        let (a, b) = (Self.similarity(before.0, before.1), Self.similarity(after.0, after.1))
        return (a + b) * Ratio(1, 2)
    }

    private static func occurrences(of words: [Unicode.Scalar], in text: [Unicode.Scalar]) -> [Int] {
        guard let first = words.first, words.count <= text.count else { return [] }
        return (0...(text.count - words.count)).filter { at in
            text[at] == first && text[at..<(at + words.count)].elementsEqual(words)
        }
    }

    // MARK: Similar words

    private func similar(_ span: Range<Int>) -> Anchor? {
        // What nothing around it speaks for must be the more like it.
        guard let best = inPlace(span) ?? likest([nearest(span)], to: span, from: Self.similarityElsewhereMin) else { return nil }
        return Anchor(
            state: .fuzzy, position: TextPosition(start: best.span.lowerBound, end: best.span.upperBound), score: best.score)
    }

    /// What is like it where the text around it has gone, or its own words have.
    private func inPlace(_ span: Range<Int>) -> (span: Range<Int>, score: Ratio)? {
        likest([between(span), carried(span)], to: span, from: Self.similarityMin)
    }

    private func likest(_ places: [Range<Int>?], to span: Range<Int>, from least: Ratio) -> (span: Range<Int>, score: Ratio)? {
        let scored = places.compactMap { $0.map(trimmed) }.filter { !$0.isEmpty }
            .map { (span: $0, score: Self.similarity(old[span], new[$0])) }
        return scored.filter { $0.score >= least }.max { $0.score < $1.score }
    }

    /// What stands between what stood around it.
    private func between(_ span: Range<Int>) -> Range<Int>? {
        let before = (max(0, span.lowerBound - 2 * Self.context)..<span.lowerBound).last { places[$0] >= 0 }
        let after = (span.upperBound..<min(old.count, span.upperBound + 2 * Self.context)).first { places[$0] >= 0 }
        let lower = before.map { places[$0] + 1 } ?? (span.lowerBound == 0 ? 0 : nil)
        let upper = after.map { places[$0] } ?? (span.upperBound == old.count ? new.count : nil)
        guard let lower, let upper, lower < upper, upper - lower <= 3 * span.count + 2 * Self.context else { return nil }
        return lower..<upper
    }

    /// From the first of its words that are there to the last.
    private func carried(_ span: Range<Int>) -> Range<Int>? {
        guard let first = span.first(where: { places[$0] >= 0 }), let last = span.last(where: { places[$0] >= 0 }) else { return nil }
        let place = places[first]..<(places[last] + 1)
        return place.count <= 3 * span.count + 2 * Self.context ? place : nil
    }

    /// The stretch of the new text with the least edit distance to the words (Sellers).
    private func nearest(_ span: Range<Int>) -> Range<Int>? {
        let words = Array(old[span])
        guard words.count * new.count <= Self.searchMax, words.count <= 4096 else { return nil }
        // Of each row of the table: the distance, and where the stretch begins.
        var distances = Array(0...words.count)
        var starts = [Int](repeating: 0, count: words.count + 1)
        var best: (distance: Int, span: Range<Int>)?
        for (column, scalar) in new.enumerated() {
            var (diagonal, diagonalStart) = (distances[0], starts[0])
            starts[0] = column + 1
            for row in 1...words.count {
                let replaced = diagonal + (words[row - 1] == scalar ? 0 : 1)
                let (left, above) = (distances[row] + 1, distances[row - 1] + 1)
                let least = min(replaced, left, above)
                let start = least == replaced ? (row == 1 ? column : diagonalStart) : least == left ? starts[row] : starts[row - 1]
                (diagonal, diagonalStart) = (distances[row], starts[row])
                (distances[row], starts[row]) = (least, start)
            }
            let distance = distances[words.count]
            if best.map({ distance < $0.distance }) ?? true, starts[words.count] <= column {
                best = (distance, starts[words.count]..<(column + 1))
            }
        }
        return best?.span
    }

    /// Without white space at its ends.
    private func trimmed(_ span: Range<Int>) -> Range<Int> {
        var span = span
        while let last = span.last, new[last].properties.isWhitespace { span = span.lowerBound..<last }
        while let first = span.first, new[first].properties.isWhitespace { span = first + 1..<span.upperBound }
        return span
    }

    /// 1 − d / n: the least edits from one to the other, of the longer one's code points (V. I. Levenshtein 1966). 1 for nothing and nothing.
    private static func similarity(_ a: ArraySlice<Unicode.Scalar>, _ b: ArraySlice<Unicode.Scalar>) -> Ratio {
        let longer = max(a.count, b.count)
        if longer == 0 { return Ratio(1) }
        if longer <= similarityMax { return Ratio(Int128(longer - distance(Array(a), Array(b))), Int128(longer)) }
        // Long passages by words.
        let words = [a, b].map { $0.split(whereSeparator: \.properties.isWhitespace) }
        let most = max(words[0].count, words[1].count, 1)
        return words.map(\.count).max() ?? 0 > similarityMax ? Ratio(0) : Ratio(Int128(most - distance(words[0], words[1])), Int128(most))
    }

    /// How long what is compared may be: the time grows with its square.
    private static let similarityMax = 2048

    private static func distance<T: Equatable>(_ a: [T], _ b: [T]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in 1...b.count {
                let least = min(diagonal + (x == b[j - 1] ? 0 : 1), row[j] + 1, row[j - 1] + 1)
                diagonal = row[j]
                row[j] = least
            }
        }
        return row[b.count]
    }
}
