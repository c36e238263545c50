import AnnalsCore
import AnnalsModel
import AnnalsTesting
import AnnalsWire
import Testing

@Suite("History that does not match")
struct HistoryMismatchTests {
    // MARK: Twins

    @Test("a copied file ends in a named stop when its twin wrote under its name; entries still arrive", arguments: [false, true])
    func copiedFile(_ pending: Bool) {
        var talk = Conversation()
        var original = talk.file("aliya", "r1")
        talk.record(&original)
        talk.sync(&original)
        var copy = SimulationReplica(original.file)
        talk.record(&original, "mine")
        talk.sync(&original)
        if pending { talk.record(&copy, "the copy's") }
        talk.sync(&copy)
        #expect(copy.outcome == "twin 2")
        #expect(copy.file.lines == talk.lines)
        #expect(copy.file.outbox.count == (pending ? 1 : 0))
        // And so it stays, while entries go on arriving.
        talk.record(&copy, "more")
        talk.record(&original)
        talk.sync(&original)
        talk.sync(&copy)
        #expect(copy.outcome == "twin 2")
        #expect(copy.file.lines == talk.lines)
        #expect(original.outcome == "done")
        #expect(talk.lines.count == 3)
    }

    @Test("a copy that has more than its twin sent is stopped by its first change that does not fit, and pulls on")
    func copyAhead() {
        var talk = Conversation()
        var original = talk.file("aliya", "r1")
        talk.sync(&original)
        var copy = SimulationReplica(original.file)
        talk.record(&original, "mine")
        talk.sync(&original)
        for _ in 0..<3 { talk.record(&copy, "the copy's") }
        talk.sync(&copy)
        #expect(copy.outcome == "mismatch 2" || copy.outcome == "twin 1")
        #expect(copy.file.lines == talk.lines)
        #expect(copy.file.outbox.count == 3)
        talk.sync(&copy)
        #expect(copy.outcome == "twin 1")
        #expect(talk.lines.count == 1)
    }

    @Test("a file put back from a backup goes on if nothing was written since, and ends in a named stop if something was")
    func restoredFile() {
        var talk = Conversation()
        var aliya = talk.file("aliya", "r1")
        talk.record(&aliya)
        let backup = aliya.file
        talk.sync(&aliya)
        var restored = SimulationReplica(backup)
        talk.sync(&restored)
        #expect(restored.outcome == "done")
        #expect(restored.file.lines == talk.lines)
        talk.record(&restored)
        talk.sync(&restored)
        restored = SimulationReplica(backup)
        talk.record(&restored, "anew")
        talk.sync(&restored)
        #expect(restored.outcome == "twin 2")
        #expect(restored.file.outbox.count == 1)
        #expect(talk.lines.count == 2)
    }

    @Test("the stream settles a change only by the same bytes")
    func judgment() throws {
        var talk = Conversation()
        var aliya = talk.file("aliya", "r1")
        talk.record(&aliya)
        let row = try #require(aliya.file.outbox.first)
        talk.sync(&aliya)
        let entry = try #require(aliya.file.entries.first)
        var other = row
        other.hash = ShortHash(word: 1)
        let (own, else_) = (named("r1"), named("r2"))
        #expect(StreamRules.judge(entry, row: row, current: own) == .confirmed)
        #expect(StreamRules.judge(entry, row: other, current: own) == .twin)
        #expect(StreamRules.judge(entry, row: other, current: else_) == .twin)
        #expect(StreamRules.judge(entry, row: nil, current: own) == .twin)
        #expect(StreamRules.judge(entry, row: nil, current: else_) == .notMine)
        #expect(StreamRules.state(of: 3, serverLast: 2) == .queued && StreamRules.state(of: 2, serverLast: 2) == .accepted)
    }

    // MARK: Stops that end pushing only

    @Test(
        "mismatch, gap, a bad base and another's name stop pushing only: pulling goes on",
        arguments: ["gap 3", "bad_base 2", "not_yours 1"])
    func pullingGoesOn(_ what: String) {
        var talk = Conversation()
        var (aliya, bek) = (talk.file("aliya", "r1"), talk.file("bek", "r2"))
        talk.record(&aliya)
        talk.sync(&aliya)
        switch what {
        case "gap 3":
            // It has lost a row that it should have: damage that no rule makes.
            for _ in 0..<2 { talk.record(&aliya) }
            aliya.file.lose(n: 2)
        case "bad_base 2":
            aliya.file.record(
                [ChangeOperation("event", .create(id: nil, fields: [.init("title", "x")]))],
                base: Base(seq: 1, hash: ShortHash(word: 4)), id: ChangeID(random: 8, 8), at: talk.server.now)
        default:
            var stranger = SimulationReplica(SimulationFile(workspace: named("desk"), user: named("cem"), replica: named("r1")))
            talk.record(&stranger)
            aliya = stranger
        }
        for _ in 0..<3 { talk.record(&bek) }
        talk.sync(&bek)
        talk.sync(&aliya)
        #expect(aliya.file.lines == talk.lines)
        #expect(talk.lines.count == 4)
        #expect(aliya.file.outbox.count >= 1)
        #expect(aliya.outcome == what)
    }

    // MARK: Other logs

    @Test("a workspace made anew under its name is another log: nothing is sent or taken")
    func otherLog() {
        var talk = Conversation()
        var aliya = talk.file("aliya", "r1")
        talk.record(&aliya)
        talk.sync(&aliya)
        let before = aliya.file.lines
        talk.server = Conversation.server(talk.limits, [("desk", "beef")])
        talk.record(&aliya)
        talk.sync(&aliya)
        #expect(aliya.outcome == "other log")
        #expect(aliya.file.lines == before && aliya.file.outbox.count == 1)
        #expect(talk.lines.isEmpty)
    }

