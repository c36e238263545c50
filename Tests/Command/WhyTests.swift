import AnnalsModel
import Foundation
import Testing

@testable import AnnalsCommand

@Suite("Why, and how far coders agree: why, agreement") struct WhyTests {
    @Test("why says every value, who said it, when and why, what became of it, and what speaks for it")
    func why() throws {
        let pair = try TogetherTests.Pair()
        let bench = pair.bench
        try bench.write("The ministers initialed the draft on August 8.", to: "a.txt")
        try bench.done("-C", "a", "import", "../a.txt", "--publisher", "AzerNews")
        try bench.done("-C", "a", "sync")
        try bench.done("-C", "b", "sync")
        try pair.disagree()
        let out = try bench.done("-C", "b", "why", "e1.when")
        #expect(out.contains("when  before       2025-08-08  — aliya, "), "\(out)")
        #expect(out.contains("in conflict  2025-08-07  — aliya, "))
        #expect(out.contains("because: communiqué"))
        #expect(out.contains("in conflict  [2025-08-07..2025-08-08]  — ben, "))
        #expect(!out.contains("title"))
        try bench.done("-C", "b", "resolve", "e1.when", "--take", "aliya", "-m", "the ministry says so")
        try bench.done("-C", "b", "cite", "d2", "on August 8", "--about", "e1.when")
        try bench.done("-C", "b", "note", "e1", "Which draft?")
        let settled = try bench.done("-C", "b", "why", "e1.when")
        #expect(settled.contains("shown   settled: 2025-08-07  — ben, ") && settled.contains("because: the ministry says so"), "\(settled)")
        #expect(settled.contains("supported  by 1 source: AzerNews"), "\(settled)")
        #expect(settled.contains("“on August 8” (d2, on when)"))
        #expect(settled.contains("remarks") && settled.contains("ben: Which draft?"))
        // As it stood then.
        let then = try bench.done("-C", "b", "why", "e1.when", "--as-of", "1")
        #expect(then.contains("shown  2025-08-08  — aliya") && !then.contains("ben"), "\(then)")
        let json = try bench.done("-C", "b", "why", "e1.when", "--json")
        for part in [
            #""standing":"superseded""#, #""standing":"shown""#, #""verb":"resolve""#, #""why":"communiqué""#, #""supporting":[{"#,
        ] {
            #expect(json.contains(part), "\(part)")
        }
        #expect(try bench.annals("-C", "b", "why", "e1.whem").status == 64)
        #expect(try bench.done("-C", "b", "why", "e1").contains("title"))
    }

    @Test("why says of elements which are there and which were taken out, and of what had no effect that it had none")
    func elements() throws {
        let pair = try TogetherTests.Pair()
        try pair.bench.done("-C", "a", "tag", "e1", "draft")
        try pair.bench.done("-C", "a", "tag", "e1", "draft", "--remove")
        try pair.bench.done("-C", "a", "note", "e1", "Mine.")
        try pair.bench.done("-C", "a", "sync")
        try pair.bench.done("-C", "b", "sync")
        let out = try pair.bench.done("-C", "b", "why", "e1.tags")
        #expect(out.contains("shown   peace") && out.contains("before  draft") && out.contains("took out draft"), "\(out)")
        try pair.bench.done("-C", "b", "retract", "e1", "-m", "twice")
        let existence = try pair.bench.done("-C", "b", "why", "e1.existence")
        #expect(existence.contains("before  present") && existence.contains("shown   retracted") && existence.contains("because: twice"))
    }

