import AnnalsModel
import Foundation
import Testing

@testable import Annals
@testable import AnnalsCommand

@Suite("Together: serve, clone, sync, conflicts, resolve") struct TogetherTests {
    /// Aliya's and Ben's replicas of one workspace, in which both have event e1.
    struct Pair {
        let bench: Bench
        let server: ServerProcess

        /// - Parameter curator: Aliya is one.
        init(curator: Bool = false) throws {
            bench = try Bench()
            let words = ["serve", "--data", "server", "--workspace", "caucasus", "--dev-users"]
            server = try ServerProcess(bench, words: words + (curator ? ["--curator", "aliya"] : []))
            try bench.done("clone", server.address, "a", "--user", "aliya")
            try bench.done("-C", "a", "new", "event", "Draft initialed", "--when", "2025-08-08", "--tags", "peace")
            try bench.done("-C", "a", "sync")
            try bench.done("clone", server.address, "b", "--user", "ben")
        }

        /// What either recorded both have.
        func sync() throws { for folder in ["a", "b", "a"] { try bench.done("-C", folder, "sync") } }

        /// Both wrote without seeing the other's; Ben has both.
        func disagree() throws {
            try bench.done("-C", "a", "set", "e1.when", "2025-08-07", "-m", "communiqué")
            try bench.done("-C", "b", "set", "e1.when", "[2025-08-07..2025-08-08]")
            try bench.done("-C", "a", "sync")
            try bench.done("-C", "b", "sync")
        }
    }

    @Test("a clone has what was recorded, a pending handle still names it, and sync says what it did")
    func clone() throws {
        let pair = try Pair()
        #expect(try pair.bench.done("-C", "b", "list", "event").hasPrefix("e1  2025-08-08  Draft initialed"))
        #expect(try pair.bench.done("-C", "a", "show", "e~1").contains("e1  event"))
        #expect(try pair.bench.done("-C", "a", "status", "@~1").contains("confirmed as @1"))
        let run = try pair.bench.annals("-C", "b", "sync", "--progress")
        #expect(run.err.contains("connecting") && run.err.contains("at entry 1"))
        #expect(try pair.bench.done("-C", "b", "sync", "--json").contains(#""seq":1"#))
        #expect(try pair.bench.done("-C", "b", "verify").contains("signed by the server"))
    }

    @Test("a label in the list of conflicts cannot drive the terminal")
    func label() throws {
        let pair = try Pair()
        try pair.disagree()
        try pair.bench.done("-C", "b", "set", "e1.title", "a\u{202E}b")
        let out = try pair.bench.done("-C", "b", "conflicts")
        #expect(out.contains("e1.when  a\u{FFFD}b") && !out.contains("\u{202E}"))
    }

