import Foundation
import Testing

@Suite("log, replay, status") struct ExplainTests {
    @Test("log lists changes the latest first, of everything or of one item")
    func log() throws {
        let bench = try Bench.desk()
        try bench.done("set", "e~2.title", "Agreement initialed", "-m", "shorter")
        let lines = try bench.annals("log").lines
        #expect(lines.map { String($0.prefix(3)) } == ["@~5", "@~4", "@~3", "@~2", "@~1"])
        #expect(lines[0].contains("aliya") && lines[0].contains("shorter"))
        #expect(try bench.annals("log", "e~2", "--json").lines.count == 2)
        #expect(try bench.annals("log", "--limit", "2").lines.count == 2)
        #expect(try bench.annals("log", "--by", "ben").lines.isEmpty)
        #expect(try bench.annals("log", "--limit", "0").status == 64)
    }

    @Test("replay tells who did what to which item, when and why, in order")
    func replay() throws {
        let bench = try Bench.desk()
        try bench.done("set", "e~2.when", "2025-08-08", "-m", "communiqué")
        let out = try bench.done("replay")
        let order = [
            "created document d~1", "created event e~2 “Draft peace agreement initialed”", "created citation q~3", "created note n~4",
            "set e~2.when to 2025-08-08",
        ]
        var rest = Substring(out)
        for part in order {
            let found = try #require(rest.range(of: part), "\(part) in \(out)")
            rest = rest[found.upperBound...]
        }
        #expect(out.contains("because: communiqué"))
        #expect(out.contains("waiting for a server"))
        #expect(try bench.annals("replay", "--json", "--speed", "1000").lines.count == 5)
        #expect(try bench.done("replay", "--raw").isEmpty)
        #expect(try bench.annals("replay", "--speed", "-1").status == 64)
    }

    @Test("status says what waits, and what one change waits for")
    func status() throws {
        let bench = try Bench.desk()
        let out = try bench.done("status")
        #expect(out.contains("4 changes for a server"))
        #expect(out.contains("never synced"))
        #expect(try bench.done("status", "@~3").contains("queued"))
        #expect(try bench.done("status", "--json").contains(#""user":"aliya""#))
        #expect(try bench.annals("status", "@~9").status == 1)
    }

    @Test("verify finds a sound record sound, export writes the same bytes each time, whole or not at all")
    func keep() throws {
        let bench = try Bench.desk()
        #expect(try bench.done("verify").contains("sound"))
        try bench.done("export", "-o", "one.jsonl")
        #expect(String(decoding: try bench.read("one.jsonl"), as: UTF8.self) == (try bench.done("export")))
        try bench.write("kept", to: "kept.jsonl")
        let run = try bench.annals("export", "-o", "none/kept.jsonl")
        #expect(run.status == 1)
        #expect(try bench.annals("export", "--as-of", "9", "-o", "kept.jsonl").status == 1)
        #expect(String(decoding: try bench.read("kept.jsonl"), as: UTF8.self) == "kept")
        #expect(try bench.shell("ls").out.contains(".tmp") == false)
        #expect(try bench.done("export", "--log").isEmpty)
    }

    @Test("without a server sync ends with 3 or says what is missing, and everything still waits")
    func sync() throws {
        let bench = try Bench.desk()
        #expect(try bench.annals("sync").status == 64)
        let run = try bench.annals("sync", "annals://127.0.0.1:1/main")
        #expect(run.status == 3, "\(run.err)")
        #expect(run.err.contains("othing"))
        #expect(try bench.changes() == 4)
        let clone = try bench.annals("clone", "annals://127.0.0.1:1/main", "copy", "--user", "ben")
        #expect(clone.status == 3)
        #expect(try bench.annals("clone", "http://x", "copy2", "--user", "ben").status == 64)
    }

    @Test("conflicts and resolve say that there is none")
    func noConflict() throws {
        let bench = try Bench.desk()
        #expect(try bench.annals("conflicts").err.contains("no open conflicts"))
        #expect(try bench.annals("resolve", "e~2.when", "--take", "aliya").status == 1)
        #expect(try bench.annals("resolve", "e~2", "--take", "aliya").status == 64)
    }
}
