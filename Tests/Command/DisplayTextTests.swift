import Testing

@testable import AnnalsCommand

@Suite("Display text") struct DisplayTextTests {
    @Test("what was recorded cannot drive the reader's terminal")
    func controls() {
        #expect(DisplayText.safe("a\u{1B}[31mb\u{07}\u{9B}c\u{202E}d") == "a\u{FFFD}[31mb\u{FFFD}\u{FFFD}c\u{FFFD}d")
        #expect(DisplayText.safe("a\nb\tc") == "a b c")
        #expect(DisplayText.safe("a\nb", lines: true) == "a\nb")
    }

    @Test("lines break at spaces and never exceed the terminal")
    func wrapping() {
        #expect(DisplayText.wrapped("the draft agreement was initialed", to: 12) == ["the draft", "agreement", "was", "initialed"])
        #expect(DisplayText.wrapped("abcdefghijklmnop", to: 10) == ["abcdefghij", "klmnop"])
        #expect(DisplayText.wrapped("one\n\ntwo", to: 40) == ["one", "", "two"])
    }

    @Test("wide characters count two columns, combining marks none")
    func width() {
        #expect(DisplayText.width("日本") == 4)
        #expect(DisplayText.width("e\u{301}") == 1)
        #expect(DisplayText.clipped("日本語日本語", to: 7) == "日本語…")
    }

    @Test("columns align, and the last one wraps under itself")
    func table() {
        let rows: [EntityText.Row] = [
            [("when", .faint), ("2025", nil)], [("occurrence", .faint), ("it happened in the capital city", nil)],
        ]
        #expect(
            Paint(isOn: false).table(rows, columns: 32, clip: false) == [
                "when        2025", "occurrence  it happened in the", "            capital city",
            ])
    }
}
