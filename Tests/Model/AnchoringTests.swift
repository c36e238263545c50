import AnnalsModel
import Foundation
import Testing

@Suite("Quotes in a newer version of their text")
struct AnchoringTests {
    struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// The passages that the coded article quotes.
    static let quotes: [TextPosition] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = (try? String(contentsOf: root.appending(path: "seeds/seed-events.items.jsonl"), encoding: .utf8)) ?? ""
        return file.matches(of: /"position":\{"end":(\d+),"start":(\d+)\}/).compactMap { match in
            Int(match.2).flatMap { start in Int(match.1).map { TextPosition(start: start, end: $0) } }
        }
    }()

    /// How often what was said is so, by what it was said to be.
    private struct Tally {
        /// Said to be exact or moved, and elsewhere in truth, or not there.
        var misplaced: [String] = []
        var (moved, movedRight, wereMoved) = (0, 0, 0)
        var (fuzzy, fuzzyRight, wereChanged, changedFound) = (0, 0, 0, 0)
        var (gone, goneSaid) = (0, 0)

        mutating func count(_ anchor: Anchor, _ truth: RevisedArticle.Truth, _ span: Range<Int>, _ what: String) {
            let place = anchor.position.map { $0.start..<$0.end }
            var isRight = false
            switch truth {
            case .intact(let starts):
                isRight = place.map { starts.contains($0.lowerBound) && $0.count == span.count } ?? false
                if !starts.contains(span.lowerBound) {
                    wereMoved += 1
                    if isRight, anchor.state == .moved { movedRight += 1 }
                }
            case .changed(let true_):
                isRight = place.map { Self.overlap($0, true_) } ?? false
                wereChanged += 1
                if isRight, anchor.state == .fuzzy { changedFound += 1 }
            case .scattered: isRight = true
            case .gone:
                gone += 1
                if anchor.state == .orphaned { goneSaid += 1 }
            }
            switch anchor.state {
            case .exact, .moved:
                if anchor.state == .moved { moved += 1 }
                if case .intact = truth, isRight { return }
                misplaced.append(what)
            case .fuzzy:
                fuzzy += 1
                if isRight { fuzzyRight += 1 }
            case .orphaned: break
            }
        }

        /// Whether two spans have more than half of what they cover in common.
        private static func overlap(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
            let common = a.clamped(to: b).count
            return common * 2 > a.count + b.count - common
        }
    }

    @Test(
        "of 240 seeded revisions of the article no quote is silently misplaced; what moved and what changed is found",
        arguments: [1...60, 61...120, 121...180, 181...240])
    func revisions(seeds: ClosedRange<Int>) throws {
        #expect(Self.quotes.count == 61)
        var tally = Tally()
        for seed in seeds {
            var random = SplitMix(state: UInt64(seed))
            let revised = RevisedArticle(edits: 1 + seed % 6, &random)
            let anchoring = Anchoring(from: RevisedArticle.article, to: revised.text)
            for quote in Self.quotes {
                let span = quote.start..<quote.end
                tally.count(anchoring.anchor(quote), revised.truth(span), span, "seed \(seed), \(quote.start): \(revised.edits)")
            }
        }
        func percent(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 1 : Double(part) / Double(whole) }
        print(
            """
            anchoring, seeds \(seeds): moved \(tally.movedRight) right of \(tally.moved) said, of \(tally.wereMoved) that moved; \
            fuzzy \(tally.fuzzyRight) right of \(tally.fuzzy) said, \(tally.changedFound) of \(tally.wereChanged) that changed; \
            orphaned \(tally.goneSaid) of \(tally.gone) that are gone
            """)
        #expect(tally.misplaced == [])
        #expect(tally.movedRight == tally.moved, "precision of moved")
        #expect(percent(tally.movedRight, tally.wereMoved) >= 0.98, "recall of moved")
        #expect(percent(tally.fuzzyRight, tally.fuzzy) >= 0.85, "precision of fuzzy")
        #expect(percent(tally.changedFound, tally.wereChanged) >= 0.95, "recall of fuzzy")
    }

    private func anchor(_ quote: String, _ old: String, _ new: String) throws -> Anchor {
        let place = try #require(QuoteMatcher(text: old).positions(ofExact: quote).first)
        return Anchoring(from: old, to: new).anchor(place)
    }

    @Test("the same words at the same place, at another, similar ones, and none")
    func states() throws {
        let old = "The ministers met. They initialed the draft. Nothing was signed."
        #expect(try anchor("initialed the draft", old, old).state == .exact)
        #expect(try anchor("initialed the draft", old, old + " More follows.").state == .exact)
        let moved = try anchor("initialed the draft", old, "In Washington: " + old)
        #expect(moved.state == .moved && moved.position == TextPosition(start: 39, end: 58))
        #expect(try anchor("initialed the draft", old, "They initialed the draft. The ministers met.").state == .moved)
        let fuzzy = try anchor("initialed the draft", old, "The ministers met. They initialled the drafts. Nothing was signed.")
        #expect(fuzzy.state == .fuzzy && fuzzy.position == TextPosition(start: 24, end: 45))
        #expect(fuzzy.score == Ratio(19, 21))
        let orphan = try anchor("initialed the draft", old, "The ministers met. Nothing was signed.")
        #expect(orphan.state == .orphaned && orphan.position == nil && orphan.score == Ratio(0))
    }

    @Test("of equal words in several places that is meant which stands where it stood; where that cannot be told, a person has to look")
    func several() throws {
        let old = "On Monday the presidents met in Washington. On Tuesday the ministers met in Washington."
        let quote = "met in Washington"
        #expect(try anchor(quote, old, "Update. " + old).position == TextPosition(start: 33, end: 50))
        // The first is gone: the second must not be taken for it without saying so.
        let gone = try anchor(quote, old, "On Tuesday the ministers met in Washington.")
        #expect(gone.state == .fuzzy || gone.state == .orphaned)
        let rest = String(repeating: "And there is more that both agreed upon. ", count: 10)
        let copied = try anchor("the draft", "One: the draft. " + rest, "One: the draft. " + rest + "Annex: the draft.")
        #expect(copied.state == .exact)
        // A copy right beside it could as well be the original.
        let between = rest + "One: the draft. " + rest
        #expect(try anchor("One: the draft.", between, rest + "One: the draft. One: the draft. " + rest).state == .fuzzy)
    }

    @Test("empty and very different texts, and characters of more than one code point, are no trouble")
    func edges() throws {
        #expect(try anchor("a", "a", "").state == .orphaned)
        #expect(try anchor("a", "a", "a").state == .exact)
        #expect(try anchor("Zoë visits", "Zoë visits Baku", "Today Zoë visits Baku").state == .moved)
        let long = String(repeating: "one two three\n", count: 2000)
        #expect(try anchor("the end", long + "the end", "start\n" + long + "the end").state == .moved)
    }
}
