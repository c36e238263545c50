import Foundation
import Testing

@Suite("init and import") struct StartTests {
    @Test("init makes a replica that is found from the folders in it, and -C and ANNALS_DIR name one from elsewhere")
    func discovery() throws {
        let bench = try Bench()
        let made = try bench.annals("init", "desk", "--user", "aliya", "--workspace", "caucasus")
        #expect(made.status == 0)
        #expect(made.err.contains("annals import"))
        try FileManager.default.createDirectory(at: bench.folder.appending(path: "desk/a/b"), withIntermediateDirectories: true)
        try bench.done("-C", "desk/a/b", "new", "event", "Visit")
        #expect(try bench.done("-C", "desk", "list", "event").contains("Visit"))
        let named = try bench.annals("list", "event", environment: ["ANNALS_DIR": bench.folder.appending(path: "desk").path])
        #expect(named.out.contains("Visit"))
    }

    @Test("a second init, a bad name and a folder without a replica are refused, each with the way out")
    func refusals() throws {
        let bench = try Bench()
        let nowhere = try bench.annals("list")
        #expect(nowhere.status == 1)
        #expect(nowhere.err.contains("annals init"))
        let name = try bench.annals("init", "--user", "Aliya K.")
        #expect(name.status == 64)
        #expect(name.err.contains("--user"))
        #expect(try bench.annals("init", "--user", "aliya", "--server", "http://desk").status == 64)
        #expect(!bench.exists(".annals"))
        try bench.done("init", "--user", "aliya")
        try bench.done("new", "event", "Visit")
        #expect(try bench.annals("init", "--user", "ben").status == 1)
        #expect(try bench.done("list", "event").contains("Visit"))
    }

    @Test("import keeps the text byte for byte and says what it made and how to undo it")
    func importing() throws {
        let bench = try Bench()
        try bench.write("\u{FEFF}  a “text”\r\n e\u{301}\u{0}\n", to: "odd.txt")
        try bench.done("init", "--user", "aliya")
        let run = try bench.annals(
            "import", "odd.txt", "--publisher", "AzerNews", "--published", "2025-08-09", "--attribution", "MFA", "-m", "seed")
        #expect(run.out == "d~1 recorded (@~1). Undo: annals undo @~1\n")
        let shown = try bench.done("show", "d~1", "--json")
        #expect(shown.contains(#""text":"\#u{FEFF}  a “text”\r\n e\#u{301}\u0000\n""#))
        #expect(shown.contains(#""attribution":"MFA""#))
        #expect(shown.contains(#""published":"2025-08-09""#))
        #expect(shown.contains(#""source":{"text":"AzerNews"}"#))
        #expect(shown.contains(#""title":"odd.txt""#))
    }

    @Test("the same text twice is one document, and only what is said of it anew is recorded")
    func twice() throws {
        let bench = try Bench.desk()
        try bench.write(Bench.article, to: "copy.txt")
        let same = try bench.annals("import", "copy.txt", "--published", "2025-08-09")
        #expect(same.status == 0)
        #expect(same.err.contains("d~1 already; nothing was recorded"))
        #expect(try bench.changes() == 4)
        let more = try bench.annals("import", "copy.txt", "--uri", "https://example.org/a")
        #expect(more.out.hasPrefix("d~1 recorded (@~5)"))
        #expect(try bench.done("list", "document").split(separator: "\n").count == 1)
    }

    @Test("a file that is not UTF-8 is refused with the byte's offset, and nothing is recorded")
    func notUTF8() throws {
        let bench = try Bench()
        try bench.done("init", "--user", "aliya")
        try bench.write(Data([0x61, 0x62, 0xC3, 0xA9, 0xE9, 0x20]), to: "latin.txt")
        let run = try bench.annals("import", "latin.txt")
        #expect(run.status == 1)
        #expect(run.err.contains("byte 4"))
        #expect(run.err.contains("latin.txt"))
        #expect(try bench.changes() == 0)
        #expect(try bench.annals("import", "missing.txt").status == 1)
        #expect(try bench.annals("import").status == 64)
    }