    @Test("a conflict is shown wherever its field is shown, with all sides, who and when")
    func shown() throws {
        let pair = try Pair()
        try pair.disagree()
        for words in [["show", "e1"], ["show", "e1.when"], ["conflicts"], ["show", "e1", "--json"], ["conflicts", "--json"]] {
            let out = try pair.bench.annals(["-C", "b"] + words).out
            for part in ["aliya", "ben", "2025-08-07", "[2025-08-07..2025-08-08]"] { #expect(out.contains(part), "\(words): \(part)") }
        }
        #expect(try pair.bench.done("-C", "b", "list", "event").contains("2025-08-07 | [2025-08-07..2025-08-08]  conflict: when"))
        #expect(try pair.bench.annals("-C", "b", "list", "--conflicts").lines.count == 2)
        let sync = try pair.bench.annals("-C", "b", "sync")
        #expect(sync.status == 0)
        #expect(sync.err.contains("1 open conflict (annals conflicts)"))
    }

    @Test("each side of a conflict says what its author had seen, and why")
    func seenAndWhy() throws {
        let pair = try Pair()
        try pair.disagree()
        for words in [["conflicts"], ["show", "e1"]] {
            let lines = try pair.bench.annals(["-C", "b"] + words).lines
            #expect(lines.count { $0.contains("had seen entry 1)") } == 2, "\(words): \(lines)")
            #expect(lines.contains { $0.contains("because: communiqué") })
        }
        let json = try pair.bench.done("-C", "b", "conflicts", "--json")
        #expect(json.contains(#""base":1"#) && json.contains(#""why":"communiqué""#))
    }

    @Test("what was overwritten unseen, and what had no effect, is listed as notices, at any time")
    func notices() throws {
        let pair = try Pair()
        #expect(try pair.bench.annals("-C", "b", "conflicts", "--notices").err.contains("no notices"))
        try pair.bench.done("-C", "a", "set", "e1.title", "Draft of it initialed", "-m", "as printed")
        try pair.bench.done("-C", "b", "set", "e1.title", "Initialing")
        try pair.bench.done("-C", "a", "note", "e1", "Mine.")
        for name in ["a", "b", "a"] { try pair.bench.done("-C", name, "sync") }
        let out = try pair.bench.done("-C", "a", "conflicts", "--notices")
        #expect(out.contains("e1.title  Initialing") && out.contains("overwritten  Draft of it initialed  — aliya, "), "\(out)")
        #expect(out.contains("because: as printed") && out.contains("shown        Initialing  — ben, "), "\(out)")
        let json = try pair.bench.done("-C", "b", "conflicts", "--notices", "--json")
        #expect(json.contains(#""outcome":"overwritten""#) && json.contains(#""value":"Draft of it initialed""#))
        #expect(try pair.bench.done("-C", "a", "conflicts", "--notices", "--as-of", "2").isEmpty)
        // Whoever has seen both and says something ends it.
        try pair.bench.done("-C", "a", "set", "e1.title", "Draft initialed")
        #expect(try pair.bench.done("-C", "a", "conflicts", "--notices").isEmpty)
        // Not even the owner of the event changes somebody else's remark.
        for words in [["set", "n3.text", "Not mine."], ["retract", "n3"], ["undo", "@3"]] {
            let run = try pair.bench.annals(["-C", "b"] + words)
            #expect(run.status == 1 && run.err.contains("n3 is aliya's") && run.err.contains("annals note n3"), "\(words): \(run.err)")
        }
        // Another program may record it: it has no effect, and is listed.
        let replica = try Replica.open(in: pair.bench.folder.appending(path: "b").path)
        let note = try replica.view().find("n3").id
        _ = try replica.store.record(
            replica.store.ambient.changeID(), [ChangeOperation("note", .set(on: note, field: "text", value: "Not mine."))],
            base: replica.view().base, reason: nil, undoes: nil, made: [])
        try pair.bench.done("-C", "b", "sync")
        #expect(try pair.bench.done("-C", "b", "conflicts", "--notices").contains("no effect  not-owner  — ben, "))
    }

    @Test("a plain write on a conflict is refused with 4, and resolve closes it for both")
    func resolve() throws {
        let pair = try Pair()
        try pair.disagree()
        let plain = try pair.bench.annals("-C", "b", "set", "e1.when", "2025")
        #expect(plain.status == 4)
        #expect(plain.err.contains("annals resolve e1.when"))
        #expect(try pair.bench.annals("-C", "b", "resolve", "e1.when").status == 64)
        #expect(try pair.bench.annals("-C", "b", "resolve", "e1.when", "--take", "carol").status == 1)
        #expect(try pair.bench.annals("-C", "b", "resolve", "e1.title", "--take", "ben").status == 1)
        #expect(try pair.bench.annals("-C", "b", "log").lines.count == 3)
        #expect(try pair.bench.done("-C", "b", "resolve", "e1.when", "--take", "@2", "-m", "settled").hasPrefix("e1.when recorded"))
        for name in ["b", "a"] { try pair.bench.done("-C", name, "sync") }
        for name in ["b", "a"] {
            #expect(try pair.bench.done("-C", name, "conflicts").isEmpty)
            #expect(try pair.bench.done("-C", name, "show", "e1.when").contains("2025-08-07"))
        }
        #expect(try pair.bench.done("-C", "a", "export") == pair.bench.done("-C", "b", "export"))
        #expect(try pair.bench.done("-C", "a", "replay", "--raw") == pair.bench.done("-C", "b", "export", "--log"))
        #expect(try pair.bench.annals("-C", "a", "replay", "--raw", "--from", "2", "--to", "3").lines.count == 2)
    }

    @Test("a conflict is settled by a value of one's own, and existence is a field too")
    func existence() throws {
        let pair = try Pair()
        try pair.bench.done("-C", "a", "retract", "e1")
        try pair.bench.done("-C", "b", "set", "e1.when", "2025-08-09")
        for name in ["a", "b", "a"] { try pair.bench.done("-C", name, "sync") }
        #expect(try pair.bench.done("-C", "a", "conflicts").contains("e1.existence"))
        #expect(try pair.bench.annals("-C", "a", "retract", "e1").status == 4)
        try pair.bench.done("-C", "a", "resolve", "e1.existence", "--value", "present")
        #expect(try pair.bench.done("-C", "a", "conflicts").isEmpty)
        #expect(try pair.bench.annals("-C", "a", "undo", "@~3").status == 1)
    }

    @Test("what arrived after the entry that was looked at is not overwritten unseen: both stand, as a conflict")
    func seen() throws {
        let pair = try Pair()
        try pair.bench.done("-C", "a", "set", "e1.when", "2025-08-07")
        for name in ["a", "b"] { try pair.bench.done("-C", name, "sync") }
        #expect(try pair.bench.annals("-C", "b", "set", "e1.when", "2025-08-09", "--seen", "9").status == 64)
        let run = try pair.bench.annals("-C", "b", "undo", "@1", "--seen", "1")
        #expect(run.status == 4 && run.err.contains("e1") && run.err.contains("@2"))
        try pair.bench.done("-C", "b", "set", "e1.when", "2025-08-09", "--seen", "1")
        for name in ["b", "a"] { try pair.bench.done("-C", name, "sync") }
        for name in ["b", "a"] {
            let conflicts = try pair.bench.done("-C", name, "conflicts")
            #expect(conflicts.contains("e1.when") && conflicts.contains("2025-08-07") && conflicts.contains("2025-08-09"))
        }
    }

    @Test("as of an entry or a time shows what had been received by then")
    func asOf() throws {
        let pair = try Pair()
        try pair.bench.done("-C", "a", "set", "e1.title", "Agreement initialed")
        try pair.bench.done("-C", "a", "sync")
        let past = try pair.bench.annals("-C", "a", "list", "event", "--as-of", "1")
        #expect(past.out.contains("Draft initialed"))
        #expect(past.err.contains("as of entry 1"))
        #expect(
            try pair.bench.annals("-C", "a", "list", "--as-of", "2999-01-01").err
                .contains("as of entry 2, the last that the server had received by 2999-01-01 23:59"))
        #expect(
            try pair.bench.annals("-C", "a", "list", "--as-of", "2999-01-01", "--by-written").err
                .contains("as of 2999-01-01 23:59 by the authors' clocks, in the entries up to 2"))
        #expect(try pair.bench.done("-C", "a", "list", "event", "--as-of", "2000-01-01").isEmpty)
        #expect(try pair.bench.done("-C", "a", "show", "e1", "--as-of", "2999-01-01T00:00Z").contains("Agreement initialed"))
        #expect(try pair.bench.annals("-C", "a", "log", "--as-of", "1").lines.count == 1)
    }

    @Test("a live sync brings what others record")
    func live() throws {
        let pair = try Pair()
        let null = try FileHandle(forUpdating: URL(filePath: "/dev/null"))
        let live = try pair.bench.start(["-C", "b", "sync", "--live", "-q"], out: null.fileDescriptor, error: null.fileDescriptor)
        defer {
            live.terminate()
            _ = live.wait()
        }
        try pair.bench.done("-C", "a", "set", "e1.title", "Live title")
        try pair.bench.done("-C", "a", "sync")
        // Each look is a process of its own, so this waits long enough without a clock.
        let arrived = try (0..<300).contains { _ in try pair.bench.done("-C", "b", "list", "event").contains("Live title") }
        #expect(arrived)
    }

    @Test("a server that stops loses nothing: what waits goes out to the next one")
    func restart() throws {
        let bench = try Bench()
        let first = try ServerProcess(bench)
        try bench.done("clone", first.address, "a", "--user", "aliya")
        #expect(first.stop() == 0)
        try bench.done("-C", "a", "new", "event", "Visit")
        #expect(try bench.annals("-C", "a", "sync").status == 3)
        let second = try ServerProcess(bench)
        try bench.done("-C", "a", "sync", second.address)
        #expect(try bench.done("-C", "a", "status", "@~1").contains("confirmed"))
    }

    @Test("serve refuses a folder in use, users at their word beyond this machine, and a user with two roles")
    func serveRefuses() throws {
        let bench = try Bench()
        let server = try ServerProcess(bench)
        #expect(try bench.annals("serve", "--data", "server", "--listen", "127.0.0.1:0", "--dev-users").status == 1)
        #expect(try bench.annals("serve", "--data", "other", "--listen", "0.0.0.0:0", "--dev-users").status == 64)
        #expect(try bench.annals("serve", "--data", "other", "--listen", "nowhere", "--dev-users").status == 64)
        #expect(try bench.annals("serve", "--data", "other", "--curator", "a", "--reader", "a", "--dev-users").status == 64)
        #expect(!bench.exists("other"))
        #expect(server.stop() == 0)
    }

    @Test("a reader's record is refused before it is recorded, and nothing else is lost by it")
    func reader() throws {
        let bench = try Bench()
        let server = try ServerProcess(bench, words: ["serve", "--data", "server", "--reader", "ben", "--dev-users"])
        try bench.done("clone", server.address, "b", "--user", "ben")
        #expect(try bench.done("-C", "b", "status").contains("ben, reader"))
        let run = try bench.annals("-C", "b", "new", "event", "Visit")
        #expect(run.status == 1)
        #expect(try bench.annals("-C", "b", "new", "event", "Visit", "-n").status == 1)
        #expect(try bench.annals("-C", "b", "log").lines.isEmpty)
    }

    @Test("the examples of verbs that need others work too")
    func examples() throws {
        func commands(_ name: String) throws -> [String] { Help.commands(try #require(Overview.help(of: name)).discussion) }
        let bench = try Bench()
        let serve = try #require(commands("serve").first)
        let server = try ServerProcess(bench, words: serve.split(separator: " ").dropFirst().map(String.init))
        for command in try commands("clone") {
            let here = command.replacing("annals://desk.example/caucasus", with: server.address)
            #expect(try bench.shell(here).status == 0, "\(command)")
        }
        for command in try commands("sync") { #expect(try bench.shell("cd caucasus && \(command)").status == 0) }
        let pair = try Pair()
        try pair.disagree()
        for command in try commands("resolve") {
            #expect(try pair.bench.shell("cd b && " + command.replacing("e40", with: "e1")).status == 0, "\(command)")
        }
    }
}
