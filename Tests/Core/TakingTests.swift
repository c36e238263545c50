import AnnalsCore
import AnnalsModel
import AnnalsTesting
import AnnalsWire
import Testing

@Suite("Taking changes")
struct TakingTests {
    // MARK: Ids

    @Test("a resubmitted change keeps its id, and is refused as dup where the log has it: the number is taken all the same")
    func movedDuplicate() {
        var bench = Bench()
        let id = bench.open("aliya")
        var (old, new) = (Pen("r1"), Pen("r2"))
        let change = ChangeID(random: 9, 9)
        bench.push(id, "r1", [old.write(id: change)])
        bench.server.settle()
        bench.push(id, "r2", [new.write(id: change), new.write()], moved: true)
        bench.server.settle()
        #expect(bench.record == ["r1 1", "r2 1 dup", "r2 2"])
        #expect(bench.hear(id).refusals == ["dup"])
    }

    @Test("a resubmitted change that the log has only as refused is taken")
    func movedAfterRefusal() {
        var bench = Bench(roles: ["bek": .reader])
        let change = ChangeID(random: 9, 9)
        var (old, new) = (Pen("r1"), Pen("r2"))
        let (bek, aliya) = (bench.open("bek"), bench.open("aliya"))
        bench.push(bek, "r1", [old.write(id: change)])
        bench.server.settle()
        bench.push(aliya, "r2", [new.write(id: change)], moved: true)
        bench.server.settle()
        #expect(bench.record == ["r1 1 role", "r2 1"])
        #expect(bench.entries.map(\.moved) == [false, true])
    }

    @Test("two who resubmit the same change at once: one is taken, though both searches found nothing")
    func movedRace() {
        var bench = Bench()
        let change = ChangeID(random: 9, 9)
        let (one, other) = (bench.open("aliya"), bench.open("bek"))
        var (first, second) = (Pen("r1"), Pen("r2"))
        bench.push(one, "r1", [first.write(id: change)], moved: true)
        bench.push(other, "r2", [second.write(id: change)], moved: true)
        bench.server.answerSearch(0, found: false)
        bench.server.write()
        bench.server.announce()
        bench.server.answerSearch(0, found: false)
        bench.server.settle()
        #expect(bench.record == ["r1 1", "r2 1 dup"])
    }

    @Test("a change that gets its place while the log is searched for its id is found", arguments: [0, 1, 2])
    func placedMeanwhile(_ before: Int) {
        var bench = Bench()
        let change = ChangeID(random: 9, 9)
        let (one, other, third) = (bench.open("aliya"), bench.open("bek"), bench.open("cem"))
        var (plain, moved, again) = (Pen("r1"), Pen("r2"), Pen("r3"))
        if before == 0 { bench.push(one, "r1", [plain.write(id: change)]) }
        bench.push(other, "r2", [moved.write(id: change)], moved: true)
        if before == 1 { bench.push(one, "r1", [plain.write(id: change)]) }
        if before < 2 {
            // The searches saw the log as it was before this commit.
            bench.server.write()
            bench.server.announce()
        } else {
            bench.push(one, "r1", [plain.write(id: change)])
        }
        bench.push(third, "r3", [again.write(id: change)], moved: true)
        bench.server.answerSearch(0, found: false)
        bench.server.answerSearch(0, found: before < 2)
        bench.server.settle()
        #expect(bench.record == ["r1 1", "r2 1 dup", "r3 1 dup"])
    }

    @Test("a plain push of an id that entered as moved is refused as dup")
    func plainAfterMoved() {
        var bench = Bench()
        let change = ChangeID(random: 9, 9)
        let id = bench.open("aliya")
        var (old, new) = (Pen("r1"), Pen("r2"))
        bench.push(id, "r2", [new.write(id: change)], moved: true)
        bench.server.answer()
        let late = old.write(id: change)
        bench.push(id, "r1", [late])
        bench.server.settle()
        #expect(bench.record == ["r2 1", "r1 1 dup"])
        // And after a restart, from what is on disk.
        #expect(bench.server.disk.heads[0].moved == [change])
    }

    // MARK: The chain of a replica

    @Test("n = last + 1 is taken only when prev fits")
    func prevChain() {
        var bench = Bench()
        let id = bench.open("aliya")
        var (pen, twin) = (Pen("r1"), Pen("r1"))
        bench.push(id, "r1", [pen.write("mine")])
        _ = twin.write("the twin's")
        bench.push(id, "r1", [twin.write()])
        bench.server.settle()
        #expect(bench.hear(id).stops == [.mismatch])
        #expect(bench.record == ["r1 1"])
    }

