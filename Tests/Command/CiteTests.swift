import Testing

@Suite("cite") struct CiteTests {
    @Test("what is stored is the text as it stands, however loosely it was quoted")
    func forgiving() throws {
        let bench = try Bench.desk()
        try bench.done("cite", "d~1", "\"NEGATIVE legacy  of the past.\"")
        #expect(try bench.done("show", "q~5", "--json").contains("“negative legacy of the past.”"))
        try bench.done("cite", "d~1", "August 7-8, 2025")
        #expect(try bench.done("show", "q~6", "--json").contains("August 7–8, 2025"))
    }

    @Test("A...B takes all between, and a new item with its fields is made in the same change")
    func newItem() throws {
        let bench = try Bench.desk()
        let out = try bench.done(
            "cite", "d~1", "the draft Agreement...both countries", "--new", "event", "Draft initialed", "--when",
            "[2025-08-07..2025-08-08]",
            "--tags", "peace")
        #expect(out.contains("q~5") && out.contains("e~5") && out.contains("(@~5)"))
        let shown = try bench.done("show", "e~5")
        #expect(shown.contains("[2025-08-07..2025-08-08]"))
        #expect(shown.contains("the draft Agreement on the Establishment of Peace was initialed"))
        #expect(try bench.changes() == 5)
    }

    @Test("a passage is evidence for an item or one of its fields, with stance and speaker")
    func about() throws {
        let bench = try Bench.desk()
        try bench.done(
            "cite", "d~1", "a joint letter was also sent", "--of", "e~2.occurrence", "--stance", "contradicts", "--speaker",
            "Foreign Ministry",
            "--value", "planned")
        let shown = try bench.done("show", "q~5", "--json")
        for part in [
            #""field":"occurrence""#, #""stance":"contradicts""#, #""speaker":{"text":"Foreign Ministry"}"#, #""value":"planned""#,
        ] {
            #expect(shown.contains(part))
        }
    }

    @Test("more than one match asks which, by number")
    func several() throws {
        let bench = try Bench.desk()
        let run = try bench.annals("cite", "d~1", "The Ministry")
        #expect(run.status == 1)
        #expect(run.err.contains("2 passages match"))
        #expect(run.err.contains("--nth 2"))
        #expect(run.err.contains("described this"))
        #expect(try bench.changes() == 4)
        try bench.done("cite", "d~1", "The Ministry", "--nth", "2")
        #expect(try bench.annals("cite", "d~1", "The Ministry", "--nth", "3").status == 1)
    }

    @Test(
        "what cannot be cited is refused and nothing is recorded",
        arguments: [
            (["cite", "d~1", "no such words"], 1), (["cite", "e~2", "the"], 1), (["cite", "d~1"], 64),
            (["cite", "d~1", "joint letter", "--of", "e~2.wen"], 64),
            (["cite", "d~1", "joint letter", "--of", "e~2", "--stance", "perhaps"], 64),
            (["cite", "d~1", "joint letter", "--new", "event"], 64), (["cite", "d~1", "joint letter", "--set", "when=2025"], 64),
            (["cite", "d~1", "joint letter", "--new", "evnt", "x"], 64),
            (["cite", "d~1", "joint letter", "--new", "event", "x", "--when", "soon"], 64),
        ] as [([String], Int32)])
    func refused(words: [String], status: Int32) throws {
        let bench = try Bench.desk()
        let run = try bench.annals(words)
        #expect(run.status == status, "\(run.err)")
        #expect(try bench.changes() == 4)
    }
}
