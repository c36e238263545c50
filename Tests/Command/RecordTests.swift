import Testing

@Suite("Recording verbs") struct RecordTests {
    @Test("new prints the handle and how to undo it, and keeps the reason")
    func new() throws {
        let bench = try Bench()
        try bench.done("init", "--user", "aliya")
        let out = try bench.done(
            "new", "event", "Visit", "--when", "2025-08-07/2025-08-08", "--when.basis=stated", "--tags", "visit", "--tags", "washington",
            "--occurrence", "Happened", "-m", "MFA readout")
        #expect(out == "e~1 recorded (@~1). Undo: annals undo @~1\n")
        let shown = try bench.done("show", "e~1", "--json")
        #expect(shown.contains(#""when":{"basis":"stated","edtf":"2025-08-07/2025-08-08"}"#))
        #expect(shown.contains(#""occurrence":"happened""#))
        #expect(shown.contains(#""value":"washington""#))
        #expect(try bench.done("log", "e~1").contains("MFA readout"))
    }

    @Test("new takes every kind that is not a document, and items by handle")
    func kinds() throws {
        let bench = try Bench()
        try bench.done("init", "--user", "aliya")
        try bench.done("new", "actor", "Ilham Aliyev", "--names", "text=İlham Əliyev,language=az", "--kind", "person")
        try bench.done("new", "event", "Visit", "--participations", "actor=a~1,role=guest")
        try bench.done("new", "note", "Which visit?", "--target", "e~2")
        #expect(try bench.done("show", "e~2").contains("a~1"))
        #expect(try bench.done("show", "a~1").contains("İlham Əliyev (language az)"))
        #expect(try bench.annals("new", "document", "x").status == 64)
    }

    @Test(
        "words that make no item are refused with what belongs there, and nothing is recorded",
        arguments: [
            (["new", "event"], "title"), (["new", "event", "Visit", "--when", "yesterday"], "EDTF"), (["new", "evnt", "x"], "event"),
            (["new", "event", "Visit", "--wen", "2025"], "when"), (["new", "event", "Visit", "--title", "Visit"], "twice"),
            (["new"], "kind"), (["new", "event", "Visit", "--when"], "value"),
        ])
    func refusedNew(words: [String], hint: String) throws {
        let bench = try Bench()
        try bench.done("init", "--user", "aliya")
        let run = try bench.annals(words)
        #expect(run.status == 64)
        #expect(run.out.isEmpty)
        #expect(run.err.contains(hint), "\(run.err)")
        #expect(try bench.changes() == 0)
    }

    @Test("a dry run says what it would record, and records nothing")
    func dryRun() throws {
        let bench = try Bench.desk()
        let out = try bench.done("new", "event", "Summit", "--when", "2025-08-08", "-n")
        #expect(out.contains("would have created event"))
        #expect(out.contains("Summit"))
        #expect(out.contains("nothing was recorded"))
        #expect(try bench.annals("undo", "@~2", "-n").status == 0)
        #expect(try bench.changes() == 4)
    }

    @Test("set writes a field, adds to one that holds many, clears and removes")
    func set() throws {
        let bench = try Bench.desk()
        #expect(try bench.done("set", "e~2.when", "2025-08-08", "basis=stated").hasPrefix("e~2.when recorded (@~5). Undo: annals undo @~5"))
        #expect(try bench.done("show", "e~2.when").contains("2025-08-08 (stated)"))
        try bench.done("set", "e~2.place", "Washington")
        try bench.done("set", "e~2.tags", "peace process")
        try bench.done("set", "e~2.tags", "summit")
        #expect(try bench.done("show", "e~2.tags").contains("peace process, summit"))
        try bench.done("set", "e~2.tags", "summit", "--remove")
        #expect(try bench.done("show", "e~2.tags").contains("summit") == false)
        try bench.done("set", "e~2.place", "--clear")
        #expect(try bench.done("show", "e~2.place").contains("nothing is recorded"))
    }

    @Test(
        "set refuses what it cannot write",
        arguments: [
            (["set", "e~2", "x"], 64), (["set", "e~2.wen", "x"], 64), (["set", "d~1.text", "x"], 1), (["set", "e~9.when", "2025"], 1),
            (["set", "e~2.when"], 64), (["set", "e~2.when", "2025", "2026"], 64), (["set", "e~2.tags", "x", "--remove"], 1),
            (["set", "e~2.title", "x", "--remove"], 64), (["set", "e~2.place", "e~2"], 1),
        ] as [([String], Int32)])
    func refusedSet(words: [String], status: Int32) throws {
        let bench = try Bench.desk()
        let run = try bench.annals(words)
        #expect(run.status == status, "\(run.err)")
        #expect(run.err.hasPrefix("annals: "))
        #expect(try bench.changes() == 4)
    }