    @Test("the last number with other bytes is a mismatch, before and after it is on disk", arguments: [false, true])
    func sameNumber(_ committed: Bool) {
        var bench = Bench()
        let id = bench.open("aliya")
        var (pen, twin) = (Pen("r1"), Pen("r1"))
        bench.push(id, "r1", [pen.write("mine")])
        if committed { bench.server.settle() }
        bench.push(id, "r1", [twin.write("the twin's")])
        bench.server.settle()
        #expect(bench.hear(id).stops == [.mismatch])
        #expect(bench.record == ["r1 1"])
    }

    @Test("an earlier number that is not on disk yet, with other bytes, is not acknowledged for what it is not")
    func pendingTwin() {
        var bench = Bench()
        let (one, other) = (bench.open("aliya"), bench.open("aliya"))
        var (pen, twin) = (Pen("r1"), Pen("r1"))
        bench.push(one, "r1", pen.write(count: 2))
        bench.push(other, "r1", [twin.write("the twin's")])
        bench.server.settle()
        let heard = bench.hear(other)
        #expect(heard.acks.isEmpty)
        #expect(heard.stops == [.mismatch])
    }

    @Test("a number from before is known: a hint, never an ack")
    func known() {
        var bench = Bench()
        let id = bench.open("aliya")
        var pen = Pen("r1")
        let changes = pen.write(count: 3)
        bench.push(id, "r1", changes)
        bench.server.settle()
        _ = bench.hear(id)
        bench.push(id, "r1", changes)
        bench.server.settle()
        let heard = bench.hear(id)
        #expect(heard.known == [1, 2, 3])
        #expect(heard.acks.isEmpty)
        #expect(bench.record.count == 3)
    }

    @Test("a missing number is a gap")
    func gap() {
        var bench = Bench()
        let id = bench.open("aliya")
        var pen = Pen("r1")
        _ = pen.write()
        bench.push(id, "r1", [pen.write()])
        #expect(bench.hear(id).stops == [.gap])
    }

    @Test("a replica id belongs to one user")
    func notYours() {
        var bench = Bench()
        let (aliya, bek) = (bench.open("aliya"), bench.open("bek", replicas: ["r1"]))
        var pen = Pen("r1")
        bench.push(aliya, "r1", [pen.write()])
        bench.push(bek, "r1", [pen.write()])
        bench.server.settle()
        #expect(bench.hear(bek).stops == [.notYours])
        #expect(bench.record == ["r1 1"])
    }

    @Test("after a stop the replica's further changes are passed over, and others' go on")
    func afterStop() {
        var bench = Bench()
        let id = bench.open("aliya")
        var (pen, other) = (Pen("r1"), Pen("r2"))
        _ = pen.write()
        bench.push(id, "r1", pen.write(count: 3))
        bench.push(id, "r2", [other.write()])
        bench.push(id, "r1", [pen.write()])
        bench.server.settle()
        #expect(bench.hear(id).stops == [.gap])
        #expect(bench.record == ["r2 1"])
    }

    // MARK: Bases

    @Test("a base that is not on the log is bad: another hash, a seq beyond the head, a seq without a hash")
    func badBase() {
        var bench = Bench()
        let aliya = bench.open("aliya")
        var pen = Pen("r0")
        bench.push(aliya, "r0", [pen.write()])
        bench.server.settle()
        let wrong = ShortHash(word: 1)
        for (number, base) in [Base(seq: 1, hash: wrong), Base(seq: 0, hash: wrong), Base(seq: 2, hash: wrong), Base(seq: 1, hash: nil)]
            .enumerated()
        {
            var pen = Pen("r\(number + 1)")
            let id = bench.open("aliya")
            bench.push(id, "r\(number + 1)", [pen.write(base: base)])
            bench.server.settle()
            #expect(bench.hear(id).stops == [.badBase], "\(base)")
        }
        #expect(bench.record == ["r0 1"])
    }

    @Test("a base anywhere on the log is taken, whether or not its hash is in memory")
    func goodBases() {
        var bench = Bench()
        let id = bench.open("aliya")
        var pen = Pen("r1")
        for seq in Int64(0)..<4 {
            bench.push(id, "r1", [pen.write(base: bench.base(seq)), pen.write(base: bench.base(seq / 2))])
            bench.server.settle()
        }
        #expect(bench.record.count == 8)
        #expect(bench.hear(id).stops.isEmpty)
    }

