/// Which code points of a text stand in another version of it, and where: first by lines, then within changed lines by words.
///
/// Source: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986), as Swift's
/// `CollectionDifference` implements it.
struct TextAlignment {
    /// For each code point of the old text its place in the new one; -1 where it has none.
    private(set) var places: [Int]

    /// How many lines or words of both sides are compared, what both begin and end with left out: the memory of a difference grows with
    /// the square of what differs. What is in longer stretches is found by searching.
    private static let tokensMax = 4096

    init(_ old: [Unicode.Scalar], _ new: [Unicode.Scalar]) {
        places = [Int](repeating: -1, count: old.count)
        var ids = TokenTable()
        let lines = (Self.cut(old, isLine: true), Self.cut(new, isLine: true))
        let gaps = align(lines.0.map { ids.id(old[$0]) }, lines.1.map { ids.id(new[$0]) }, lines.0, lines.1)
        for (oldLines, newLines) in gaps {
            guard let a = Self.span(oldLines, lines.0), let b = Self.span(newLines, lines.1) else { continue }
            let words = (Self.cut(old, in: a), Self.cut(new, in: b))
            _ = align(words.0.map { ids.id(old[$0]) }, words.1.map { ids.id(new[$0]) }, words.0, words.1)
        }
    }

    /// Notes equal tokens, and gives the stretches between them in which both sides have something.
    private mutating func align(
        _ old: [Int], _ new: [Int], _ oldSpans: [Range<Int>], _ newSpans: [Range<Int>]
    ) -> [(Range<Int>, Range<Int>)] {
        let start = zip(old, new).prefix { $0 == $1 }.count
        let end = zip(old[start...].reversed(), new[start...].reversed()).prefix { $0 == $1 }.count
        let (a, b) = (old[start..<old.count - end], new[start..<new.count - end])
        var (removed, inserted) = (Set<Int>(), Set<Int>())
        if a.count + b.count > Self.tokensMax {
            (removed, inserted) = (Set(a.indices), Set(b.indices))
        } else {
            for change in Array(b).difference(from: Array(a)) {
                switch change {
                case .remove(let offset, _, _): removed.insert(start + offset)
                case .insert(let offset, _, _): inserted.insert(start + offset)
                }
            }
        }
        var gaps: [(Range<Int>, Range<Int>)] = []
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            let start = (i, j)
            while i < old.count, removed.contains(i) { i += 1 }
            while j < new.count, inserted.contains(j) { j += 1 }
            if start.0 < i, start.1 < j { gaps.append((start.0..<i, start.1..<j)) }
            guard i < old.count, j < new.count else { continue }
            for (offset, at) in oldSpans[i].enumerated() { places[at] = newSpans[j].lowerBound + offset }
            (i, j) = (i + 1, j + 1)
        }
        return gaps
    }

    private static func span(_ tokens: Range<Int>, _ spans: [Range<Int>]) -> Range<Int>? {
        tokens.isEmpty ? nil : spans[tokens.lowerBound].lowerBound..<spans[tokens.upperBound - 1].upperBound
    }

    /// Lines with their ends, or words and what stands between them, one by one.
    private static func cut(_ text: [Unicode.Scalar], in span: Range<Int>? = nil, isLine: Bool = false) -> [Range<Int>] {
        let span = span ?? text.indices
        var tokens: [Range<Int>] = []
        var start = span.lowerBound
        func isWord(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic || scalar.properties.numericType != nil }
        for at in span {
            let ends = isLine ? text[at] == "\n" : !isWord(text[at]) || at + 1 == span.upperBound || !isWord(text[at + 1])
            if ends || at + 1 == span.upperBound {
                tokens.append(start..<at + 1)
                start = at + 1
            }
        }
        return tokens
    }
}

/// Numbers for equal tokens.
private struct TokenTable {
    private var ids: [ArraySlice<Unicode.Scalar>: Int] = [:]

    mutating func id(_ token: ArraySlice<Unicode.Scalar>) -> Int {
        if let id = ids[token] { return id }
        ids[token] = ids.count
        return ids.count - 1
    }
}
