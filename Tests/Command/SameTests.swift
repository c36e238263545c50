import Foundation
import Testing

@testable import AnnalsCommand

@Suite("Doubles, doubts and labels: merge, unmerge, doubt, tag --rename") struct SameTests {
    @Test("two items that are merged stay as they are, are named by each other through a third, and can be parted")
    func merge() throws {
        let bench = try Bench()
        try bench.done("init", "--user", "aliya")
        for title in ["One", "Two", "Three"] { try bench.done("new", "event", title) }
        try bench.done("new", "actor", "Somebody")
        try bench.done("merge", "e~1", "e~2", "-m", "reported twice")
        try bench.done("merge", "e~2", "e~3")
        #expect(try bench.done("show", "e~3").contains("same as") && bench.done("show", "e~1").contains("e~2, e~3"))
        #expect(try bench.annals("merge", "e~1", "e~3").err.contains("already; nothing was recorded"))
        #expect(try bench.done("list", "event").split(separator: "\n").count == 3)
        try bench.done("unmerge", "e~1", "e~2")
        #expect(try !bench.done("show", "e~1").contains("same as"))
        #expect(try bench.done("show", "e~2").contains("same as"))
        try bench.done("merge", "e~3", "e~1")
        try bench.done("merge", "e~1", "e~2", "-n")
        let run = try bench.annals("unmerge", "e~2", "e~3")
        #expect(run.status == 0 && !run.err.contains("by way of"), "\(run.err)")
        for words in [["merge", "e~1", "e~1"], ["merge", "e~1", "a~4"], ["unmerge", "e~1", "e~2"]] {
            #expect(try bench.annals(words).status == 1, "\(words)")
        }
    }

    @Test("parting two items that a third connects says so")
    func connected() throws {
        let bench = try Bench()
        try bench.done("init", "--user", "aliya")
        for title in ["One", "Two", "Three"] { try bench.done("new", "event", title) }
        let triangle = ["e~1 e~2", "e~2 e~3"]
        for pair in triangle { try bench.done("merge", String(pair.prefix(3)), String(pair.suffix(3))) }
        try bench.done("new", "relation", "--from", "e~1", "--type", "same_as", "--to", "e~3")
        #expect(try bench.annals("unmerge", "e~1", "e~3").err.contains("still the same by way of e~2"))
        #expect(try bench.annals("unmerge", "e~1", "e~3").err.contains("they are the same by way of e~2"))
    }

    @Test("judgments of one item stand in one place, each coder's own")
    func doubt() throws {
        let pair = try TogetherTests.Pair()
        try pair.bench.done("-C", "a", "doubt", "e1", "--credibility", "3", "-m", "no names")
        try pair.bench.done("-C", "a", "sync")
        try pair.bench.done("-C", "b", "sync")
        try pair.bench.done("-C", "b", "doubt", "e1", "--credibility", "2", "--likelihood", "likely")
        let out = try pair.bench.done("-C", "b", "why", "e1")
        #expect(
            out.contains("aliya: credibility 3") && out.contains("ben: credibility 2") && out.contains("ben: likelihood likely"), "\(out)")
        #expect(try pair.bench.done("-C", "b", "list", "assessment").split(separator: "\n").count == 1)
        for words in [["doubt", "e1"], ["doubt", "e1", "--credibility", "7"], ["doubt", "e1", "--likelihood", "maybe"]] {
            #expect(try pair.bench.annals(["-C", "b"] + words).status != 0, "\(words)")
        }
    }

    @Test("a label that is renamed is so on every item that bears it, once, and the way back is an undo")
    func rename() throws {
        let bench = try Bench()
        try bench.done("init", "--user", "aliya")
        for number in 1...3 { try bench.done("new", "event", "Event \(number)", "--tags", "old") }
        try bench.done("tag", "e~3", "new")
        try bench.done("tag", "--rename", "old", "new", "-m", "one word for it")
        #expect(try bench.done("list", "event", "--tag", "new").split(separator: "\n").count == 3)
        #expect(try bench.done("list", "event", "--tag", "old") == "")
        #expect(try bench.done("show", "e~3.tags").contains("new, new") == false)
        try bench.done("undo", "@~5")
        #expect(try bench.done("list", "event", "--tag", "old").split(separator: "\n").count == 3)
        #expect(try bench.annals("tag", "--rename", "none", "new").status == 1)
        #expect(try bench.annals("tag", "--rename", "old").status == 64)
    }
}
