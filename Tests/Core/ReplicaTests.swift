import AnnalsCore
import AnnalsModel
import AnnalsTesting
import AnnalsWire
import Testing

@Suite("A replica syncs")
struct ReplicaTests {
    @Test("what was recorded before any contact goes out, and everyone gets the same bytes")
    func first() {
        var talk = Conversation()
        var (aliya, bek) = (talk.file("aliya", "r1"), talk.file("bek", "r2"))
        for _ in 0..<3 { talk.record(&aliya) }
        talk.record(&bek)
        talk.sync(&aliya)
        talk.sync(&bek)
        talk.sync(&aliya)
        for replica in [aliya, bek] {
            #expect(replica.outcome == "done")
            #expect(replica.file.lines == talk.lines)
            #expect(replica.file.outbox.isEmpty)
            #expect(replica.file.entities.count == 4)
        }
    }

    @Test("a live replica gets what others write, and sends what is recorded meanwhile")
    func live() {
        var talk = Conversation()
        var (aliya, bek) = (talk.file("aliya", "r1"), talk.file("bek", "r2"))
        let id = talk.sync(&aliya, live: true)
        talk.record(&bek)
        talk.sync(&bek)
        talk.run(&aliya, id)
        #expect(aliya.file.lines == talk.lines)
        talk.record(&aliya)
        aliya.handle(.outboxChanged, talk.server.now)
        talk.run(&aliya, id)
        #expect(aliya.file.outbox.isEmpty)
        #expect(talk.lines.count == 2)
    }

    @Test("an ack only marks a row; it leaves the outbox when the stream brings the same bytes")
    func streamConfirms() {
        var talk = Conversation()
        var aliya = talk.file("aliya", "r1")
        talk.record(&aliya)
        // The entries never arrive.
        let id = talk.sync(&aliya, live: true) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let batch = text.range(of: #"{"type":"entries""#) else { return bytes }
            return Array(text[..<batch.lowerBound].utf8)
        }
        #expect(aliya.file.outbox.map(\.state) == [.accepted])
        #expect(aliya.acknowledged.count == 1)
        talk.server.closed(id)
        aliya.handle(.disconnected("cut"), talk.server.now)
        talk.sync(&aliya)
        #expect(aliya.file.outbox.isEmpty && aliya.outcome == "done")
    }

    @Test("a sync is done when the stream has brought what was sent, not when it is acknowledged")
    func doneByTheStream() {
        var talk = Conversation()
        var aliya = talk.file("aliya", "r1")
        for _ in 0..<3 { talk.record(&aliya) }
        talk.sync(&aliya, lineByLine: true)
        #expect(aliya.outcome == "done")
        #expect(aliya.file.outbox.isEmpty)
        #expect(aliya.file.lines == talk.lines && talk.lines.count == 3)
    }

    @Test("a refused change is parked when the stream says so, and the ones after it go on")
    func refused() {
        var talk = Conversation()
        var aliya = talk.file("aliya", "r1")
        talk.record(&aliya)
        aliya.file.record(
            [ChangeOperation("event", .create(id: nil, fields: [.init("title", 7)]))], base: Base(seq: 0, hash: nil),
            id: ChangeID(random: 5, 5), at: talk.server.now)
        talk.record(&aliya)
        talk.sync(&aliya)
        #expect(aliya.outcome == "done")
        #expect(aliya.file.parked.map(\.code) == ["invalid"])
        #expect(aliya.file.outbox.isEmpty)
        #expect(talk.lines.count == 3)
        #expect(aliya.reports.contains { if case .refused(_, 2, "invalid", _) = $0 { true } else { false } })
    }

    @Test("the states of the outbox are computed anew from what the server has: what it lost goes out again", arguments: [false, true])
    func statesAnew(_ marked: Bool) {
        var talk = Conversation()
        var aliya = talk.file("aliya", "r1")
        talk.sync(&aliya)
        for _ in 0..<3 { talk.record(&aliya) }
        // As after a crash, or when the server went before its commit.
        if marked { aliya.file.mark(named("r1"), upTo: 3, .accepted) } else { aliya.file.mark(named("r1"), upTo: 2, .sent) }
        talk.sync(&aliya)
        #expect(aliya.outcome == "done")
        #expect(aliya.file.outbox.isEmpty)
        #expect(talk.lines.count == 3)
    }