    @Test("a replica looks for itself whether the log is the one that it is bound to")
    func otherLogSeenHere() {
        var talk = Conversation()
        var aliya = talk.file("aliya", "r1")
        talk.sync(&aliya)
        talk.record(&aliya)
        talk.sync(&aliya) { Array(String(decoding: $0, as: UTF8.self).replacingFirst(#""log":"5eed""#, with: #""log":"beef""#).utf8) }
        #expect(aliya.outcome == "other log")
        #expect(talk.lines.isEmpty && aliya.file.outbox.count == 1)
    }

    @Test("a server with another key is another server")
    func otherServer() {
        var talk = Conversation()
        var aliya = talk.file("aliya", "r1")
        talk.sync(&aliya)
        talk.record(&aliya)
        talk.server = Conversation.server(talk.limits, talk.server.disk, key: SimulationKey("thief"))
        talk.sync(&aliya)
        #expect(aliya.outcome == "other server")
        #expect(aliya.file.outbox.count == 1 && talk.lines.isEmpty)
    }

    @Test("a server that came back from an older backup is told apart from one whose log parted ways")
    func behindOrFork() {
        var talk = Conversation()
        var (aliya, bek) = (talk.file("aliya", "r1"), talk.file("bek", "r2"))
        for _ in 0..<2 { talk.record(&aliya) }
        talk.sync(&aliya)
        let backup = talk.server.disk
        for _ in 0..<3 { talk.record(&aliya) }
        talk.sync(&aliya)
        talk.restart(backup)
        let before = aliya.file.lines
        talk.record(&aliya)
        talk.sync(&aliya)
        #expect(aliya.outcome == "behind 2 5")
        // Somebody goes on with the restored server: fewer entries, then as many, then more.
        for expected in ["fork 3", "fork 4", "fork 5", "fork 5"] {
            talk.record(&bek)
            talk.sync(&bek)
            talk.sync(&aliya)
            #expect(aliya.outcome == expected)
        }
        #expect(aliya.file.lines == before && aliya.file.outbox.count == 1)
        #expect(bek.outcome == "done")
    }

    // MARK: Servers that do not keep to the protocol

    @Test(
        "a server that speaks no version of ours, breaks the protocol or closes ends the sync by its name",
        arguments: [
            (#"{"type":"unsupported","protocols":[9]}"#, "unsupported"), ("nonsense", "protocol broken"),
            (#"{"type":"ready","user":"aliya"}"#, "protocol broken"), (#"{"type":"caughtUp","ws":"desk","seq":0}"#, "protocol broken"),
            (#"{"type":"error","code":"stopping","detail":"","recovery":""}"#, "server stopping"),
            (#"{"type":"error","code":"other_log","detail":"","recovery":""}"#, "other log"),
        ])
    func brokenServer(_ line: String, _ outcome: String) {
        let talk = Conversation()
        var aliya = talk.file("aliya", "r1")
        aliya.start(live: false, limits: talk.limits, key: Conversation.key, now: talk.server.now)
        aliya.handle(.bytes(Array(line.utf8) + [0x0A]), talk.server.now)
        #expect(aliya.outcome == outcome)
    }

    @Test("a replica answers a ping, and gives up on a server that is silent for long")
    func silence() {
        var talk = Conversation()
        var aliya = talk.file("aliya", "r1")
        talk.sync(&aliya, live: true)
        aliya.handle(.bytes(ServerMessageCodec.encode(.ping)), talk.server.now)
        #expect(aliya.sent == ClientMessageCodec.encode(.pong))
        aliya.handle(.tick, talk.server.now.advanced(byMilliseconds: 119_000))
        #expect(aliya.outcome == "talking")
        aliya.handle(.tick, talk.server.now.advanced(byMilliseconds: 121_000))
        #expect(aliya.outcome == "disconnected")
    }

    @Test("a file that cannot be written ends the sync; nothing is lost, and it goes on later")
    func storageFails() {
        var talk = Conversation()
        var (aliya, bek) = (talk.file("aliya", "r1"), talk.file("bek", "r2"))
        talk.record(&bek)
        talk.sync(&bek)
        talk.record(&aliya)
        let id = talk.sync(&aliya, live: true) { $0 }
        talk.record(&bek)
        talk.sync(&bek)
        aliya.handle(.bytes(talk.server.take(id)), talk.server.now)
        aliya.store(failing: true, key: Conversation.key, talk.server.now)
        #expect(aliya.outcome == "storage")
        aliya.crash()
        talk.sync(&aliya)
        #expect(aliya.outcome == "done")
        #expect(aliya.file.lines == talk.lines)
    }

    @Test("every stop says what it waits for, and none repeats a text")
    func descriptions() {
        let stops: [SyncStop] =
            [
                .disconnected("x"), .unsupported([2]), .server(code: "a", detail: "b", recovery: "c"), .otherLog, .otherServer,
                .serverBehind(serverSeq: 1, have: 2), .fork(at: 1), .badEntry(seq: 1, what: "x"), .protocolBroken("x"), .storage("x"),
                .twin(replica: named("r1"), n: 1), .tooLong(replica: named("r1"), n: 1, limit: 9),
            ] + ServerMessage.StopCode.allCases.map { .pushStopped(replica: named("r1"), n: 1, code: $0) }
        #expect(stops.allSatisfy { $0.description.count > 50 })
    }
}