    @Test("a base of another branch is taken with the last common point, which the envelope then carries")
    func fork() {
        var bench = Bench()
        let id = bench.open("aliya")
        var (pen, branch) = (Pen("r0"), Pen("r1"))
        bench.push(id, "r0", pen.write(count: 3))
        bench.server.settle()
        let elsewhere = Base(seq: 9, hash: ShortHash(word: 1))
        let common = bench.base(2)
        bench.push(id, "r1", [branch.write(base: elsewhere), branch.write(base: bench.base(1))], fork: common)
        bench.server.settle()
        #expect(bench.record.suffix(2) == ["r1 1", "r1 2"])
        // The second one's base is on the log: nothing is said of a fork.
        #expect(bench.entries.suffix(2).map(\.common) == [common, nil])
    }

    @Test(
        "a common point that is not on the log, or not before the base, does not help",
        arguments: [
            Base(seq: 2, hash: ShortHash(word: 5)), Base(seq: 9, hash: ShortHash(word: 1)), Base(seq: 3, hash: nil),
        ])
    func badFork(_ fork: Base) {
        var bench = Bench()
        let id = bench.open("aliya")
        var (pen, branch) = (Pen("r0"), Pen("r1"))
        bench.push(id, "r0", pen.write(count: 3))
        bench.server.settle()
        bench.push(id, "r1", [branch.write(base: Base(seq: 9, hash: ShortHash(word: 1)))], fork: fork)
        bench.server.settle()
        #expect(bench.hear(id).stops == [.badBase])
    }

    // MARK: Refusals

    @Test("a refused change never blocks the rest: it is an entry, its number is taken, and the chain goes on through it")
    func refusals() {
        var bench = Bench()
        let id = bench.open("aliya")
        var pen = Pen("r1")
        bench.push(id, "r1", [pen.write(), pen.writeInvalid(), pen.write()])
        bench.server.settle()
        #expect(bench.record == ["r1 1", "r1 2 invalid", "r1 3"])
        let heard = bench.hear(id)
        #expect(heard.refusals == ["invalid"])
        #expect(heard.acks.last == 3)
        #expect(bench.lines.dropFirst().first?.contains("title") == false)
    }

    @Test("a reader's change is refused by role, a change too long by size, a document misnamed as invalid")
    func refusalCodes() {
        var limits = Limits()
        limits.changeBytes = 600
        var bench = Bench(limits, roles: ["bek": .reader])
        let (aliya, bek) = (bench.open("aliya"), bench.open("bek"))
        var (pen, readers) = (Pen("r1"), Pen("r2"))
        bench.push(bek, "r2", [readers.write()])
        let misnamed = ChangeOperation("document", .create(id: ItemID(document: sha256("words")), fields: [.init("text", "other words")]))
        let rightly = ChangeOperation("document", .create(id: ItemID(document: sha256("words")), fields: [.init("text", "words")]))
        bench.push(aliya, "r1", [pen.write(String(repeating: "x", count: 600)), pen.write([misnamed]), pen.write([rightly])])
        bench.server.settle()
        #expect(bench.record == ["r2 1 role", "r1 1 size", "r1 2 invalid", "r1 3"])
    }

    // MARK: Time and bytes

    @Test("the submitted bytes stand in the log as they came")
    func verbatim() {
        var bench = Bench()
        let id = bench.open("aliya")
        let change =
            #"{ "ops" : [{"kind":"event","op":"create","fields":{"title":"\u0041"},"later":1}], "at":"2025-08-09T12:34:56.789Z","base":[0,""],"prev":"","n":1,"id":"0123456789abcdef" }"#
        bench.push(id, "r1", [Array(change.utf8)])
        bench.server.settle()
        #expect(bench.lines.first?.hasSuffix(#","change":\#(change)}"#) == true)
    }

    @Test("received time never runs backwards, though the clock does")
    func clock() {
        var bench = Bench()
        let id = bench.open("aliya")
        var pen = Pen("r1")
        for step in [0, -5000, 10, -1] {
            bench.server.now = bench.server.now.advanced(byMilliseconds: Int64(step))
            bench.push(id, "r1", [pen.write()])
            bench.server.settle()
        }
        let times = bench.entries.map(\.at)
        #expect(times == times.sorted())
    }
}
