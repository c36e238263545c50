import Foundation
import Testing

@testable import AnnalsCommand

@Suite("Several coders: assign, list --uncoded, code --submit, review, lock") struct CodersTests {
    /// Aliya is a curator, ben an analyst; both have event e1.
    private let team: TogetherTests.Pair
    private var bench: Bench { team.bench }

    init() throws { team = try TogetherTests.Pair(curator: true) }

    @Test("what is assigned and not coded is a coder's list, and a submitted coding takes it off")
    func worklist() throws {
        try bench.done("-C", "a", "new", "event", "Sent")
        try bench.done("-C", "a", "assign", "e1", "ben", "aliya")
        #expect(try bench.annals("-C", "a", "assign", "e1", "ben").err.contains("has this already"))
        try team.sync()
        #expect(try bench.done("-C", "b", "list", "--assigned", "ben", "--uncoded").contains("e1"))
        #expect(try !bench.done("-C", "b", "list", "--assigned", "ben").contains("Sent"))
        try bench.done("-C", "b", "code", "e1", "AGREE")
        #expect(try bench.done("-C", "b", "list", "--assigned", "ben", "--uncoded").contains("e1"))
        try bench.done("-C", "b", "code", "e1", "--submit")
        #expect(try bench.done("-C", "b", "list", "--assigned", "ben", "--uncoded").isEmpty)
        #expect(try bench.done("-C", "b", "list", "--assigned", "aliya", "--uncoded").contains("e1"))
        try bench.done("-C", "a", "assign", "e1", "ben", "--remove")
        #expect(try bench.done("-C", "a", "show", "e1.assignees").contains("aliya"))
        #expect(try !bench.done("-C", "a", "show", "e1.assignees").contains("ben"))
        #expect(try bench.annals("-C", "a", "assign", "e1", "Not A Name").status == 64)
        #expect(try bench.annals("-C", "a", "list", "--state", "done").status == 64)
    }

