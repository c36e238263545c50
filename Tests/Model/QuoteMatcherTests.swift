import AnnalsModel
import Testing

/// What a query finds in a text, as the code points it stores: so that é and e + U+0301 are not taken for the same.
private func found(_ query: String, in text: String) -> [[Unicode.Scalar]] {
    QuoteMatcher(text: text).passages(matching: query).map { Array($0.quote.exact.unicodeScalars) }
}

private func scalars(_ texts: [String]) -> [[Unicode.Scalar]] { texts.map { Array($0.unicodeScalars) } }

@Test(
    "matching is loose, and what is stored is the text as it stands",
    arguments: [
        // Dashes.
        ("August 7-8", "On August 7–8, 2025", ["August 7–8"]),
        ("August 7−8", "On August 7‑8, 2025", ["August 7‑8"]),
        ("a - b", "a — b", ["a — b"]),
        // Quotation marks and apostrophes.
        ("say \"yes\"", "they say «yes» now", ["say «yes»"]),
        ("say 'yes'", "they say “yes” now", ["say “yes”"]),
        ("Aliyev's trip", "President Aliyev’s trip", ["Aliyev’s trip"]),
        ("O'zbekiston", "Oʻzbekiston Oʼzbekiston", ["Oʼzbekiston"]),
        // White space.
        ("two words", "two\u{A0}words", ["two\u{A0}words"]),
        ("two words", "two \t\n\n words", ["two \t\n\n words"]),
        ("two\n words", "two words", ["two words"]),
        ("  two words\n", "two words", ["two words"]),
        ("two words", "two\u{202F}\u{200B}\u{3000}words", ["two\u{202F}\u{200B}\u{3000}words"]),
        // Case.
        ("memorandum of UNDERSTANDING", "Memorandum of Understanding", ["Memorandum of Understanding"]),
        ("ΟΔΟΣ", "η οδος και οδός", ["οδος"]),
        ("οδος", "ΟΔΟΣ οδοσ", ["ΟΔΟΣ", "οδοσ"]),
        ("МИНСК", "процесс Минск", ["Минск"]),
        ("ilham əliyev", "İlham Əliyev", ["İlham Əliyev"]),
        ("ilham", "I\u{307}LHAM", ["I\u{307}LHAM"]),
        ("naxçivan", "NAXÇIVAN Naxçıvan", ["NAXÇIVAN", "Naxçıvan"]),
        ("strasse", "Straße", []),
        // Canonical equivalence.
        ("café", "cafe\u{301}", ["cafe\u{301}"]),
        ("cafe\u{301}", "CAFÉ", ["CAFÉ"]),
        ("한국", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}", ["\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}"]),
        ("300 k", "300 \u{212A}", ["300 \u{212A}"]),
        ("what;", "what\u{37E}", ["what\u{37E}"]),
        // Invisible characters on their own.
        ("international", "inter\u{AD}national", ["inter\u{AD}national"]),
        ("abc", "\u{FEFF}abc\u{200F}", ["abc"]),
    ])
func looseMatching(_ query: String, _ text: String, _ exact: [String]) {
    #expect(found(query, in: text) == scalars(exact))
}

@Test(
    "where the query stands as it is, only such places count",
    arguments: [
        ("a-b", "a–b a-b A-B", ["a-b"]),
        ("the", "The the THE", ["the"]),
        ("café", "cafe\u{301} café", ["café"]),
        ("a, b", "a,b a, b", ["a, b"]),
        ("wait... what", "wait... what, wait and what", ["wait... what"]),
        ("7–8...10-11", "7-8 to 10-11, 7–8 to 10-11", ["7–8 to 10-11"]),
    ])
func exactWins(_ query: String, _ text: String, _ exact: [String]) {
    #expect(found(query, in: text) == scalars(exact))
}

@Test(
    "a space next to punctuation counts as long as anything else matches",
    arguments: [
        ("as \"x,\" y", "as“x,” y", ["as“x,” y"]),
        ("as\"x,\"y", "as “x,” y", ["as “x,” y"]),
        ("a , b", "a,b A, b", ["a,b", "A, b"]),
        ("a, b", "a,b A, B", ["A, B"]),
        ("7 - 8", "7–8", ["7–8"]),
        ("ab", "a b", []),
        ("a b", "ab", []),
    ])
func spaceAtPunctuation(_ query: String, _ text: String, _ exact: [String]) {
    #expect(found(query, in: text) == scalars(exact))
}

@Test(
    "an ellipsis takes all from each A to the nearest B after it",
    arguments: [
        ("A...B", "A x B y B", ["A x B"]),
        ("A…B", "B A x B", ["A x B"]),
        ("A....B", "A x B", ["A x B"]),
        ("A...B", "A x A y B", ["A x A y B", "A y B"]),
        ("A...B", "A1B A2B", ["A1B", "A2B"]),
        ("A...B...C", "A C B x C", ["A C B x C"]),
        ("A ... b", "a — B", ["a — B"]),
        ("...B", "A B", ["B"]),
        ("A...", "A B", ["A"]),
        ("A...B", "B A", []),
        ("aa...aa", "aaa aa", ["aaa aa", "aa aa"]),
        ("Wait... what", "Wait… what", ["Wait… what"]),
        ("...", "A B", []),
    ])
