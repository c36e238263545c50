import Foundation
import Testing

@testable import AnnalsCommand

@Suite("Item files: import --items and export --items") struct ItemsTests {
    static let article = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "seeds/seed-events.items.jsonl")

    private func file(_ bench: Bench, _ lines: String..., name: String = "in.jsonl") throws -> String {
        let text = (["{\"format\":\"annals-items/1\"}"] + lines).joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: bench.folder.appending(path: name))
        return name
    }

    @Test("the coded article comes out byte for byte as it went in, from another replica, and after an edit there has been undone")
    func article() throws {
        let bench = try Bench()
        let server = try ServerProcess(
            bench, words: ["serve", "--data", "server", "--workspace", "caucasus", "--dev-users", "--curator", "golden"])
        let article = try String(contentsOf: Self.article, encoding: .utf8)
        try bench.done("clone", server.address, "a", "--user", "golden")
        let said = try bench.done("-C", "a", "import", "--items", Self.article.path, "-m", "coded by hand")
        #expect(said.hasPrefix("162 new, 0 changed, 0 as they were"))
        #expect(try bench.done("-C", "a", "export", "--items") == article)
        try bench.done("-C", "a", "sync")
        try bench.done("clone", server.address, "b", "--user", "ben")
        #expect(try bench.done("-C", "b", "export", "--items") == article)
        #expect(try bench.done("-C", "b", "list", "instrument").contains("Amendment 907 to the Freedom Support Act"))
        for words in [["set", "e1.7.when", "2025-08-08"], ["tag", "e1.7", "checked"], ["retract", "c1"], ["code", "e1", "AGREE"]] {
            let run = try bench.annals(["-C", "b"] + words)
            let undo = try #require(run.out.split(separator: " ").last.map { $0.filter { !$0.isNewline } }, "\(run.err)")
            #expect(try bench.done("-C", "b", "export", "--items") != article, "\(words)")
            try bench.done("-C", "b", "undo", undo)
            #expect(try bench.done("-C", "b", "export", "--items") == article, "\(words)")
        }
        try bench.done("-C", "b", "sync")
        try bench.done("-C", "a", "sync")
        #expect(try bench.done("-C", "a", "export", "--items") == article)
        #expect(try bench.done("-C", "a", "export", "--items", "--as-of", "1") == article)
        // Who is no curator is told which line is for one, before anything is recorded.
        try bench.done("clone", server.address, "c", "--user", "dana")
        let codes = #"{"kind":"codebook","key":"k","fields":{"name":"k","version":"1","codes":[{"code":"A"}]}}"#
        let run = try bench.annals(
            "-C", "c", "import", "--items", "../" + file(bench, #"{"kind":"place","key":"p","fields":{"name":"p"}}"#, codes))
        #expect(run.status == 1 && run.err.contains("line 3 is for a curator to say"), "\(run.err)")
        #expect(try !bench.done("-C", "c", "export", "--items").contains(#""key":"p""#))
        #expect(server.stop() == 0)
    }

    @Test("a file that is imported again records nothing, and one that says something else only that")
    func again() throws {
        let bench = try Bench()
        try bench.done("init", "--user", "golden")
        try bench.done("import", "--items", Self.article.path)
        #expect(
            try bench.done("import", "--items", Self.article.path).hasPrefix("0 new, 0 changed, 162 as they were; nothing was recorded"))
        let other = try file(
            bench, #"{"kind":"event","key":"E07","fields":{"when":{"edtf":"2025-08-08"},"tags":["debatable","read"]}}"#,
            #"{"kind":"instrument","key":"I06","fields":{"statuses":[{"status":"initialed","event":"event#E07","basis":"stated"}]}}"#,
            #"{"kind":"place","key":"P09","fields":{"name":"Baku"}}"#)
        #expect(try bench.done("import", "--items", other, "-n").contains("would have recorded 1 new, 1 changed, 1 as they were"))
        #expect(try bench.done("import", "--items", other).hasPrefix("1 new, 1 changed, 1 as they were (@~2)"))
        let change = try bench.done("log", "--limit", "1")
        #expect(change.contains("@~2"))
        #expect(try bench.done("show", "e~1.7").contains("read"))
        #expect(try bench.done("import", "--items", other).hasPrefix("0 new, 0 changed, 3 as they were"))
    }

    @Test(
        "one bad line refuses the file, by its number, and nothing of it is recorded",
        arguments: [
            (#"{"kind":"evnt","key":"x"}"#, "line 3 has no kind that is known", 1),
            (#"{"kind":"event","fields":{"title":"x"}}"#, "line 3 has no key", 1),
            (#"{"kind":"event","key":"one","fields":{"title":"x"}}"#, "line 3 has the kind and key of line 2", 1),
            (#"{"kind":"event","key":"x","fields":{"titel":"x"}}"#, "line 3 has fields that an event does not have", 1),
            (#"{"kind":"event","key":"x","fields":{"title":"x","key":"y"}}"#, "line 3 has fields", 1),
            (#"{"kind":"event","key":"x","fields":{}}"#, "line 3 makes an event without title", 1),
            (#"{"kind":"event","key":"x","fields":{"title":"x","when":{"edtf":"Tuesday"}}}"#, "line 3 does not fit: event.when.edtf", 1),
            (#"{"kind":"event","key":"x","fields":{"title":"x","tags":"y"}}"#, "line 3 event.tags is no list", 1),
            (#"{"kind":"event","key":"x","fields":{"title":"x","place":{"item":"place#P1"}}}"#, "line 3 names an item in event.place", 1),
            (#"{"kind":"relation","key":"x","fields":{"from":"event#one","type":"part_of","to":"event#two"}}"#, "line 3 names an item", 1),
            (#"{"kind":"citation","key":"x","fields":{"document":"event#one"}}"#, "line 3 names an event in citation.document", 1),
            (#"{"kind":"event","key":"x","fields":{"title":"x"},"codings":{"coding":{"ben":{"type":"AID"}}}}"#, "judgment of ben", 1),
            (#"{"kind":"event","key":"x","fields":{"title":"x"},"conflicts":{"when":[]}}"#, "line 3 holds a conflict", 1),
            (#"{"kind":"event","key":"x","fields":{"title":"x"},"more":1}"#, "line 3 has a member that is not known", 1),
            (#"{"kind":"event","key":"x","fields":{"title":"x"}"#, "line 3 is not a JSON object", 1),
        ])
    func badLine(line: String, message: String, status: Int32) throws {
        let bench = try Bench()
        try bench.done("init", "--user", "golden")
        let run = try bench.annals("import", "--items", file(bench, #"{"kind":"event","key":"one","fields":{"title":"One"}}"#, line))
        #expect(run.status == status)
        #expect(run.err.contains("in.jsonl, " + (message.hasPrefix("line") ? message : "line 3 has a ")), "\(run.err)")
        #expect(run.err.contains(message) && run.err.contains("Nothing was recorded"), "\(run.err)")
        #expect(try bench.done("list", "event").contains("One") == false)
    }

    @Test("a file without its header, or empty, is refused")
    func header() throws {
        let bench = try Bench()
        try bench.done("init", "--user", "golden")
        for text in ["", "{\"kind\":\"event\",\"key\":\"x\",\"fields\":{\"title\":\"x\"}}\n", "{\"format\":\"annals-items/2\"}\n"] {
            try Data(text.utf8).write(to: bench.folder.appending(path: "in.jsonl"))
            let run = try bench.annals("import", "--items", "in.jsonl")
            #expect(run.status == 1 && run.err.contains("line 1"), "\(run.err)")
        }
    }

    @Test("items may name each other in a circle, unless by what is said once; a field said once must stay as it was")
    func circles() throws {
        let bench = try Bench()
        try bench.done("init", "--user", "golden")
        let circle = try file(
            bench, #"{"kind":"document","key":"d","fields":{"text":"One.","republishes":"document#e"}}"#,
            #"{"kind":"document","key":"e","fields":{"text":"Two.","republishes":"document#d"}}"#,
            #"{"kind":"note","key":"n","fields":{"target":"note#m","text":"x"}}"#,
            #"{"kind":"note","key":"m","fields":{"target":"event#e","text":"y"}}"#,
            #"{"kind":"event","key":"e","fields":{"title":"Later in the file than what names it"}}"#)
        let bytes = try bench.done("import", "--items", circle).isEmpty ? "" : bench.done("export", "--items")
        #expect(bytes.contains(#""republishes":"document#e""#) && bytes.contains(#""target":"note#m""#))
        let closed = try file(
            bench, #"{"kind":"note","key":"a","fields":{"target":"note#b","text":"x"}}"#,
            #"{"kind":"note","key":"b","fields":{"target":"note#a","text":"y"}}"#)
        let run = try bench.annals("import", "--items", closed)
        #expect(run.status == 1 && run.err.contains("by fields that are said once"), "\(run.err)")
        let otherwise = try file(bench, #"{"kind":"note","key":"n","fields":{"target":"event#e","text":"x"}}"#)
        #expect(try bench.annals("import", "--items", otherwise).err.contains("says note.target otherwise than it was said at creation"))
        #expect(try bench.done("export", "--items") == bytes)
    }

    @Test("a thousand items become several changes, each with its way back, and come out as they went in")
    func large() throws {
        let bench = try Bench()
        try bench.done("init", "--user", "golden")
        let lines = (1000..<2500).map { #"{"fields":{"tags":["a","b"],"title":"Event \#($0)"},"key":"\#($0)","kind":"event"}"# }
        let text = (["{\"format\":\"annals-items/1\"}"] + lines).joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: bench.folder.appending(path: "in.jsonl"))
        let said = try bench.done("import", "--items", "in.jsonl")
        #expect(said.hasPrefix("1500 new, 0 changed, 0 as they were (@~1 to @~5)"))
        #expect(try bench.done("export", "--items") == text)
    }

    @Test("what is in conflict stands apart in an export, and such a file is not taken")
    func conflict() throws {
        let pair = try TogetherTests.Pair()
        try pair.disagree()
        let text = try pair.bench.done("-C", "b", "export", "--items")
        #expect(text.contains(#""conflicts":{"when":[{"edtf":"2025-08-07"},{"edtf":"[2025-08-07..2025-08-08]"}]}"#))
        try Data(text.utf8).write(to: pair.bench.folder.appending(path: "b.jsonl"))
        #expect(try pair.bench.annals("-C", "b", "import", "--items", "../b.jsonl").err.contains("which only a person settles"))
        let key = try #require(text.split(separator: "\"key\":\"").last?.split(separator: "\"").first)
        let settled = try file(pair.bench, #"{"kind":"event","key":"\#(key)","fields":{"title":"Draft initialed"}}"#)
        // An item without a key goes by its id.
        #expect(try pair.bench.done("-C", "b", "import", "--items", "../" + settled, "-n").contains("0 new, 0 changed, 1 as they were"))
    }
}