    @Test("agreement counts pairs of judgments, and says its coefficients at any point of the log")
    func agreement() throws {
        let pair = try TogetherTests.Pair()
        let bench = pair.bench
        try bench.done("-C", "a", "new", "event", "Signed")
        try bench.done("-C", "a", "sync")
        try bench.done("-C", "b", "sync")
        for (folder, codes) in [("a", ["SUPPORT", "AGREE"]), ("b", ["SUPPORT", "CONSULT"])] {
            for (event, code) in zip(["e1", "e2"], codes) { try bench.done("-C", folder, "code", event, code) }
            try bench.done("-C", folder, "sync")
        }
        let out = try bench.done("-C", "b", "agreement", "event.coding.type")
        #expect(out.contains("2 coded, 2 by two or more; coders: aliya, ben"))
        #expect(out.contains("50.0 % (1 of 2 pairs)") && out.contains("aliya, ben: 0.333 (1 of 2 agreed)"), "\(out)")
        #expect(out.contains("Krippendorff's α   0.400"), "\(out)")
        #expect(try bench.done("-C", "b", "agreement", "event.coding.type", "--json").contains(#""exact":"2/5""#))
        #expect(try bench.done("-C", "b", "agreement", "event.coding.type", "--as-of", "4").contains("2 coded, 0 by two or more"))
        #expect(try bench.done("-C", "b", "agreement", "event.coding.type", "--by", "ben").contains("undefined"))
        let drafts = try bench.annals("-C", "b", "agreement", "event.coding.type").err
        #expect(drafts.contains("4 of 4 judgments are drafts; --submitted leaves them out"), "\(drafts)")
        #expect(try bench.done("-C", "b", "agreement", "event.coding.type", "--submitted").contains("0 coded"))
        try bench.done("-C", "b", "code", "e1", "--submit")
        let one = try bench.done("-C", "b", "agreement", "event.coding.type", "--submitted", "--json")
        #expect(one.contains(#""judgments":1"#) && one.contains(#""coders":["ben"]"#), "\(one)")
        #expect(try bench.annals("-C", "b", "agreement", "event.coding.state").status == 64)
        for word in ["event.when", "event", "evnt.coding", "event.coding.colour"] {
            #expect(try bench.annals("-C", "b", "agreement", word).status == 64, "\(word)")
        }
    }

    @Test("diff says in words what changed, and what follows from it; --by-written goes by the authors' clocks")
    func diff() throws {
        let bench = try Bench()
        try bench.done("init", "--user", "golden")
        try bench.done("import", "--items", ItemsTests.article.path)
        try bench.done("set", "e~1.2.when", "2025-09-01", "-m", "a later readout")
        let server = try ServerProcess(
            bench, words: ["serve", "--data", "server", "--workspace", "caucasus", "--dev-users", "--curator", "golden"])
        try bench.done("sync", server.address)
        let out = try bench.done("diff", "1", "--on", "2025-10-01")
        #expect(out.contains("changed  e1.2  event  "))
        #expect(out.contains("when: [2025-08-07..2025-08-08] ") && out.contains("→ 2025-09-01"), "\(out)")
        #expect(out.contains("and so") && out.contains("pending, ends 2026-02-07..2026-02-08 → pending, ends 2026-03-01"), "\(out)")
        #expect(try bench.done("diff", "1", "--json", "--on", "2025-10-01").contains(#""derived":true"#))
        #expect(try bench.annals("diff", "2").err.contains("nothing changed from entry 2 to now"))
        #expect(try bench.done("diff", "0", "1").contains("new  k1"))
        // All of it was written before the server was there.
        #expect(try bench.done("list", "event", "--as-of", "2000-01-01", "--by-written") == "")
        #expect(try bench.done("show", "e1.2.when", "--as-of", "2100-01-01", "--by-written").contains("2025-09-01"))
        #expect(try bench.annals("list", "event", "--as-of", "1", "--by-written").status == 64)
        #expect(try bench.annals("list", "event", "--by-written").status == 64)
        #expect(try bench.annals("diff", "9").status == 1)
    }

