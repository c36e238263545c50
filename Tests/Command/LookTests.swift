import Testing

@Suite("Looking verbs") struct LookTests {
    @Test("list shows handle, date and title of each item, by kind")
    func list() throws {
        let bench = try Bench.desk()
        #expect(try bench.done("list", "event") == "e~2  [2025-08-07..2025-08-08]  Draft peace agreement initialed\n")
        #expect(try bench.done("list", "documents").contains("azernews.txt"))
        let all = try bench.done("list")
        #expect(all.contains("events\n") && all.contains("notes\n") && all.contains("documents\n"))
        #expect(try bench.annals("list", "evnt").status == 64)
        #expect(try bench.annals("list").err.contains("as of entry 0"))
    }

    @Test("list filters by label, date, author and number")
    func filters() throws {
        let bench = try Bench.desk()
        try bench.done("new", "event", "Letter", "--when", "2025-09", "--tags", "osce")
        func handles(_ flags: String...) throws -> [String] {
            let run = try bench.annals(["list", "event"] + flags)
            return run.lines.map { String($0.prefix { $0 != " " }) }
        }
        #expect(try handles("--tag", "osce") == ["e~5"])
        #expect(try handles("--since", "2025-08-08") == ["e~2", "e~5"])
        #expect(try handles("--since", "2025-08-09") == ["e~5"])
        #expect(try handles("--until", "2025-08") == ["e~2"])
        #expect(try handles("--by", "ben") == [])
        #expect(try handles("--limit", "1") == ["e~5"])
        #expect(try handles("--conflicts") == [])
        #expect(try bench.annals("list", "--since", "soon").status == 64)
        #expect(try bench.annals("list", "--limit", "0").status == 64)
    }

    @Test("show tells everything of an item: fields, evidence, notes, who recorded it")
    func show() throws {
        let bench = try Bench.desk()
        let run = try bench.annals("show", "e~2")
        for part in ["e~2  event  Draft peace agreement initialed", "[2025-08-07..2025-08-08]", "q~3", "n~4", "recorded", "aliya"] {
            #expect(run.out.contains(part), "\(part)")
        }
        #expect(run.err.contains("as of entry 0"))
        #expect(try bench.done("show", "@~2").contains("created event e~2"))
        #expect(try bench.annals("show", "e~2.wen").status == 64)
    }

    @Test("an item that is not there is an error with the ones near it")
    func notFound() throws {
        let bench = try Bench.desk()
        let run = try bench.annals("show", "e~9")
        #expect(run.status == 1)
        #expect(run.err.contains("e~2"))
        #expect(try bench.annals("show", "zz").status == 1)
    }

    @Test("JSON Lines: one object for each item, nothing else on stdout")
    func json() throws {
        let bench = try Bench.desk()
        let lines = try bench.annals("list", "--json").lines
        #expect(lines.count == 4)
        #expect(lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") && $0.contains(#""handle":""#) })
        #expect(try bench.done("show", "e~2.when", "--json").contains(#""value":{"edtf":"[2025-08-07..2025-08-08]"}"#))
    }

    @Test("search finds items by their words, whatever accents and case")
    func search() throws {
        let bench = try Bench.desk()
        try bench.done("new", "actor", "İlham Əliyev")
        #expect(try bench.done("search", "NAKHCHIVAN").contains("d~1"))
        #expect(try bench.done("search", "agreement", "--kind", "event").hasPrefix("e~2"))
        #expect(try bench.done("search", "agreement", "--json").contains(#""kind":"event""#))
        #expect(try bench.annals("search", "zebra").status == 1)
        // A quote is found by its own words, not by those around it.
        #expect(try bench.done("search", "foreign", "--kind", "citation").contains("q~3"))
        #expect(try bench.done("show", "q~3", "--json").contains("Establishment of Peace was"))
        #expect(try !bench.annals("search", "Establishment", "--kind", "citation").out.contains("q~3"))
        #expect(try bench.annals("search").status == 64)
    }

    @Test("what was recorded cannot drive the reader's terminal, and colour needs one")
    func escapes() throws {
        let bench = try Bench.desk()
        try bench.done("note", "e~2", "a\u{1B}[2Jb")
        #expect(try bench.done("show", "n~5").contains("\u{1B}") == false)
        #expect(try bench.done("list").contains("\u{1B}") == false)
    }

    @Test("as of an entry shows the record as it was; a point beyond the log and nonsense are refused")
    func asOf() throws {
        let bench = try Bench.desk()
        #expect(try bench.done("list", "event", "--as-of", "0").isEmpty)
        #expect(try bench.annals("list", "--as-of", "7").status == 1)
        #expect(try bench.annals("list", "--as-of", "yesterday").status == 64)
    }
}
