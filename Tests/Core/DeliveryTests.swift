import AnnalsCore
import AnnalsModel
import AnnalsTesting
import AnnalsWire
import Testing

/// A bench with so many entries, written in groups of a few.
private func bench(entries: Int, _ limits: Limits = Limits(), titleBytes: Int = 5) -> Bench {
    var bench = Bench(limits)
    let id = bench.open("writer")
    var pen = Pen("w1")
    var left = entries
    while left > 0 {
        let count = min(left, 4)
        bench.push(id, "w1", (0..<count).map { _ in pen.write(String(repeating: "t", count: titleBytes)) })
        bench.server.settle()
        left -= count
    }
    return bench
}

@Suite("Delivery")
struct DeliveryTests {
    @Test("there is no gap between catching up and live, wherever a commit falls", arguments: 0..<5)
    func oneCursor(_ moment: Int) {
        var bench = bench(entries: 6)
        let (reader, writer) = (bench.open("bek"), bench.open("aliya"))
        var pen = Pen("w2")
        var heard: [Bench.Heard] = []
        func commit(_ now: Int) {
            guard now == moment else { return }
            bench.push(writer, "w2", [pen.write()])
            bench.server.write()
            bench.server.announce()
        }
        bench.pull(reader)
        commit(0)
        bench.server.answer()
        commit(1)
        heard += bench.hear(reader)
        commit(2)
        bench.server.answer()
        commit(3)
        heard += bench.hear(reader)
        bench.server.settle()
        heard += bench.hear(reader)
        commit(4)
        bench.server.settle()
        heard += bench.hear(reader)
        #expect(heard.entries == bench.lines)
        #expect(bench.lines.count == 7)
    }

    @Test("a group that is on disk, and of which the loop has not heard, is not skipped")
    func readAhead() {
        var bench = bench(entries: 2)
        let (reader, writer) = (bench.open("bek"), bench.open("aliya"))
        var pen = Pen("w2")
        bench.push(writer, "w2", [pen.write()])
        bench.pull(reader)
        bench.server.write()
        bench.server.answer()
        bench.server.announce()
        bench.server.settle()
        #expect(bench.hear(reader).entries == bench.lines)
    }

    @Test("credit above 0 lets one whole line through, however long it is; 0 lets none")
    func overdraft() {
        var bench = bench(entries: 3, titleBytes: 3000)
        let reader = bench.open("bek")
        bench.pull(reader, credit: 1)
        bench.server.settle()
        #expect(bench.hear(reader).entries == Array(bench.lines[..<1]))
        bench.say(reader, .credit(workspace: Bench.desk, bytes: 2000))
        bench.server.settle()
        #expect(bench.hear(reader).entries.isEmpty)
        bench.say(reader, .credit(workspace: Bench.desk, bytes: 2000))
        bench.server.settle()
        #expect(bench.hear(reader).entries == [bench.lines[1]])
    }

    @Test("a live reader whose credit a group exceeds gets it line by line as credit comes")
    func liveOverdraft() {
        var bench = bench(entries: 1)
        let (reader, writer) = (bench.open("bek"), bench.open("aliya"))
        bench.pull(reader, credit: 500)
        bench.server.settle()
        var pen = Pen("w2")
        var heard = bench.hear(reader).entries
        bench.push(writer, "w2", [pen.write(String(repeating: "long", count: 1000)), pen.write()])
        bench.server.settle()
        heard += bench.hear(reader).entries
        #expect(heard.count == 2)
        bench.say(reader, .credit(workspace: Bench.desk, bytes: 5000))
        bench.server.settle()
        heard += bench.hear(reader).entries
        #expect(heard == bench.lines)
    }

    @Test("credit that adds up beyond all numbers does no harm")
    func endlessCredit() {
        var bench = bench(entries: 1)
        let reader = bench.open("bek")
        bench.pull(reader, credit: Vocabulary.maximumInteger / 4)
        for _ in 0..<5000 { bench.say(reader, .credit(workspace: Bench.desk, bytes: Vocabulary.maximumInteger / 4)) }
        bench.server.settle()
        #expect(bench.hear(reader).errors.isEmpty)
    }

