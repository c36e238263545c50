import AnnalsCore
import AnnalsModel
import AnnalsWire
import Foundation
import GRDB
import Testing

@testable import Annals

/// The first copy of a record is stored as it arrives and shown at its end.
@Suite struct FirstCopyTests {
    let folder: TemporaryFolder
    private let log: TestLog

    init() throws {
        folder = try TemporaryFolder()
        var log = TestLog()
        let author = try Replica.test(folder, "author")
        try author.meet(log)
        var events: [ItemID] = []
        for number in 1...20 {
            events.append(
                try author.quickly {
                    try $0.create(
                        "event", fields: [("title", .string("visit \(number)")), ("when", ["edtf": .string("2025-08-0\(number % 9 + 1)")])])
                })
        }
        for event in events { try author.quickly { try $0.add(event, "tags", "peace") } }
        for event in events { try author.quickly { try $0.note(on: event, text: "seen") } }
        try author.push(&log)
        self.log = log
    }

    private func replica(_ name: String = "r") throws -> Replica {
        let replica = try Replica.test(folder, name, user: "bek", seed: 2)
        try replica.meet(log)
        return replica
    }

    private func check(_ replica: Replica) throws {
        let rows = try replica.store.outbox(after: 0, of: nil, limit: 99)
        #expect(try replica.exported() == oracle(log, through: log.seq, pending: rows, user: replica.user))
        #expect(try replica.verify(by: log.signer).problems == [])
        #expect(try replica.view().search("seen").count == 20)
        // The same tables and indexes as in any other file.
        let schema = "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name)"
        #expect(try sqlite3(replica, schema) == sqlite3(Replica.test(folder, "fresh-\(UInt64.random(in: 0 ... .max))"), schema))
        #expect(try replica.store.onWriter { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        try replica.quickly { try $0.create("event", fields: [("title", "after it")]) }
        #expect(try replica.store.onWriter { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
    }

    @Test("nothing of it shows until all is here, and what is recorded meanwhile stays", arguments: [false, true])
    func whole(readAhead: Bool) throws {
        let replica = try replica()
        let ahead = LinesAhead(replica.store)
        try replica.quickly { try $0.create("event", fields: [("title", "of my own")]) }
        for first in [Int64(1), 21, 41] {
            let batch = try log.batch(first, first + 19)
            if readAhead { ahead.arrived(batch.pieces) }
            try replica.store.stage(batch)
            #expect(try replica.status().have == 0 && replica.status().received == first + 19)
            #expect(try replica.view().entities(kind: "event").count == 1 && replica.view().base.seq == 0)
        }
        if readAhead {
            #expect(ahead.finish(try log.batch(41, 60)))
            ahead.wait()
            #expect(ahead.hasFinished)
        }
        #expect(try replica.store.showStaged(readAhead ? ahead : nil).have == 60)
        #expect(try replica.status().have == 60 && replica.status().received == 60)
        try check(replica)
    }

    @Test("one that was cut off is shown by whoever opens the file next, and a sync goes on from there")
    func cut() throws {
        let first = try replica()
        try first.store.stage(log.batch(1, 30))
        first.close()
        let replica = try Replica.open(in: folder("r"))
        #expect(try replica.status().have == 30)
        try replica.pull(log)
        try check(replica)
    }

    @Test("while somebody makes it, whoever opens the file sees nothing of it and does not end it")
    func beside() throws {
        let replica = try replica()
        let lock = try replica.store.takeSyncLock()
        defer { lock.unlock() }
        try replica.store.stage(log.batch(1, 30))
        let other = try Replica.open(in: folder("r"))
        #expect(try other.status().have == 0 && other.status().received == 30)
        #expect(try other.view().entities(kind: "event").isEmpty)
        // The other one has the file open, so it cannot be had alone.
        try replica.store.stage(log.batch(31, 60))
        try replica.store.showStaged()
        #expect(try other.status().have == 60)
        try check(replica)
        try check(other)
    }