func ellipsis(_ query: String, _ text: String, _ exact: [String]) {
    #expect(found(query, in: text) == scalars(exact))
}

@Test(
    "no match begins or ends inside a character",
    arguments: [
        ("cafe", "cafe\u{301}", []),
        ("e", "e\u{301} e", ["e"]),
        ("\u{301}", "e\u{301}", []),
        ("é", "e\u{301}\u{327}", []),
        ("👩", "👩‍👧 👩", ["👩"]),
        ("👧", "👩‍👧", []),
        ("👍", "👍🏽", []),
        ("🇿🇦", "🇦🇿🇦🇲", []),
        ("🇦🇲", "🇦🇿🇦🇲", ["🇦🇲"]),
        ("👩‍👧", "the 👩‍👧 here", ["👩‍👧"]),
    ])
func wholeCharacters(_ query: String, _ text: String, _ exact: [String]) {
    #expect(found(query, in: text) == scalars(exact))
}

@Test(
    "right-to-left text is matched in the order in which it is read",
    arguments: [
        ("السلام", "اتفاق السلام بين البلدين", ["السلام"]),
        ("اتفاق...البلدين", "وقع اتفاق السلام بين البلدين أمس", ["اتفاق السلام بين البلدين"]),
        ("سلام", "سَلَام", []),
        ("\"שלום\"", "הסכם «שלום» נחתם", ["«שלום»"]),
        ("צה\"ל", "צה״ל", ["צה״ל"]),
        ("תל-אביב", "תל־אביב", ["תל־אביב"]),
        ("peace שלום", "peace \u{2067}שלום\u{2069}", ["peace \u{2067}שלום"]),
    ])
func rightToLeft(_ query: String, _ text: String, _ exact: [String]) {
    #expect(found(query, in: text) == scalars(exact))
}

@Test("an empty query matches nothing", arguments: ["", " ", "\r\n\t", "\u{200B}", "…"])
func emptyQuery(_ query: String) {
    #expect(QuoteMatcher(text: "any text").passages(matching: query).isEmpty)
    #expect(QuoteMatcher(text: "").passages(matching: query).isEmpty)
}

@Test("a line end of two code points counts as two in offsets and as one space in matching")
func carriageReturns() throws {
    let text = "First line\r\nsecond line\r\n\r\nthird"
    let passages = QuoteMatcher(text: text).passages(matching: "line second line third")
    try #require(passages.count == 1)
    #expect(passages[0].position == TextPosition(start: 6, end: 32))
    #expect(passages[0].quote.prefix == "First ")
    #expect(Array(passages[0].quote.exact.unicodeScalars).count == 26)
    try passages[0].verify(in: text)
}

@Test("offsets are code points, whatever a character needs in UTF-8 or UTF-16")
func codePoints() throws {
    let text = "👩‍👧 e\u{301} x"
    let passage = try #require(QuoteMatcher(text: text).passages(matching: "x").first)
    #expect(passage.position == TextPosition(start: 7, end: 8))
    #expect(passage.quote.prefix.unicodeScalars.count == 7)
}

@Test("context is 32 code points at most and never begins or ends inside a character")
func context() throws {
    let marked = String(repeating: "e\u{301}", count: 16)
    let text = "y" + marked + "1x2" + marked + "y"
    let passage = try #require(QuoteMatcher(text: text).passages(matching: "x").first)
    #expect(passage.quote.prefix.unicodeScalars.count == 31)
    #expect(passage.quote.prefix.unicodeScalars.first == "e")
    #expect(passage.quote.suffix.unicodeScalars.count == 31)
    #expect(passage.quote.suffix.unicodeScalars.last == "\u{301}")
    try passage.verify(in: text)
}

@Test("occurrences count the same code points only, and matches do not overlap")
func occurrences() {
    let loose = QuoteMatcher(text: "The the THE the").passages(matching: "tHe")
    #expect(loose.map(\.occurrence) == [1, 1, 1, 2])
    #expect(loose.map(\.occurrences) == [1, 2, 1, 2])
    let overlapping = QuoteMatcher(text: "aaaa")
    #expect(overlapping.passages(matching: "aa").map(\.position.start) == [0, 2])
    #expect(overlapping.passages(matching: "aa").map(\.occurrence) == [1, 3])
    #expect(overlapping.positions(ofExact: "aa").map(\.start) == [0, 1, 2])
}

@Test("a query returns a hundred passages at most, and no elided passage grows without bound")
func limits() {
    let text = String(repeating: "a ", count: 2000)
    #expect(QuoteMatcher(text: text).passages(matching: "a").count == QuoteMatcher.passagesMax)
    let far = "A" + String(repeating: " x", count: QuoteMatcher.elidedLengthMax) + " A B"
    #expect(found("A...B", in: far) == scalars(["A B"]))
}

@Test(
    "the end of a long text is found",
    arguments: [
        "On August 7–8 the Ministry said. ", "На встрече сторон — «да». ", "aaaaaaaa",
    ])
func longText(_ sentence: String) {
    let text = String(repeating: sentence, count: 100_000 / sentence.utf8.count) + "The End"
    #expect(QuoteMatcher(text: text).passages(matching: "the  END").count == 1)
}