    @Test("every batch ends with a checkpoint that the server's key signed over the chain of exactly its lines")
    func checkpoints() {
        var limits = Limits()
        limits.batchLines = 3
        var bench = bench(entries: 10, limits)
        let (reader, writer) = (bench.open("bek"), bench.open("aliya"))
        bench.pull(reader)
        bench.server.settle()
        var bytes = bench.server.take(reader)
        var pen = Pen("w2")
        bench.push(writer, "w2", pen.write(count: 5))
        bench.server.settle()
        bytes += bench.server.take(reader)
        var (seq, entries): (Int64, Int64) = (0, 0)
        var proven: Int64 = 0
        for line in bytes.split(separator: UInt8(ascii: "\n")).map(Array.init) {
            if entries > 0 {
                (entries, seq) = (entries - 1, seq + 1)
                continue
            }
            switch try? ServerMessageCodec.decode(line) {
            case .entries(_, let first, let count):
                #expect(first == seq + 1 && count <= 3)
                #expect(proven == seq, "a batch without a checkpoint")
                entries = count
            case .checkpoint(let checkpoint):
                #expect(checkpoint.seq == seq)
                #expect(checkpoint.head == bench.server.disk.chainHash(of: Bench.desk, at: seq))
                let signed = CheckpointCodec.signedBytes(line) ?? []
                #expect(Bench.key.verifies(checkpoint.signature, of: signed, by: Bench.key.publicKey))
                proven = seq
            default: break
            }
        }
        #expect(proven == 15)
    }

    @Test("wherever in a cut group a reader begins and whatever its credit, it gets every line and true checkpoints", arguments: 0..<30)
    func cutGroups(_ after: Int64) {
        var limits = Limits()
        limits.batchLines = 4
        limits.turnBytes = 1000
        var bench = Bench(limits)
        let (writer, whole, piecewise) = (bench.open("aliya"), bench.open("bek"), bench.open("cem"))
        var pen = Pen("w1")
        bench.push(writer, "w1", pen.write(count: 30))
        bench.server.settle()
        #expect(bench.lines.count == 30)
        func proven(_ heard: [Bench.Heard]) -> Bool {
            let checkpoints = heard.checkpoints
            return !checkpoints.isEmpty
                && checkpoints.allSatisfy { $0.head == bench.server.disk.chainHash(of: Bench.desk, at: $0.seq) }
        }
        func receive(_ id: SessionID, credit: Int64) -> [Bench.Heard] {
            var all: [Bench.Heard] = []
            bench.pull(id, after: after, credit: credit)
            while true {
                bench.server.settle()
                let heard = bench.hear(id)
                all += heard
                if !heard.caughtUp.isEmpty { return all }
                if heard.isEmpty { bench.say(id, .credit(workspace: Bench.desk, bytes: credit)) }
            }
        }
        let first = receive(whole, credit: 1 << 20)
        #expect(first.entries == Array(bench.lines[Int(after)...]))
        #expect(proven(first))
        let second = receive(piecewise, credit: 700)
        #expect(second.entries == first.entries)
        #expect(proven(second))
    }

    @Test("a group larger than a batch goes to live readers as batches within the announced limits")
    func largeGroup() {
        var limits = Limits()
        limits.batchLines = 4
        limits.turnBytes = 1000
        var bench = Bench(limits)
        let (reader, writer) = (bench.open("bek"), bench.open("aliya"))
        bench.pull(reader)
        var pen = Pen("w1")
        bench.push(writer, "w1", pen.write(count: 30))
        bench.server.write()
        bench.server.announce()
        bench.server.write()
        bench.server.announce()
        let heard = bench.hear(reader)
        let counts = heard.messages.compactMap { if case .entries(_, _, let count) = $0 { count } else { nil } }
        #expect(counts.count > 7)
        #expect(counts.allSatisfy { $0 <= 4 })
        #expect(heard.entries == bench.lines)
        #expect(heard.checkpoints.count == counts.count)
        #expect(bench.server.jobs.isEmpty)
    }

