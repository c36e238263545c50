import AnnalsModel
import Testing

private let text = "Un cafe\u{301} 👩‍👧 x"

private func passage(_ exact: String, _ start: Int, _ end: Int, prefix: String = "", suffix: String = "") -> Passage {
    Passage(
        quote: Quote(exact: exact, prefix: prefix, suffix: suffix), position: TextPosition(start: start, end: end),
        occurrence: 1, occurrences: 1)
}

@Test("a position that is no span of the text is refused", arguments: [(-1, 2), (3, 2), (0, 15), (20, 21), (Int.max, Int.max)])
func badPositions(_ start: Int, _ end: Int) {
    let position = TextPosition(start: start, end: end)
    let direct = #expect(throws: QuoteError.self) { try position.substring(of: text) }
    #expect(direct?.code == .position)
    let matched = #expect(throws: QuoteError.self) { try QuoteMatcher(text: text).passage(at: position) }
    #expect(matched?.code == .position)
}

@Test("a passage is not made of a part of a character", arguments: [(3, 7), (7, 8), (9, 10), (10, 12)])
func splitCharacters(_ start: Int, _ end: Int) {
    let error = #expect(throws: QuoteError.self) {
        try QuoteMatcher(text: text).passage(at: TextPosition(start: start, end: end))
    }
    #expect(error?.code == .insideCharacter)
}

@Test(
    "a passage fits its text only code point by code point",
    arguments: [
        (passage("cafe\u{301}", 3, 8), nil),
        (passage("cafe\u{301}", 3, 8, prefix: "Un ", suffix: " 👩‍👧"), nil),
        (passage("", 3, 3, prefix: "Un "), nil),
        (passage("café", 3, 8), QuoteError.Code.exact),
        (passage("cafe", 3, 8), .exact),
        (passage("Cafe\u{301}", 3, 8), .exact),
        (passage("cafe\u{301}", 3, 8, prefix: "un "), .prefix),
        (passage("cafe\u{301}", 3, 8, prefix: "xUn "), .prefix),
        (passage("cafe\u{301}", 3, 8, suffix: "  "), .suffix),
        (passage("x", 13, 14, suffix: "y"), .suffix),
        (passage("x", 13, 15), .position),
    ])
func verification(_ passage: Passage, _ fault: QuoteError.Code?) {
    do {
        try passage.verify(in: text)
        #expect(fault == nil)
    } catch {
        #expect(error.code == fault)
        #expect(error.position == passage.position)
        #expect(!error.description.contains("cafe"))
    }
}

@Test("quotes are equal by their bytes, not by what they look like")
func quoteEquality() {
    let precomposed = Quote(exact: "café", prefix: "", suffix: "")
    let decomposed = Quote(exact: "cafe\u{301}", prefix: "", suffix: "")
    #expect(precomposed != decomposed)
    #expect(Set([precomposed, decomposed, precomposed]).count == 2)
}
