import Foundation
import Testing

@testable import AnnalsCommand

@Suite("Quotes in newer versions: import --revises, anchors") struct AnchorsTests {
    private func revised(_ bench: Bench) throws {
        try bench.write("The ministers met. They initialed the draft. Nothing was signed. The visit ended.", to: "one.txt")
        try bench.write("In Washington, the ministers met. They initialled the drafts. Nothing was signed.", to: "two.txt")
    }

    @Test("a new version says what became of every quote; a person's confirmation syncs and goes before the comparison")
    func anchors() throws {
        let bench = try Bench()
        let server = try ServerProcess(bench)
        for (folder, user) in [("a", "aliya"), ("b", "ben")] { try bench.done("clone", server.address, folder, "--user", user) }
        try revised(bench)
        try bench.done("-C", "a", "import", "../one.txt")
        for quote in ["ministers met", "initialed the draft", "Nothing was signed", "The visit ended"] {
            try bench.done("-C", "a", "cite", "d~1", quote)
        }
        let run = try bench.annals("-C", "a", "import", "../two.txt", "--revises", "d~1")
        #expect(run.status == 0 && run.err.contains("4 quotes: 2 moved, 1 fuzzy, 1 orphaned; 2 wait for a person"), "\(run.err)")
        let list = try bench.done("-C", "a", "anchors", "d~6")
        #expect(list.contains("q~2  moved       19..32  ministers met"), "\(list)")
        #expect(list.contains("initialed the draft → initialled the drafts"), "\(list)")
        #expect(try bench.done("-C", "a", "anchors", "d~6", "--json").contains(#""passage":"ministers met""#))
        #expect(list.contains("q~3  fuzzy 0.90") && list.contains("q~5  orphaned"), "\(list)")
        #expect(try bench.done("-C", "a", "anchors", "d~6", "--open", "--json").split(separator: "\n").count == 2)
        try bench.done("-C", "a", "anchors", "d~6", "--confirm", "q~2", "--confirm", "q~3", "-m", "read")
        #expect(try bench.annals("-C", "a", "anchors", "d~6", "--confirm", "q~5").err.contains("was not found"))
        try bench.done("-C", "a", "anchors", "d~6", "--confirm", "q~5", "--at", "Nothing was signed")
        try bench.done("-C", "a", "sync")
        try bench.done("-C", "b", "sync")
        let theirs = try bench.annals("-C", "b", "anchors", "d6")
        #expect(theirs.out.contains("q2  confirmed  19..32") && theirs.out.contains("q5  confirmed"), "\(theirs.out)")
        #expect(theirs.err.contains("4 quotes: 2 moved, 1 fuzzy, 1 orphaned") && !theirs.err.contains("wait"), "\(theirs.err)")
        #expect(try bench.done("-C", "b", "why", "q2.anchors").contains("because: read"))
        #expect(try bench.done("-C", "b", "anchors", "d6", "--as-of", "6").contains("q3  fuzzy"))
        // What was confirmed in one version is looked for from there in the next.
        try bench.write("They initialled the drafts. In Washington, the ministers met. Nothing was signed.", to: "three.txt")
        let third = try bench.annals("-C", "b", "import", "../three.txt", "--revises", "d6")
        #expect(third.err.contains("4 quotes: 1 exact, 3 moved") || third.err.contains("4 quotes: 2 exact, 2 moved"), "\(third.err)")
    }

    @Test("what is no newer version has no anchors, and what is no passage is not confirmed")
    func refused() throws {
        let bench = try Bench()
        try bench.done("init", "--user", "aliya")
        try revised(bench)
        try bench.done("import", "one.txt")
        let run = try bench.annals("anchors", "d~1")
        #expect(run.status == 1 && run.err.contains("is not said to be a newer version"), "\(run.err)")
        try bench.done("cite", "d~1", "ministers met")
        try bench.done("import", "two.txt", "--revises", "d~1")
        #expect(try bench.annals("anchors", "d~3", "--confirm", "q~2", "--at", "no such words").status == 1)
        #expect(try bench.annals("anchors", "d~3", "--at", "Nothing").status == 64)
        #expect(try bench.annals("anchors", "d~3", "--confirm", "d~1").status == 1)
    }
}