    @Test("a blind coder sees nobody else's judgment, nor what curators settled on, before having submitted their own")
    func blind() throws {
        let bench = try Bench()
        let server = try ServerProcess(
            bench, words: ["serve", "--data", "server", "--workspace", "w", "--dev-users", "--curator", "aliya"])
        for (folder, user) in [("a", "aliya"), ("b", "ben")] { try bench.done("clone", server.address, folder, "--user", user) }
        try bench.done("-C", "a", "new", "event", "Signed")
        try bench.done("-C", "a", "code", "e~1", "SUPPORT", "--note", "unmistakable", "-m", "SUPPORT as the ministry has it")
        try bench.done("-C", "a", "set", "e~1.adjudicated", "type=SUPPORT")
        try bench.done("-C", "a", "sync")
        try bench.done("-C", "b", "sync")
        // A conflict on what curators settled on says it too.
        try bench.done("clone", server.address, "c", "--user", "aliya")
        for (folder, type) in [("a", "SUPPORT"), ("c", "CONSULT")] {
            try bench.done("-C", folder, "set", "e1.adjudicated", "type=\(type)", "note=not SUPPORT alone")
        }
        try bench.done("-C", "b", "set", "e1.when", "2025-08-07")
        let shown = try bench.done("-C", "c", "show", "e1", "--json").trimmingCharacters(in: .newlines)
        let id = try #require(JSONLine.value(shown)?["id"]?.string)
        let both = #""fields":{"when":{"edtf":"2025-08-08"}},"codings":{"coding":{"aliya":{"type":"SUPPORT","note":"unmistakable now"}}}"#
        try bench.write("{\"format\":\"annals-items/1\"}\n{\"kind\":\"event\",\"key\":\"\(id)\",\(both)}\n", to: "more.items.jsonl")
        try bench.done("-C", "c", "import", "--items", "../more.items.jsonl", "-m", "SUPPORT on that day")
        for folder in ["a", "c", "b"] { try bench.done("-C", folder, "sync") }
        #expect(try bench.done("-C", "b", "conflicts").contains("e1.adjudicated"))
        for words in [
            ["show", "e1"], ["show", "e1", "--json"], ["show", "e1.coding"], ["show", "e1.adjudicated", "--json"],
            ["list", "event", "--json"], ["conflicts"], ["conflicts", "--json"], ["log"], ["log", "--json"], ["replay"],
            ["replay", "--json"],
            ["why", "e1"], ["why", "e1.coding", "--json"], ["diff", "1"], ["diff", "1", "--json"], ["show", "@2"],
            ["show", "@2", "--json"],
        ] {
            let out = try bench.annals(["-C", "b"] + words + ["--blind"]).out
            #expect(!out.contains("SUPPORT"), "\(words): \(out)")
            #expect(try bench.annals(["-C", "b"] + words).out.contains("SUPPORT"), "\(words)")
        }
        // The reason of a change that also judges tells as much, wherever it is shown.
        let two =
            try bench.annals("-C", "b", "conflicts", "--json", "--blind").out + bench.annals("-C", "b", "show", "e1.when", "--blind").out
        #expect(two.contains("2025-08-08") && !two.contains("SUPPORT"), "\(two)")
        // Nor by a look back to before the item was there, by what cites it, or by a judgment that is taken back for a reason.
        #expect(try !bench.annals("-C", "b", "show", "@2", "--as-of", "1", "--blind").out.contains("SUPPORT"))
        #expect(try bench.done("-C", "b", "list", "--assigned", "aliya", "--uncoded", "--blind").isEmpty)
        #expect(try bench.done("-C", "b", "show", "e1", "--json", "--blind").contains(#""hidden":{"coding":1}"#))
        #expect(try bench.annals("-C", "b", "conflicts", "--blind").err.contains("1 hidden until you have handed in"))
        let why = try bench.done("-C", "b", "why", "e1.coding", "--json", "--blind")
        #expect(why.contains(#""standing":"shown""#), "hidden, and not said to be out of date: \(why)")
        // Nor by what is found, counted, or taken out whole; and once for all commands.
        #expect(try bench.annals("-C", "b", "search", "unmistakable", "--blind").status == 1)
        #expect(try bench.done("-C", "b", "search", "unmistakable").contains("e1"))
        #expect(try bench.done("-C", "b", "agreement", "event.coding", "--blind").contains("0 coded"))
        for words in [["export"], ["replay", "--raw"]] { #expect(try bench.annals(["-C", "b"] + words + ["--blind"]).status == 64) }
        let blind = try bench.annals("-C", "b", "show", "e1", environment: ["ANNALS_BLIND": "1"])
        #expect(try !bench.annals("-C", "b", "undo", "@2", "-n", environment: ["ANNALS_BLIND": "1"]).out.contains("SUPPORT"))
        #expect(!blind.out.contains("SUPPORT") && blind.out.contains("hidden"))
        #expect(try bench.done("-C", "b", "show", "e1", "--blind").contains("one other coder has judged it; hidden until you have"))
        // A draft opens nothing, and is shown.
        try bench.done("-C", "b", "code", "e1", "AGREE")
        let draft = try bench.done("-C", "b", "show", "e1", "--blind")
        #expect(draft.contains("ben: AGREE") && draft.contains("annals code e1 --submit") && !draft.contains("SUPPORT"), "\(draft)")
        try bench.done("-C", "b", "code", "e1", "--submit")
        let out = try bench.done("-C", "b", "show", "e1", "--blind")
        #expect(out.contains("aliya: SUPPORT") && out.contains("ben: AGREE") && out.contains("adjudicated"), "\(out)")
    }

    @Test("a blind coder sees no reason of a judgment taken back, no value cited for one, no fulfilment in the ledger; an undo sees all")
    func blindElsewhere() throws {
        let pair = try TogetherTests.Pair(curator: true)
        let bench = pair.bench
        try bench.write("The ministers initialed the draft.", to: "a.txt")
        try bench.done("-C", "b", "new", "event", "Ours")
        try pair.sync()
        try bench.done("-C", "a", "import", "../a.txt")
        try bench.done("-C", "a", "cite", "d~2", "initialed", "--of", "e1")
        try bench.done("-C", "a", "set", "q~3.about", "item=e1", "field=adjudicated", "stance=supports", "value=CONSULT")
        try bench.done("-C", "a", "new", "commitment", "Set up a group")
        try bench.done("-C", "a", "code", "c~5.fulfilment", "3")
        try bench.done("-C", "a", "code", "e1", "COERCE")
        try bench.done("-C", "a", "code", "e1", "--clear", "-m", "not COERCE after all")
        try bench.done("-C", "a", "code", "e2", "AGREE")
        try pair.sync()
        for words in [
            ["log"], ["replay"], ["why", "e1"], ["why", "e1", "--json"], ["list", "citation", "--json"], ["due"], ["show", "c6"],
        ] {
            let (open, blind) = (try bench.annals(["-C", "b"] + words).out, try bench.annals(["-C", "b"] + words + ["--blind"]).out)
            for word in ["COERCE", "CONSULT", "met\n", "met "] { #expect(!blind.contains(word), "\(words) \(word): \(blind)") }
            #expect(["COERCE", "CONSULT", "met"].contains { open.contains($0) }, "\(words): \(open)")
        }
        // Aliya has worked on Ben's event, though he does not see it.
        let undo = try bench.annals("-C", "b", "undo", "@~1", environment: ["ANNALS_BLIND": "1"])
        #expect(undo.status == 1 && undo.err.contains("aliya has worked on e2"), "\(undo.err)")
    }

    @Test("what a blind coder's own judgment has opened in between is no difference, and what he has judged he sees at any time")
    func blindThen() throws {
        let pair = try TogetherTests.Pair()
        let bench = pair.bench
        try bench.done("-C", "a", "code", "e1", "SUPPORT")
        try pair.sync()
        try bench.done("-C", "b", "code", "e1", "AGREE", "--submit")
        try pair.sync()
        let diff = try bench.done("-C", "b", "diff", "2", "--blind")
        #expect(diff.contains("ben: nothing → AGREE") && !diff.contains("SUPPORT"), "\(diff)")
        #expect(try bench.done("-C", "b", "show", "e1", "--as-of", "2", "--blind").contains("aliya: SUPPORT"))
    }
}