    @Test("no more changes are under way than the limit, and all arrive")
    func unacknowledged() {
        var limits = Limits()
        limits.unacknowledgedChanges = 4
        var talk = Conversation(limits)
        var aliya = talk.file("aliya", "r1")
        for _ in 0..<15 { talk.record(&aliya) }
        let id = talk.server.accept()
        aliya.start(live: false, limits: limits, key: Conversation.key, now: talk.server.now)
        var most = 0
        for _ in 0..<200 where aliya.isTalking {
            if !aliya.sent.isEmpty {
                let sent = aliya.sent
                aliya.sent = []
                talk.server.receive(sent, from: id)
            }
            while !aliya.storage.isEmpty { aliya.store(key: Conversation.key, talk.server.now) }
            most = max(most, aliya.file.outbox.filter { $0.state == .sent }.count)
            // The disk is slow: it is last.
            if aliya.sent.isEmpty {
                let bytes = talk.server.take(id)
                if bytes.isEmpty { talk.server.settle() } else { aliya.handle(.bytes(bytes), talk.server.now) }
            }
        }
        #expect(most == 4)
        #expect(aliya.outcome == "done" && talk.lines.count == 15)
    }

    @Test("credit is given back for what is stored, so a long log comes through a small window")
    func window() {
        var limits = Limits()
        limits.pullCreditBytes = 700
        limits.turnBytes = 500
        var talk = Conversation(limits)
        var (aliya, bek) = (talk.file("aliya", "r1"), talk.file("bek", "r2"))
        for number in 0..<30 { talk.record(&aliya, String(repeating: "long ", count: number * 10)) }
        talk.sync(&aliya)
        talk.sync(&bek)
        #expect(bek.outcome == "done")
        #expect(bek.file.lines == talk.lines && bek.file.lines.count == 30)
    }

    @Test("a change that no line of the server can hold stops pushing only")
    func tooLong() {
        var talk = Conversation()
        var (aliya, bek) = (talk.file("aliya", "r1"), talk.file("bek", "r2"))
        talk.record(&bek)
        talk.sync(&bek)
        talk.record(&aliya)
        talk.record(&aliya, String(repeating: "x", count: 5000))
        talk.record(&aliya)
        var small = Limits()
        small.changeBytes = 1000
        talk.server = Conversation.server(small, talk.server.disk)
        talk.sync(&aliya)
        #expect(aliya.outcome == "too long 2")
        #expect(aliya.file.lines == talk.lines && talk.lines.count == 2)
        #expect(aliya.file.outbox.map(\.n) == [2, 3])
    }

    // MARK: Proof

    @Test("a stored cut with a wrong hash makes no replica accept what it ends")
    func wrongCuts() {
        var limits = Limits()
        limits.batchLines = 2
        var talk = Conversation(limits)
        var (aliya, bek) = (talk.file("aliya", "r1"), talk.file("bek", "r2"))
        for title in ["one", "two", "three", "four", "five"] { talk.record(&aliya, title) }
        talk.sync(&aliya)
        var changed = 0
        talk.server.disk.spoilCuts(of: talk.server.disk.heads[0].workspace) { cut in
            if changed == 1 { cut.head = Digest(words: (1, 2, 3, 4)) }
            changed += 1
        }
        // A server that has just started: nothing is kept composed.
        talk.server = Conversation.server(limits, talk.server.disk)
        talk.sync(&bek)
        #expect(changed == 2)
        #expect(bek.outcome == "bad entry 3")
        #expect(bek.file.have == 2)
    }

    /// Three entries that reach a second replica in two batches, in one chunk, changed on the way.
    private func tampered(_ change: (String) -> String) -> SimulationReplica {
        var limits = Limits()
        limits.batchLines = 2
        var talk = Conversation(limits)
        var (aliya, bek) = (talk.file("aliya", "r1"), talk.file("bek", "r2"))
        for title in ["one", "two", "three", "four"] { talk.record(&aliya, title) }
        talk.sync(&aliya)
        talk.record(&bek)
        talk.sync(&bek) { Array(change(String(decoding: $0, as: UTF8.self)).utf8) }
        return bek
    }

