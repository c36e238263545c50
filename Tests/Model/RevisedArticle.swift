import AnnalsModel
import Foundation

/// The article with edits as an editor makes them, and where each of its code points went.
struct RevisedArticle {
    /// A code point, where it stood in the article, and whether it is a copy of what stood there.
    private struct Point {
        var scalar: Unicode.Scalar
        var origin: Int?
        var isCopy = false
    }

    /// What a passage of the article became.
    enum Truth: Equatable {
        /// The same words in one piece, at one of these places: several where the first was copied and then taken out.
        case intact([Int])
        /// Most of it is there, between these places.
        case changed(Range<Int>)
        /// It was cut apart, or so little is left of it that nobody can say where it is.
        case scattered
        case gone
    }

    static let article: String = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return (try? String(contentsOf: root.appending(path: "seeds/000_170d4dc274a6076d.txt"), encoding: .utf8)) ?? ""
    }()

    private var points: [Point]
    private(set) var edits: [String] = []

    var text: String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: points.map(\.scalar))
        return String(text)
    }

    init(edits count: Int, _ random: inout some RandomNumberGenerator) {
        points = Self.article.unicodeScalars.enumerated().map { Point(scalar: $1, origin: $0) }
        for _ in 0..<count { edit(&random) }
    }

    func truth(_ span: Range<Int>) -> Truth {
        var (own, copies): ([Int], [Int]) = ([], [])
        for (place, point) in points.enumerated() {
            guard let origin = point.origin, span.contains(origin) else { continue }
            if point.isCopy { copies.append(place) } else { own.append(place) }
        }
        let whole = [own, copies].map { places in
            places.count == span.count && zip(places, places.dropFirst()).allSatisfy { $1 == $0 + 1 }
                && zip(places, span).allSatisfy { points[$0].origin == $1 }
        }
        if whole[0] { return .intact([own[0]]) }
        if own.isEmpty { return copies.isEmpty ? .gone : whole[1] ? .intact([copies[0]]) : .scattered }
        let place = own[0]..<(own[own.count - 1] + 1)
        return own.count * 10 >= span.count * 7 && place.count * 2 <= span.count * 3 ? .changed(place) : .scattered
    }

    // MARK: Edits

    private static let sentences = [
        "Officials declined to comment. ", "The visit was covered live by state television. ", "Markets hardly reacted to the news. ",
        "A joint press conference followed. ", "Further meetings are planned for the autumn. ",
    ]
    private static let words = ["reportedly", "new", "official", "bilateral", "so-called", "major"]

    private mutating func edit(_ random: inout some RandomNumberGenerator) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: insert(Self.sentences, at: boundaries, "a sentence comes", &random)
        case 1: if let sentence = sentence(&random) { remove(sentence, "a sentence goes") }
        case 2: respell(&random)
        case 3: if let word = word(&random) { remove(word, "a word goes") }
        case 4: insert(Self.words.map { $0 + " " }, at: wordStarts, "a word comes", &random)
        case 5: move(isCopy: false, &random)
        case 6: move(isCopy: true, &random)
        case 7: straighten()
        case 8: insert(["UPDATED: "], at: [0], "a heading comes", &random)
        default: insert(Self.sentences, at: boundaries, "a sentence comes", &random)
        }
    }

    private var boundaries: [Int] {
        [0] + points.indices.dropLast().filter { points[$0].scalar == "." && points[$0 + 1].scalar.properties.isWhitespace }.map { $0 + 2 }
    }

    private var wordStarts: [Int] {
        points.indices.dropFirst().filter { points[$0].scalar.properties.isAlphabetic && points[$0 - 1].scalar == " " }
    }

    private func sentence(_ random: inout some RandomNumberGenerator) -> Range<Int>? {
        let ends = boundaries
        guard ends.count > 2 else { return nil }
        let index = Int.random(in: 0..<(ends.count - 1), using: &random)
        return ends[index]..<min(ends[index + 1], points.count)
    }

    private func word(_ random: inout some RandomNumberGenerator) -> Range<Int>? {
        guard let start = wordStarts.randomElement(using: &random) else { return nil }
        let end = points[start...].firstIndex { !$0.scalar.properties.isAlphabetic } ?? points.count
        return start..<min(end + 1, points.count)
    }

    private mutating func insert(_ choices: [String], at places: [Int], _ what: String, _ random: inout some RandomNumberGenerator) {
        guard let text = choices.randomElement(using: &random),
            let place = places.filter({ $0 <= points.count }).randomElement(using: &random)
        else { return }
        points.insert(contentsOf: text.unicodeScalars.map { Point(scalar: $0, origin: nil) }, at: place)
        edits.append(what)
    }

    private mutating func remove(_ span: Range<Int>, _ what: String) {
        points.removeSubrange(span)
        edits.append(what)
    }

    /// Two letters of a word change places.
    private mutating func respell(_ random: inout some RandomNumberGenerator) {
        guard let word = word(&random), word.count > 4 else { return }
        let at = word.lowerBound + 1
        guard points[at].scalar != points[at + 1].scalar else { return }
        let scalars = (points[at].scalar, points[at + 1].scalar)
        points[at] = Point(scalar: scalars.1, origin: nil)
        points[at + 1] = Point(scalar: scalars.0, origin: nil)
        edits.append("a word is spelled otherwise")
    }

    private mutating func move(isCopy: Bool, _ random: inout some RandomNumberGenerator) {
        guard let span = sentence(&random) else { return }
        var moved = Array(points[span])
        if isCopy { for index in moved.indices { moved[index].isCopy = true } } else { points.removeSubrange(span) }
        guard let place = boundaries.filter({ $0 <= points.count }).randomElement(using: &random) else { return }
        points.insert(contentsOf: moved, at: place)
        edits.append(isCopy ? "a sentence is repeated elsewhere" : "a sentence moves")
    }

    private mutating func straighten() {
        for index in points.indices where ["“", "”", "’", "–"].contains(points[index].scalar) {
            points[index] = Point(scalar: points[index].scalar == "–" ? "-" : "\"", origin: nil)
        }
        edits.append("quotation marks and dashes are straightened")
    }
}
