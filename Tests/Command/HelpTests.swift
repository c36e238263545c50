import Testing

@testable import AnnalsCommand

@Suite("Help") struct HelpTests {
    static let names = Overview.names

    @Test("the overview names every verb once, and no verb that does not exist")
    func overview() throws {
        let bench = try Bench()
        let out = try bench.done("--help")
        for name in Self.names { #expect(out.contains(" \(name)")) }
        for name in ["read", "edit", "timeline", "report", "bundle", "doctor", "admin"] {
            #expect(!out.contains(" \(name) "), "\(name)")
        }
        #expect(Set(Self.names).count == Self.names.count)
        #expect(try bench.annals().out == out)
        #expect(try bench.annals("read").status == 64)
    }

    @Test("words too many are counted and not said again, for they may be what an analyst wrote")
    func tooMany() throws {
        let bench = try Bench.desk()
        for words in [
            ["note", "e~2", "the", "SECRET"], ["retract", "e~2", "SECRET"], ["set", "e~2.title=SECRET"], ["cite", "d~1", "a", "SECRET"],
        ] {
            let run = try bench.annals(words)
            #expect(run.status == 64 && !run.err.contains("SECRET"), "what an analyst wrote is not said again: \(run.err)")
        }
        #expect(try bench.annals("note", "e~2", "two", "words").err.contains("put a text into quotes"))
    }

    @Test("the program says its version")
    func version() throws {
        let out = try Bench().done("--version")
        #expect(out.wholeMatch(of: /annals \d+\.\d+\.\d+\n/) != nil)
    }

    @Test("every verb's help has an example that fits the page", arguments: names)
    func example(name: String) throws {
        let out = try Bench().annals(name, "--help")
        #expect(out.status == 0)
        let (abstract, discussion) = try #require(Overview.help(of: name))
        let commands = Help.commands(discussion)
        #expect(!commands.isEmpty)
        #expect(commands.allSatisfy { $0.hasPrefix("annals ") })
        #expect(commands.contains { $0.hasPrefix("annals \(name)") })
        let example = discussion.split(separator: "\n").drop { $0 != Help.heading }
        #expect(example.count > 1)
        for line in example { #expect(line.count <= 79 && out.out.contains(line), "\(line)") }
        #expect(!abstract.isEmpty)
    }

    /// Verbs whose examples need a server or another person's side of a conflict; `TogetherTests` runs them.
    static let together: Set<String> = ["clone", "sync", "serve", "resolve"]

    @Test("every example works as it stands", arguments: names.filter { !together.contains($0) })
    func run(name: String) throws {
        let bench = try Bench.desk()
        let document = "d~1"
        try bench.write("{\"document\":\"\(document)\",\"start\":0,\"end\":2,\"event\":\"e~2\"}\n", to: "spans.jsonl")
        try bench.write("Revised. " + Bench.article, to: "v2.txt")
        let items = [#"{"format":"annals-items/1"}"#, #"{"kind":"place","key":"P1","fields":{"name":"Baku"}}"#]
        try bench.write(items.joined(separator: "\n") + "\n", to: "desk.items.jsonl")
        let (_, discussion) = try #require(Overview.help(of: name))
        for command in Help.commands(discussion) {
            let run = try bench.shell(command)
            #expect(run.status == 0, "\(command): \(run.err)")
        }
    }
}