    @Test("a batch that does not follow what is staged is not taken")
    func follows() throws {
        let replica = try replica()
        try replica.store.stage(log.batch(1, 10))
        #expect(throws: AnnalsError.self) { try replica.store.stage(log.batch(12, 20)) }
        #expect(throws: AnnalsError.self) { try replica.store.stage(log.batch(1, 10)) }
        try replica.store.stage(log.batch(11, 60))
        try replica.store.showStaged()
        #expect(throws: AnnalsError.self) { try replica.store.stage(log.batch(1, 10)) }
        try check(replica)
    }

    @Test("entries of the file's own confirm what waits, as with any other batch")
    func own() throws {
        var log = log
        let replica = try replica()
        let event = try replica.quickly { try $0.create("event", fields: [("title", "of my own")]) }
        let refused = try replica.quickly { try $0.create("event", fields: [("title", "refused")]) }
        let rows = try replica.store.outbox(after: 0, of: nil, limit: 9)
        log.accept(rows[0], by: replica.user)
        try log.refuse(rows[1], by: replica.user)
        try replica.store.stage(log.batch(1, 30))
        try replica.store.stage(log.batch(31, 62))
        #expect(try replica.store.showStaged().settled == [rows[0].replica: 2])
        #expect(try replica.status().waiting.isEmpty && replica.status().refused.count == 1)
        #expect(try replica.view().entity(event)?.created?.seq == 61 && replica.view().entity(refused) == nil)
        #expect(try replica.verify(by: log.signer).problems == [])
    }

    @Test("a process that ended while it was being shown leaves what had arrived, and the file can be opened")
    func killed() throws {
        let first = try replica()
        try first.store.stage(log.batch(1, 40))
        let left = folder("left")
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
        struct Killed: Error {}
        #expect(throws: Killed.self) {
            try first.store.writeAtOneGo { db, _ in
                // Pages that were there before are changed, and go to the file before the commit.
                try db.execute(sql: "PRAGMA cache_size = 1; PRAGMA cache_spill = 1")
                try db.execute(sql: "UPDATE log_chunk SET head = zeroblob(32), bytes = zeroblob(length(bytes))")
                for number in 1...2000 {
                    try db.execute(sql: "INSERT INTO entity VALUES (?, ?, 'event')", arguments: ["x\(number)", number])
                }
                try FileManager.default.copyItem(atPath: folder("r") + "/.annals", toPath: left + "/.annals")
                throw Killed()
            }
        }
        // What another process would find is the journal of a transaction that nobody will end.
        #expect(FileManager.default.fileExists(atPath: left + "/.annals/replica.sqlite-journal"))
        let replica = try Replica.open(in: left)
        #expect(try replica.status().have == 40)
        try replica.pull(log)
        try check(replica)
        try first.store.showStaged()
        #expect(try first.status().have == 40)
    }

    @Test("where a line cannot be read nothing is shown of it, the file stays usable, and what comes before it is shown as it arrives")
    func unreadable() throws {
        var log = log
        let replica = try replica()
        var row = try #require(try replica.store.outboxOfOne("of my own"))
        row.bytes = Array("{\"id\":1}".utf8)
        log.accept(row, by: replica.user)
        try replica.store.stage(log.batch(1, 30))
        try replica.store.stage(log.batch(31, 61))
        #expect(failure { try replica.store.showStaged() } == .badBatch)
        #expect(try replica.status().have == 0 && replica.status().received == 0 && !replica.store.takesFirstCopy)
        try replica.store.apply(log.batch(1, 60))
        #expect(failure { try replica.store.apply(log.batch(61, 61)) } == .badBatch)
        #expect(try replica.view().entities(kind: "event", limit: 99).count == 21)
    }
}

extension ReplicaStore {
    /// The row of an event that is recorded here.
    fileprivate func outboxOfOne(_ title: String) throws -> PendingRow? {
        try Replica(self).quickly { try $0.create("event", fields: [("title", .string(title))]) }
        return try outbox(after: 0, of: nil, limit: 1).first
    }
}