    @Test("a text of a megabyte and one from standard input are taken")
    func large() throws {
        let bench = try Bench()
        try bench.done("init", "--user", "aliya")
        try bench.write(String(repeating: "The draft Agreement was initialed. ", count: 30_000), to: "large.txt")
        #expect(try bench.annals("import", "large.txt").status == 0)
        #expect(try bench.annals("import", "-", "--title", "From a pipe", input: "A short text.").status == 0)
        #expect(try bench.done("list", "document").contains("From a pipe"))
    }

    @Test("a revised text names the document that it revises")
    func revises() throws {
        let bench = try Bench.desk()
        try bench.write(Bench.article + "Corrected.", to: "v2.txt")
        try bench.done("import", "v2.txt", "--revises", "d~1")
        #expect(try bench.done("show", "d~5.previous").contains("d~1"))
        #expect(try bench.annals("import", "v2.txt", "--revises", "e~2").status == 1)
    }

    @Test("annotations become citations, events and notes, an event's title standing for one event")
    func annotations() throws {
        let bench = try Bench.desk()
        let start =
            Bench.article.unicodeScalars.count - Bench.article[Bench.article.range(of: "joint letter")!.lowerBound...].unicodeScalars.count
        try bench.write(
            """
            {"document":"d~1","start":\(start),"end":\(start + 12),"exact":"joint letter","event":"Letter sent","note":"to whom?"}

            {"document":"d~1","start":0,"end":2,"event":"Letter sent"}
            {"document":"d~1","start":3,"end":9,"event":"e~2"}
            """, to: "spans.jsonl")
        let run = try bench.annals("import", "--annotations", "spans.jsonl", "-m", "tagger")
        #expect(run.status == 0, "\(run.err)")
        #expect(try bench.changes() == 5)
        #expect(try bench.done("list", "event").split(separator: "\n").count == 2)
        #expect(try bench.done("show", "e~5").contains("joint letter"))
        #expect(try bench.done("list", "note").contains("to whom?"))
    }

    @Test(
        "one bad annotation refuses all of them, naming its line and what is wrong",
        arguments: [
            (#"{"document":"d~1","start":0,"end":99999}"#, "0..<99999"), (#"{"document":"d~1","start":5,"end":5}"#, "start and end"),
            (#"{"document":"d~1","start":0,"end":2,"exact":"no"}"#, "0..<2"), (#"{"document":"d9","start":0,"end":2}"#, "d9"),
            (#"{"start":0,"end":2}"#, "document"), (#"{"document":"d~1","start":0,"end":2,"event":"e9"}"#, "e9"), ("nonsense", "JSON"),
            (#"{"document":"d~1","start":0,"end":2,"note":7}"#, "note"), (#"{"document":"d~1","start":-1,"end":2}"#, "start and end"),
        ])
    func badAnnotation(line: String, what: String) throws {
        let bench = try Bench.desk()
        try bench.write("{\"document\":\"d~1\",\"start\":0,\"end\":2}\n\(line)\n", to: "spans.jsonl")
        let run = try bench.annals("import", "--annotations", "spans.jsonl")
        #expect(run.status == 1)
        #expect(run.err.contains("spans.jsonl, line 2"))
        #expect(run.err.contains(what))
        #expect(try bench.changes() == 4)
    }

    @Test("many annotations are recorded in as few changes as the limits allow, and one event goes through all of them")
    func manyAnnotations() throws {
        let bench = try Bench.desk()
        let lines = (0..<250).map { "{\"document\":\"d~1\",\"start\":\($0 % 40),\"end\":\($0 % 40 + 5),\"event\":\"One\"}" }
        try bench.write(lines.joined(separator: "\n"), to: "spans.jsonl")
        let run = try bench.annals("-C", ".", "import", "--annotations", "spans.jsonl")
        #expect(run.status == 0, "\(run.err)")
        #expect(try bench.changes() == 7)
        #expect(try bench.annals("list", "event").lines.count == 2)
        #expect(try bench.annals("list", "citation").lines.count == 251)
    }
}