    @Test("an analyst hands in, a curator locks, and a locked item is written by nobody until it is opened")
    func lock() throws {
        try bench.done("-C", "b", "code", "e1", "AGREE", "--submit")
        #expect(try bench.done("-C", "a", "list", "--state", "draft").contains("e1"))
        #expect(try !bench.done("-C", "b", "list", "--state", "draft").contains("e1"))
        #expect(try bench.done("-C", "b", "list", "--state", "submitted").contains("e1"))
        for state in ["reviewed", "locked"] {
            let run = try bench.annals("-C", "b", "set", "e1.state", state)
            #expect(run.status == 1 && run.err.contains("only a curator may write event.state as \(state)"), "\(run.err)")
        }
        try team.sync()
        try bench.done("-C", "a", "set", "e1.state", "locked", "-m", "coded twice, settled")
        try team.sync()
        for words in [
            ["set", "e1.when", "2025-08-09"], ["code", "e1", "CONSULT"], ["tag", "e1", "treaty"], ["retract", "e1"],
            ["set", "e1.state", "draft"],
        ] {
            let run = try bench.annals(["-C", "b"] + words)
            #expect(
                run.status == 1 && run.err.contains("e1 is locked by aliya") && run.err.contains("annals set e1.state reviewed"), "\(words)"
            )
        }
        #expect(try bench.annals("-C", "a", "set", "e1.when", "2025-08-09").status == 1)
        // A label is renamed everywhere or nowhere.
        try bench.done("-C", "a", "set", "e1.state", "reviewed")
        try bench.done("-C", "a", "tag", "e1", "peace")
        try bench.done("-C", "a", "set", "e1.state", "locked")
        let rename = try bench.annals("-C", "a", "tag", "--rename", "peace", "treaty")
        #expect(rename.status == 1 && rename.err.contains("1 of the items that bear it is locked") && rename.err.contains("where: e1"))
        try bench.done("-C", "b", "note", "e1", "The day is wrong.")
        try bench.done("-C", "a", "set", "e1.state", "reviewed", "-m", "the day is wrong")
        try bench.done("-C", "a", "set", "e1.when", "2025-08-09")
    }

    @Test("what a curator reviewed stays so when an analyst codes and hands in, and only a curator takes it back")
    func reviewed() throws {
        try bench.done("-C", "a", "set", "e1.state", "reviewed")
        try team.sync()
        try bench.done("-C", "b", "code", "e1", "AGREE", "--submit")
        #expect(try bench.done("-C", "b", "show", "e1.state").contains("reviewed"))
        for words in [["set", "e1.state", "draft"], ["set", "e1.state", "--clear"]] {
            let run = try bench.annals(["-C", "b"] + words)
            #expect(run.status == 1 && run.err.contains("e1 is reviewed by aliya") && run.err.contains("annals set e1.state draft"))
        }
        try bench.done("-C", "a", "set", "e1.state", "draft")
        try team.sync()
        try bench.done("-C", "b", "code", "e1", "AGREE", "--submit")
        #expect(try bench.done("-C", "b", "show", "e1.state").contains("submitted"))
    }

    @Test(
        "a coding is a draft until its coder submits it, stays submitted when it is said anew, and is a draft again only when that is said")
    func ownState() throws {
        let nothing = try bench.annals("-C", "b", "code", "e1", "--submit")
        #expect(nothing.status == 64 && nothing.err.contains("no coding of yours yet"), "\(nothing.err)")
        func coding(_ words: String...) throws -> String {
            #expect(try bench.annals(["-C", "b", "code", "e1"] + words).status == 0)
            return try bench.done("-C", "b", "show", "e1.coding", "--json")
        }
        #expect(try coding("AGREE").contains(#"{"ben":[{"type":"AGREE"}]}"#))
        #expect(try bench.done("-C", "b", "show", "e1.state").contains("nothing is recorded"))
        #expect(try coding("--submit").contains(#"{"ben":[{"state":"submitted","type":"AGREE"}]}"#))
        #expect(try bench.done("-C", "b", "show", "e1.state").contains("submitted"))
        #expect(try coding("CONSULT", "--note", "met").contains(#"{"ben":[{"note":"met","state":"submitted","type":"CONSULT"}]}"#))
        #expect(try coding("CONSULT", "--state", "draft").contains(#"{"ben":[{"state":"draft","type":"CONSULT"}]}"#))
        #expect(try coding("CONSULT").contains(#"{"ben":[{"type":"CONSULT"}]}"#))
        try bench.done("-C", "b", "code", "e1", "--submit")
        #expect(try bench.annals("-C", "b", "code", "e1", "--clear").err.contains("e1.state stays submitted: annals set e1.state draft"))
        #expect(try coding("CONSULT").contains(#"{"ben":[{"type":"CONSULT"}]}"#))
        // Parts alone change what was said; a type takes its place, and says what is gone.
        #expect(try coding("--note", "by telephone").contains(#"{"ben":[{"note":"by telephone","type":"CONSULT"}]}"#))
        let replaced = try bench.annals("-C", "b", "code", "e1", "CONSULT")
        #expect(replaced.err.contains("takes the place of all that you said in e1.coding, also of note"), "\(replaced.err)")
        #expect(try bench.annals("-C", "b", "code", "e1").status == 64)
        // Whether it is submitted is no part of the judgment.
        try bench.done("-C", "a", "code", "e1", "CONSULT", "--submit")
        try team.sync()
        #expect(try bench.done("-C", "a", "agreement", "event.coding").contains("100"))
        let commitment = try #require(bench.done("-C", "a", "new", "commitment", "Set up a group").split(separator: " ").first)
        #expect(
            try bench.annals("-C", "a", "code", "\(commitment).fulfilment", "3", "--submit").err.contains(
                "commitment.fulfilment has no state"))
    }

    @Test("a coding is recorded where the state is in conflict, and the state is left to a person")
    func contested() throws {
        try bench.done("-C", "a", "set", "e1.state", "reviewed")
        try bench.done("-C", "b", "set", "e1.state", "submitted")
        try team.sync()
        let run = try bench.annals("-C", "b", "code", "e1", "AGREE", "--submit")
        #expect(run.status == 0 && run.err.contains("the state of e1 is in conflict and stays so"), "\(run.err)")
        #expect(try bench.done("-C", "b", "show", "e1.coding").contains("ben: AGREE"))
        // A state taken back beside a draft is a conflict too.
        try bench.done("-C", "a", "resolve", "e1.state", "--value", "draft")
        try team.sync()
        try bench.done("-C", "a", "set", "e1.state", "--clear")
        try bench.done("-C", "b", "set", "e1.state", "draft")
        try team.sync()
        let beside = try bench.annals("-C", "b", "code", "e1", "CONSULT", "--submit")
        #expect(beside.status == 0 && beside.err.contains("in conflict and stays so"), "\(beside.err)")
    }

    @Test("what was written without having seen the lock stands beside it, and is not lost")
    func unseen() throws {
        try bench.done("-C", "a", "set", "e1.state", "locked")
        try bench.done("-C", "b", "set", "e1.state", "submitted")
        try bench.done("-C", "b", "set", "e1.when", "2025-08-07")
        try team.sync()
        #expect(try bench.done("-C", "a", "conflicts").contains("e1.state"))
        #expect(try bench.done("-C", "a", "show", "e1.when").contains("2025-08-07"))
        #expect(try bench.annals("-C", "b", "resolve", "e1.state", "--take", "ben").err.contains("locked by aliya"))
        let notices = try bench.done("-C", "a", "conflicts", "--notices")
        #expect(notices.contains("e1.when") && notices.contains("written  without having seen the lock  — ben"), "\(notices)")
        #expect(notices.contains("locked   without having seen that  — aliya"), "\(notices)")
        #expect(try bench.done("-C", "b", "conflicts", "--notices", "--json").contains(#""outcome":"beside-lock""#))
        try bench.done("-C", "a", "resolve", "e1.state", "--take", "ben")
        #expect(try bench.done("-C", "a", "conflicts", "--notices").isEmpty)
    }

    @Test("a coding, or a mapping between codebooks, names codes that are in the codebook")
    func codes() throws {
        for version in ["1", "2"] {
            try bench.done(
                "-C", "a", "new", "codebook", "Desk codes", "--version", version, "--codes", "code=visit\(version)", "--codes",
                "code=summit")
        }
        try team.sync()
        let books = try bench.annals("-C", "b", "list", "codebook").lines.compactMap { $0.split(separator: " ").first.map(String.init) }
        try #require(books.count == 2)
        try bench.done("-C", "b", "code", "e1", "CONSULT", "--codes", "codebook=\(books[0]),code=visit1")
        let wrong = try bench.annals("-C", "b", "code", "e1", "CONSULT", "--codes", "codebook=\(books[1]),code=visit1")
        #expect(wrong.status == 1 && wrong.err.contains("is not in \(books[1])") && wrong.err.contains("annals show \(books[1]).codes"))
        #expect(!wrong.err.contains("visit1"))
        func map(_ from: String, _ to: String) throws -> Run {
            try bench.annals(
                "-C", "a", "set", "\(books[0]).mappings", "to=\(books[1])", #"codes=[{"from":"\#(from)","to":"\#(to)"}]"#)
        }
        #expect(try map("visit1", "visit2").status == 0)
        #expect(try map("visit2", "visit2").status == 1)
        #expect(try map("visit1", "visit1").status == 1)
    }
}