    @Test("a slow live reader is served from the store: what waits for it stays bounded, and it gets everything")
    func slowReader() {
        var limits = Limits()
        limits.turnBytes = 2000
        var bench = Bench(limits)
        let (reader, writer) = (bench.open("bek"), bench.open("aliya"))
        bench.pull(reader, credit: 1 << 40)
        bench.server.settle()
        var pen = Pen("w1")
        var taken: [UInt8] = []
        for _ in 0..<100 {
            bench.push(writer, "w1", pen.write(count: 2))
            bench.server.settle()
            taken += bench.server.take(reader, 50)
            _ = bench.server.take(writer)
        }
        #expect(bench.server.mostUnsent < 8000)
        while true {
            bench.server.settle()
            let more = bench.server.take(reader)
            if more.isEmpty { break }
            taken += more
        }
        #expect(Bench.parse(taken).entries == bench.lines)
        #expect(bench.lines.count == 200)
        // And it is live again.
        bench.push(writer, "w1", [pen.write()])
        bench.server.write()
        bench.server.announce()
        #expect(bench.hear(reader).entries == [bench.lines[200]])
    }

    @Test("a reader that is not live is told that it caught up, and gets nothing more")
    func notLive() {
        var bench = bench(entries: 3)
        let (reader, writer) = (bench.open("bek"), bench.open("aliya"))
        bench.pull(reader, after: 1, live: false)
        bench.server.settle()
        let heard = bench.hear(reader)
        #expect(heard.entries == Array(bench.lines[1...]))
        #expect(heard.caughtUp == [3])
        var pen = Pen("w2")
        bench.push(writer, "w2", [pen.write()])
        bench.server.settle()
        #expect(bench.hear(reader).isEmpty)
    }

    @Test("a pull while a stretch is being read starts where it says")
    func pullAgain() {
        var bench = bench(entries: 9)
        let reader = bench.open("bek")
        bench.pull(reader)
        bench.pull(reader, after: 6)
        bench.server.settle()
        #expect(bench.hear(reader).entries == Array(bench.lines[6...]))
        bench.pull(reader, after: 8)
        bench.pull(reader, after: 2)
        bench.server.settle()
        #expect(bench.hear(reader).entries == Array(bench.lines[2...]))
    }

    @Test("workspaces take turns: none waits until another has caught up")
    func turns() {
        var limits = Limits()
        limits.turnBytes = 1500
        var bench = Bench(limits, workspaces: ["desk", "other"])
        for workspace in ["desk", "other"] {
            let id = bench.open("writer", workspace: named(workspace))
            var pen = Pen("w1")
            // Almost all of it is one stored group, so there is always more to send at once.
            bench.push(id, "w1", pen.write(count: 40), workspace: named(workspace))
            bench.server.settle()
        }
        let reader = bench.open("bek")
        bench.say(reader, .open(.init(workspace: named("other"), log: nil, have: 0, head: nil, replicas: [])))
        bench.server.settle()
        _ = bench.hear(reader)
        for workspace in ["desk", "other"] {
            bench.say(reader, .pull(workspace: named(workspace), after: 0, credit: 1 << 30, live: true))
        }
        var order: [String] = []
        while true {
            bench.server.settle()
            let heard = bench.hear(reader)
            if heard.isEmpty { break }
            order += heard.messages.compactMap { if case .entries(let workspace, _, _) = $0 { workspace.raw } else { nil } }
        }
        let firstHalf = order.prefix(order.count / 2)
        #expect(firstHalf.filter { $0 == "other" }.count > firstHalf.count / 3)
    }

    @Test("a client that does not read what it is told is not listened to until it does")
    func deafClient() {
        var limits = Limits()
        limits.peerOutputBytes = 1000
        var bench = Bench(limits)
        let id = bench.signIn("aliya")
        var pings: [UInt8] = []
        for _ in 0..<500 { pings += ClientMessageCodec.encode(.ping) }
        bench.server.receive(pings, from: id)
        #expect(bench.server.paused == [id])
        #expect(bench.server.mostUnsent < 1200)
        var pongs = 0
        while true {
            let heard = bench.hear(id)
            if heard.isEmpty { break }
            pongs += heard.messages.count
        }
        #expect(pongs == 500)
        #expect(bench.server.paused.isEmpty)
    }
}
