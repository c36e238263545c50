import AnnalsCore
import AnnalsModel
import AnnalsWire
import Foundation
import Testing

@testable import Annals

/// Large transactions while nobody waits, short ones while somebody does.
@Suite struct PaceTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func pieces(_ sizes: [Int]) -> [Batch.Piece] {
        let zero = Digest(words: (0, 0, 0, 0))
        let checkpoint = Checkpoint(
            workspace: TestLog.workspace, log: "x", epoch: 1, seq: 1, head: zero, at: Instant(milliseconds: 0))
        return sizes.map {
            Batch.Piece(
                first: 1, count: 1, bytes: Array(repeating: 10, count: $0), before: zero, checkpoint: checkpoint, checkpointLine: [])
        }
    }

    @Test("while nobody waits one transaction takes all; for two seconds after somebody waited it takes little, and one piece at least")
    func count() {
        var pace = StoringPace()
        let waiting = pieces([40_000, 20_000, 60_000, 60_000])
        #expect(pace.count(of: waiting, at: 0) == 4)
        pace.wanted(at: 1000)
        #expect(pace.count(of: waiting, at: 1000) == 2)
        #expect(pace.count(of: pieces([5_000_000, 1]), at: 1000) == 1)
        #expect(pace.count(of: waiting, at: 2999) == 2)
        #expect(pace.count(of: waiting, at: 3000) == 4)
        pace.wanted(at: 4000)
        #expect(pace.isShort(at: 5999) && !pace.isShort(at: 6000))
    }

    @Test("a short transaction that took too long makes the next one shorter, and quick ones make it longer, within bounds")
    func adapts() {
        var pace = StoringPace()
        let start = pace.bytes
        pace.stored(start, in: 17)
        #expect(pace.bytes == start / 2)
        pace.stored(start / 2, in: 12)
        #expect(pace.bytes == start / 2)
        pace.stored(start / 2, in: 3)
        #expect(pace.bytes > start / 2)
        // What was small for want of more says nothing of what is large.
        let now = pace.bytes
        pace.stored(10, in: 1)
        #expect(pace.bytes == now)
        for _ in 0..<100 { pace.stored(pace.bytes, in: 100) }
        #expect(pace.bytes == StoringPace.shortBytes.lowerBound)
        for _ in 0..<100 { pace.stored(pace.bytes, in: 0) }
        #expect(pace.bytes == StoringPace.shortBytes.upperBound)
    }

    /// A log of so many entries, each a piece, and a replica that has none of them.
    private func behind(_ count: Int64) throws -> (TestLog, Replica, Batch) {
        var log = TestLog()
        let author = try Replica.test(folder, "author")
        try author.meet(log)
        for number in 1...count {
            try author.quickly { try $0.create("event", fields: [("title", .string("\(number)"))]) }
        }
        try author.push(&log)
        let replica = try Replica.test(folder, "r", user: "bek", seed: 2)
        try replica.meet(log)
        return (log, replica, Batch(try (1...count).map { try log.piece($0, $0) }))
    }

    private func revision(_ replica: Replica) throws -> Int64 { try replica.store.read { _, meta in meta.revision } }

    @Test("what arrived together is stored in one transaction where nobody waits")
    func together() throws {
        let (log, replica, batch) = try behind(300)
        let before = try revision(replica)
        #expect(try replica.store.apply(batch, isWanted: { false }).have == 300)
        #expect(try revision(replica) == before + 1)
        #expect(try replica.verify(by: log.signer).problems == [])
    }

    @Test("what is read ahead and made into rows on other threads shows as what is folded from scratch, with what is pending")
    func threads() throws {
        var log = TestLog()
        let author = try Replica.test(folder, "author")
        try author.meet(log)
        let events = try (1...300).map { number in
            try author.quickly { try $0.create("event", fields: [("title", .string("\(number)"))]) }
        }
        for event in events { try author.quickly { try $0.set(event, "summary", .string("of \(event.raw)")) } }
        try author.push(&log)
        let replica = try Replica.test(folder, "r", user: "bek", seed: 2)
        try replica.meet(log)
        let ahead = LinesAhead(replica.store)
        for first in [Int64(1), 301] {
            let batch = Batch(try (first..<first + 300).map { try log.piece($0, $0) })
            for count in [1, 100, 299] { ahead.arrived(Array(batch.pieces.prefix(count))) }
            #expect(ahead.finish(batch))
            #expect(try replica.store.apply(batch, ahead: ahead, isWanted: { false }).have == first + 299)
            for event in events.prefix(30) { try replica.quickly { try $0.add(event, "tags", .string("seen at \(first)")) } }
            let rows = try replica.store.outbox(after: 0, of: nil, limit: 1000)
            #expect(try replica.exported() == oracle(log, through: first + 299, pending: rows, user: replica.user))
        }
        #expect(try replica.verify(by: log.signer).problems == [])
    }

    @Test("lines that were read for another batch are read again")
    func aheadOfAnother() throws {
        let (log, replica, batch) = try behind(9)
        let ahead = LinesAhead(replica.store)
        ahead.arrived(Array(batch.pieces.dropFirst()))
        #expect(ahead.finish(batch))
        #expect(try replica.store.apply(batch, ahead: ahead).have == 9)
        #expect(!ahead.finish(batch))
        #expect(try replica.verify(by: log.signer).problems == [])
    }

    @Test("a large transaction gives way to whoever waits, and its entries follow in short ones")
    func givesWay() throws {
        let (log, replica, batch) = try behind(300)
        var (looks, seen) = (0, [Int64]())
        let reader = try Replica.open(in: folder("r"))
        let applied = try replica.store.apply(batch) {
            looks += 1
            // What another process sees meanwhile.
            seen.append((try? reader.status().have) ?? -1)
            return looks == 1
        }
        #expect(applied.have == 300)
        // The first look came while the large transaction was under way, the others at the ends of short ones.
        #expect(seen.count > 1 && seen[0] == 0 && seen == seen.sorted())
        #expect(try replica.verify(by: log.signer).problems == [])
    }

    @Test("somebody who waits is seen, whether in another process or behind this one's own writer", .timeLimit(.minutes(1)))
    func isWanted() throws {
        let paths = ReplicaPaths(folder("locks"))
        try paths.makeFolder()
        let (mine, other) = (try WriteLock(paths), try WriteLock(paths))
        try mine.lock()
        #expect(!mine.isWanted)
        mine.announce()
        #expect(mine.isWanted)
        mine.arrived()
        #expect(!mine.isWanted)
        let passed = Locked(false)
        let thread = Thread {
            guard (try? other.lock()) != nil else { return }
            passed.withLock { $0 = true }
            other.unlock()
        }
        thread.start()
        while !mine.isWanted { sched_yield() }
        #expect(!passed.withLock { $0 })
        mine.unlock()
        while !passed.withLock({ $0 }) { sched_yield() }
    }
}