    @Test(
        "a line changed on the way is a bad entry: what came before it is kept, the outbox too",
        arguments: [
            ("\"three\"", "\"third\"", Int64(2), "bad entry 3"), ("\"four\"", "\"fort\"", 2, "bad entry 3"),
            ("\"one\"", "\"won\"", 0, "bad entry 1"),
            (#""author":"aliya","replica":"r1","change":{"id""#, #""author":"cem","replica":"r1","change":{"id""#, 0, "bad entry 1"),
        ])
    func tamperedLine(_ part: String, _ instead: String, _ have: Int64, _ outcome: String) {
        let bek = tampered { $0.replacingFirst(part, with: instead) }
        #expect(bek.outcome == outcome)
        #expect(bek.file.have == have)
        #expect(bek.file.outbox.count == 1)
    }

    @Test(
        "a checkpoint changed on the way proves nothing",
        arguments: [
            (#""seq":4,"head""#, #""seq":5,"head""#), (#""epoch":1,"seq":4"#, #""epoch":2,"seq":4"#), (#""sig":""#, #""sig":"0"#),
            (#"checkpoint","ws":"desk","log":"5eed""#, #"checkpoint","ws":"desk","log":"beef""#),
            (#"{"type":"checkpoint","ws":"desk""#, #"{"type":"checkpoint","ws":"desks""#),
            (#"","at":"2025-08-09T00:40:00.000Z","sig""#, #"","at":"2025-08-09T00:41:00.000Z","sig""#),
        ])
    func tamperedCheckpoint(_ part: String, _ instead: String) {
        let bek = tampered { $0.replacingFirst(part, with: instead) }
        #expect(bek.outcome.hasPrefix("bad entry"))
        #expect(bek.file.have <= 2)
        #expect(bek.file.outbox.count == 1)
    }

    /// Signs every checkpoint anew, after a change.
    private func resigned(_ text: String, by key: SimulationKey, _ change: (String) -> String = { $0 }) -> String {
        var lines = text.split(separator: "\n").map(String.init)
        for index in lines.indices where lines[index].hasPrefix(#"{"type":"checkpoint""#) {
            let signed = change(String(decoding: CheckpointCodec.signedBytes(Array(lines[index].utf8)) ?? [], as: UTF8.self))
            lines[index] = signed + #","sig":"\#(key.sign(Array(signed.utf8)))"}"#
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test(
        "a checkpoint about another place proves nothing, though the server signed it",
        arguments: [
            (#""seq":2"#, #""seq":3"#), (#""log":"5eed""#, #""log":"beef""#), (#""ws":"desk""#, #""ws":"desks""#),
        ])
    func otherPlace(_ part: String, _ instead: String) {
        let bek = tampered { resigned($0, by: Conversation.key) { $0.replacingFirst(part, with: instead) } }
        #expect(bek.outcome == "bad entry 2")
        #expect(bek.file.have == 0)
    }

    @Test("a checkpoint by another key proves nothing, and neither does none")
    func otherKey() {
        let forged = tampered { resigned($0, by: SimulationKey("thief")) }
        #expect(forged.outcome == "bad entry 2")
        #expect(forged.file.have == 0)
        let without = tampered { text in
            text.split(separator: "\n").filter { !$0.hasPrefix(#"{"type":"checkpoint""#) }.joined(separator: "\n") + "\n"
        }
        #expect(without.outcome == "protocol broken")
        #expect(without.file.have == 0)
    }

    @Test("entries that do not follow are a bad entry; what came before is kept")
    func gap() {
        let bek = tampered { $0.replacingFirst(#""first":3"#, with: #""first":4"#) }
        #expect(bek.outcome == "bad entry 3")
        #expect(bek.file.have == 2)
        let repeated = tampered { $0.replacingFirst(#""first":3"#, with: #""first":2"#) }
        #expect(repeated.outcome == "bad entry 3")
    }

    @Test("after a bad entry a good server brings the rest")
    func mended() {
        var talk = Conversation()
        var (aliya, bek) = (talk.file("aliya", "r1"), talk.file("bek", "r2"))
        for _ in 0..<3 { talk.record(&aliya) }
        talk.sync(&aliya)
        talk.sync(&bek) { Array(String(decoding: $0, as: UTF8.self).replacingFirst("talks", with: "walks").utf8) }
        #expect(bek.outcome == "bad entry 1")
        talk.sync(&bek)
        #expect(bek.outcome == "done" && bek.file.lines == talk.lines)
    }

    @Test("what was proven before the connection broke is stored")
    func provenBeforeTheEnd() {
        var limits = Limits()
        limits.batchLines = 2
        var talk = Conversation(limits)
        var (aliya, bek) = (talk.file("aliya", "r1"), talk.file("bek", "r2"))
        for _ in 0..<6 { talk.record(&aliya) }
        talk.sync(&aliya)
        let id = talk.server.accept()
        bek.start(live: true, limits: limits, key: Conversation.key, now: talk.server.now)
        for _ in 0..<6 {
            talk.server.receive(bek.sent, from: id)
            bek.sent = []
            talk.server.settle()
            bek.handle(.bytes(talk.server.take(id)), talk.server.now)
        }
        // The file is slow: nothing of it is stored yet.
        #expect(bek.file.have == 0)
        bek.handle(.disconnected("cut"), talk.server.now)
        while !bek.storage.isEmpty { bek.store(key: Conversation.key, talk.server.now) }
        #expect(bek.outcome == "disconnected")
        #expect(bek.file.lines == talk.lines)
    }
}

extension String {
    /// Replaces the first place of `part`, by bytes.
    func replacingFirst(_ part: String, with other: String) -> String {
        guard let range = range(of: part) else { return self }
        return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }

    func range(of part: String) -> Range<String.Index>? {
        utf8.indices.first { utf8[$0...].starts(with: part.utf8) }.map { $0..<utf8.index($0, offsetBy: part.utf8.count) }
    }
}
