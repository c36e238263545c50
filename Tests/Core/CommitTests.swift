import AnnalsCore
import AnnalsModel
import AnnalsTesting
import AnnalsWire
import Testing

@Suite("Commits")
struct CommitTests {
    @Test("nothing is acknowledged or sent on before it is on disk")
    func ackAfterCommit() {
        var bench = Bench()
        let (writer, reader) = (bench.open("aliya"), bench.open("bek"))
        bench.pull(reader)
        _ = bench.hear(reader)
        var pen = Pen("r1")
        bench.push(writer, "r1", [pen.write(), pen.writeInvalid()])
        #expect(bench.hear(writer).isEmpty && bench.hear(reader).isEmpty)
        bench.server.write()
        #expect(bench.hear(writer).isEmpty && bench.hear(reader).isEmpty)
        bench.server.announce()
        #expect(bench.hear(writer).acks == [1])
        bench.server.settle()
        #expect(bench.hear(writer).refusals == ["invalid"])
        #expect(bench.hear(reader).entries == bench.lines)
    }

    @Test("a lonely change is written at once; what comes while a group is written fills the next one")
    func groups() {
        var bench = Bench()
        let id = bench.open("aliya")
        var pen = Pen("r1")
        bench.push(id, "r1", pen.write(count: 3))
        guard case .begun(let first) = bench.server.commit else { return #expect(Bool(false), "a commit") }
        #expect(first.map(\.log.count) == [1])
        bench.server.write()
        bench.server.announce()
        guard case .begun(let second) = bench.server.commit else { return #expect(Bool(false), "a commit") }
        #expect(second.map(\.log.count) == [2])
        bench.server.settle()
        #expect(bench.hear(id).acks == [1, 3])
    }

    @Test("what is gathered in a turn goes to the disk as one group, when the turn ends and not before")
    func gathered() throws {
        var bench = Bench()
        let ids = [bench.open("aliya"), bench.open("bek"), bench.open("chen")]
        var (core, effects) = (bench.server.core, [ServerEffect]())
        for (index, id) in ids.enumerated() {
            var pen = Pen("r\(index)")
            let header = ClientMessageCodec.encode(.push(PushHeader(workspace: Bench.desk, replica: named("r\(index)"), count: 1)))
            let bytes = header + pen.write() + [UInt8(ascii: "\n")]
            core.gather(bytes.span.bytes, from: id, now: bench.server.now, into: &effects)
        }
        #expect(effects.isEmpty)
        core.endTurn(into: &effects)
        core.endTurn(into: &effects)
        #expect(effects.count == 1)
        guard case .append(let groups) = try #require(effects.first) else { return #expect(Bool(false), "a commit") }
        #expect(groups.map(\.log.count) == [3])
    }

    @Test("each session and replica of a group hears once how far it is, however its changes lie among others")
    func acknowledgedOnce() {
        var bench = Bench()
        let (one, other) = (bench.open("aliya"), bench.open("bek"))
        var pens = ["r1": Pen("r1"), "r2": Pen("r2"), "r3": Pen("r3")]
        // The first is written alone; what follows is one group.
        bench.push(other, "r3", [pens["r3"]!.write()])
        for (id, replica) in [(one, "r1"), (other, "r3"), (one, "r2"), (one, "r1"), (other, "r3"), (one, "r2"), (one, "r1")] {
            bench.push(id, replica, [pens[replica]!.write()])
        }
        bench.server.settle()
        #expect(bench.hear(one).acks == [3, 2])
        #expect(bench.hear(other).acks == [1, 3])
        #expect(bench.record.count == 8)
    }

    @Test("a duplicate of a change that is not on disk yet waits for that group, and is acknowledged to both", arguments: [0, 1])
    func duplicateWaits(_ index: Int) {
        var bench = Bench()
        let (one, other) = (bench.open("aliya"), bench.open("aliya"))
        var pen = Pen("r1")
        let changes = pen.write(count: 2)
        bench.push(one, "r1", changes)
        bench.push(other, "r1", Array(changes[...index]))
        bench.server.write()
        #expect(bench.hear(other).isEmpty)
        bench.server.settle()
        #expect(bench.hear(one).acks.last == 2)
        #expect(bench.hear(other).acks.last == Int64(index) + 1)
        #expect(bench.record.count == 2)
    }

    @Test("a duplicate of a refused change that is not on disk yet hears of the refusal with the group")
    func duplicateOfRefusal() {
        var bench = Bench()
        let (one, other) = (bench.open("aliya"), bench.open("aliya"))
        var pen = Pen("r1")
        let change = pen.writeInvalid()
        bench.push(one, "r1", [change])
        bench.push(other, "r1", [change])
        #expect(bench.hear(other).isEmpty)
        bench.server.settle()
        #expect(bench.hear(other).refusals == ["invalid"])
    }

    @Test("what opened says of a replica's last change is on disk, and no more")
    func openedIsDurable() {
        var bench = Bench()
        let id = bench.open("aliya")
        var pen = Pen("r1")
        bench.push(id, "r1", pen.write(count: 2))
        let early = bench.signIn("aliya")
        let open = ClientMessage.open(.init(workspace: Bench.desk, log: nil, have: 0, head: nil, replicas: [named("r1"), named("r9")]))
        bench.say(early, open)
        #expect(bench.hear(early).opened?.last.isEmpty == true)
        bench.server.settle()
        let late = bench.signIn("aliya")
        bench.say(late, open)
        bench.server.settle()
        #expect(bench.hear(late).opened?.last[named("r1")]?.n == 2)
    }

    @Test("a failed commit drops everything that is not on disk, disconnects, and a later try succeeds")
    func failedCommit() {
        var bench = Bench()
        let (one, other) = (bench.open("aliya"), bench.open("bek"))
        var (pen, second) = (Pen("r1"), Pen("r2"))
        let kept = pen.write()
        bench.push(one, "r1", [kept])
        bench.server.settle()
        _ = bench.hear(one)
        let lost = pen.write(count: 2)
        let others = second.write()
        bench.push(one, "r1", lost)
        bench.push(other, "r2", [others])
        bench.server.write(failing: true)
        bench.server.announce()
        for id in [one, other] {
            let heard = bench.hear(id)
            #expect(heard.errors == ["storage"])
            #expect(heard.acks.isEmpty)
            #expect(bench.server.closing.contains(id))
            bench.server.closed(id)
        }
        #expect(bench.record == ["r1 1"])
        let again = bench.open("aliya", replicas: ["r1"])
        bench.push(again, "r1", lost)
        bench.server.settle()
        #expect(bench.record == ["r1 1", "r1 2", "r1 3"])
        #expect(bench.hear(again).acks.last == 3)
        #expect(bench.entries.map(\.seq) == [1, 2, 3])
    }

    @Test("a session that floods is paused while the disk is behind, resumed, and loses nothing")
    func flood() {
        var limits = Limits()
        limits.groupBytes = 2000
        var bench = Bench(limits)
        let id = bench.open("aliya")
        var pen = Pen("r1")
        let changes = pen.write(count: 60)
        let header = ClientMessageCodec.encode(.push(PushHeader(workspace: Bench.desk, replica: named("r1"), count: 60)))
        bench.server.receive(header + changes.joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")], from: id)
        #expect(bench.server.paused == [id])
        var commits = 0
        while case .begun(let groups) = bench.server.commit {
            #expect(groups.allSatisfy { $0.log.bytes.count < 2000 + 400 })
            bench.server.write()
            bench.server.announce()
            commits += 1
        }
        #expect(commits > 5)
        #expect(bench.server.paused.isEmpty)
        #expect(bench.record.count == 60)
        #expect(bench.hear(id).acks.last == 60)
    }

    @Test("a read that fails ends the conversation of the one who waits for it, and of no one else")
    func failedRead() {
        var bench = Bench()
        let (one, other) = (bench.open("aliya"), bench.open("bek"))
        var pen = Pen("r1")
        bench.push(one, "r1", [pen.write()])
        bench.server.settle()
        bench.pull(other)
        bench.server.failRead()
        #expect(bench.hear(other).errors == ["storage"])
        #expect(!bench.server.closing.contains(one))
    }

    @Test("several workspaces are written in one transaction")
    func workspaces() {
        var bench = Bench(workspaces: ["desk", "other"])
        let id = bench.open("aliya")
        let second = bench.open("aliya", workspace: named("other"))
        var (pen, more, third) = (Pen("r1"), Pen("r1"), Pen("r3"))
        bench.push(id, "r1", [pen.write()])
        bench.push(id, "r3", [third.write()])
        bench.push(second, "r1", [more.write()], workspace: named("other"))
        bench.server.write()
        bench.server.announce()
        guard case .begun(let groups) = bench.server.commit else { return #expect(Bool(false), "a commit") }
        #expect(groups.map { $0.log.workspace.raw } == ["desk", "other"])
        bench.server.settle()
        #expect(bench.server.disk.lines(of: named("other")).count == 1)
    }
}