    @Test("code keeps one judgment for each coder, and takes it back")
    func code() throws {
        let bench = try Bench.desk()
        let out = try bench.done("code", "e~2", "support", "--context", "diplomatic,territory", "--cameo", "057", "--note", "initialed")
        #expect(out.hasPrefix("e~2.coding recorded (@~5)"))
        #expect(try bench.done("show", "e~2").contains("aliya: SUPPORT (contexts diplomatic, territory; cameo 057; note initialed)"))
        try bench.done("code", "e~2", "AGREE")
        #expect(try bench.done("show", "e~2").contains("SUPPORT") == false)
        try bench.done("code", "e~2", "--clear")
        #expect(try bench.done("show", "e~2").contains("AGREE") == false)
        #expect(try bench.annals("code", "e~2", "APPLAUD").status == 64)
        #expect(try bench.annals("code", "e~2").status == 64)
        #expect(try bench.annals("code", "d~1", "AGREE").status == 1)
    }

    @Test("tag puts labels on once and takes them off")
    func tag() throws {
        let bench = try Bench.desk()
        try bench.done("tag", "e~2", "peace-process", "washington", "washington")
        #expect(try bench.done("show", "e~2.tags").contains("peace-process, washington"))
        let again = try bench.annals("tag", "e~2", "washington")
        #expect(again.err.contains("nothing was recorded"))
        try bench.done("tag", "e~2", "washington", "--remove")
        #expect(try bench.done("show", "e~2.tags").contains("washington") == false)
        #expect(try bench.annals("tag", "e~2", "washington", "--remove").status == 1)
        #expect(try bench.annals("tag", "e~2").status == 64)
        #expect(try bench.changes() == 6)
    }

    @Test("note remarks on any item and answers a note")
    func note() throws {
        let bench = try Bench.desk()
        try bench.done("note", "n~4", "--reply", "Mirzoyan did")
        let shown = try bench.done("show", "n~5")
        #expect(shown.contains("reply-to  n~4"))
        #expect(shown.contains("target    e~2"))
        #expect(try bench.annals("note", "e~2", "--reply", "x").status == 1)
        #expect(try bench.annals("note", "e~2").status == 64)
    }

    @Test("retract takes an item out of the lists, restore brings it back, and neither is said twice")
    func retract() throws {
        let bench = try Bench.desk()
        try bench.done("retract", "e~2", "-m", "twice")
        #expect(try bench.done("list", "event").isEmpty)
        #expect(try bench.done("list", "event", "--retracted").contains("retracted"))
        #expect(try bench.done("show", "e~2").contains("retracted"))
        #expect(try bench.annals("retract", "e~2").status == 1)
        #expect(try bench.annals("set", "e~2.title", "x").status == 1)
        try bench.done("restore", "e~2")
        #expect(try bench.done("list", "event").contains("Draft peace agreement"))
        #expect(try bench.annals("restore", "e~2").status == 1)
    }

    @Test("undo takes a change back by a new one, and refuses what is no change")
    func undo() throws {
        let bench = try Bench.desk()
        try bench.done("set", "e~2.title", "Something else")
        #expect(try bench.done("undo", "@~5", "-m", "typo").contains("recorded (@~6). Undo: annals undo @~6"))
        #expect(try bench.done("show", "e~2").contains("Draft peace agreement initialed"))
        #expect(try bench.done("log").contains("typo"))
        #expect(try bench.annals("undo", "@~99").status == 1)
        #expect(try bench.annals("undo", "e~2").status == 64)
        #expect(try bench.annals("undo").status == 64)
    }

    @Test("receipts are JSON for scripts, and quiet prints the handle alone")
    func receipts() throws {
        let bench = try Bench.desk()
        let json = try bench.done("new", "event", "Summit", "--json")
        #expect(json.contains(#""made":["e~5"]"#))
        #expect(json.contains(#""handle":"@~5""#))
        #expect(try bench.done("new", "event", "Letter", "-q") == "e~6\n")
    }

    @Test("no handle and no terminal is an error that names candidates")
    func noHandle() throws {
        let bench = try Bench.desk()
        for verb in ["show", "code", "tag", "note", "retract", "cite"] {
            let run = try bench.annals(verb)
            #expect(run.status == 64)
            #expect(run.err.contains(verb == "cite" ? "d~1" : "e~2"), "\(verb): \(run.err)")
        }
    }
}
