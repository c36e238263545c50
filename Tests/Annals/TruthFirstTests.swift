import AnnalsModel
import AnnalsWire
import Foundation
import GRDB
import Testing

@testable import Annals

/// Keeps what shall be done later until it is let go. Locked because replicas plan from several threads.
final class Held: @unchecked Sendable {
    private let lock = NSLock()
    private var planned: [(milliseconds: Int, work: @Sendable () -> Void)] = []

    func later(_ milliseconds: Int, _ work: @escaping @Sendable () -> Void) {
        lock.withLock { planned.append((milliseconds, work)) }
    }

    /// Does what has been planned up to now for so soon.
    func run(within milliseconds: Int = .max) {
        let due = lock.withLock {
            defer { planned.removeAll { $0.milliseconds <= milliseconds } }
            return planned.filter { $0.milliseconds <= milliseconds }
        }
        for (_, work) in due { work() }
    }
}

/// What is recorded is on disk at once, and its rows follow.
@Suite struct TruthFirstTests {
    let folder: TemporaryFolder
    let held = Held()

    init() throws { folder = try TemporaryFolder() }

    /// A replica, and the same file once more: nothing happens by itself there.
    private func replica() throws -> Replica {
        var ambient = Repeatable(1).ambient
        ambient.later = held.later
        return try Replica.create(in: folder("r"), user: #require(Name("aliya")), workspace: TestLog.workspace, ambient: ambient)
    }

    private func again() throws -> Replica {
        var ambient = Ambient.system
        ambient.later = held.later
        return try Replica(ReplicaStore(ReplicaPaths(folder("r")), vocabulary: .current, ambient: ambient))
    }

    /// The entities that have rows, whatever was recorded.
    private func rows(_ replica: Replica) throws -> Int {
        try replica.store.onWriter { try Int.fetchOne($0, sql: "SELECT count(*) FROM entity") ?? 0 }
    }

    private func unshown(_ replica: Replica) throws -> Int64 {
        try replica.store.read(.none) { _, meta in meta.recorded.count }
    }

    @discardableResult
    private func event(_ replica: Replica, _ title: String) throws -> ItemID {
        try replica.quickly { try $0.create("event", fields: [("title", .string(title))]) }
    }

    @Test("another process's read shows what was recorded a moment ago")
    func others() throws {
        let replica = try replica()
        let other = try again()
        let one = try event(replica, "one")
        #expect(try rows(replica) == 0)
        #expect(try other.view().entity(one)?.shown("title") == "one")
        #expect(try rows(replica) == 1)
        try event(replica, "two")
        #expect(try other.view().entities(kind: "event").count == 2)
        #expect(try unshown(other) == 0)
    }

    @Test("a recording writes one page, and other processes go on from its number and hash")
    func onePage() throws {
        let replica = try replica()
        let other = try again()
        try event(replica, "one")
        let (revision, journal) = (try self.revision(replica), replica.store.paths.journalBytes)
        try event(replica, "two")
        // A frame of the write-ahead log is a page and its header of 24 bytes.
        #expect(replica.store.paths.journalBytes - journal == 8192 + 24)
        #expect(try self.revision(replica) == revision + 1)
        #expect(try self.revision(other) == revision + 1)
        try event(other, "three")
        let changes = try other.store.read(.none) { db, _ in try Outbox(db: db).all().map { try decodeOwn($0.pending) } }
        #expect(changes.map(\.n) == [1, 2, 3])
        #expect(changes.map(\.prev) == [nil] + changes.prefix(2).map { sha256(ChangeCodec.encode($0)).short })
        #expect(try unshown(other) == 3)
    }

    private func revision(_ replica: Replica) throws -> Int64 { try replica.store.read(.none) { _, meta in meta.revision } }

    @Test("a look at something else leaves it to wait, in the process that recorded it and in others")
    func elsewhere() throws {
        let replica = try replica()
        let other = try again()
        let one = try event(replica, "one")
        try replica.store.showRecorded()
        try event(replica, "two")
        #expect(try replica.view().entity(one) != nil)
        #expect(try other.view().entity(one) != nil)
        #expect(try unshown(replica) == 1)
        // What others recorded before it is looked up.
        let three = try event(other, "three")
        #expect(try other.view().entity(one) != nil)
        #expect(try unshown(other) == 2)
        #expect(try replica.view().entity(three)?.shown("title") == "three")
        #expect(try unshown(replica) == 0)
    }

    @Test("the eighth recording in a row shows them all, and each builds on those before it")
    func eighth() throws {
        let replica = try replica()
        for number in 1...Int(ReplicaStore.unshownMax) {
            #expect(try rows(replica) == 0)
            try event(replica, "\(number)")
        }
        #expect(try rows(replica) == Int(ReplicaStore.unshownMax))
        #expect(try unshown(replica) == 0)
        let view = try replica.view()
        let event = try #require(view.entities(kind: "event").first)
        for number in 1...20 {
            try replica.record(from: replica.view()) { try $0.set(event.id, "title", .string("title \(number)")) }
        }
        #expect(try replica.view().entity(event.id)?.shown("title") == "title 20")
        #expect(try view.entity(event.id)?.shown("title") == "1")
        #expect(try replica.verify().problems == [])
    }

    @Test("in a quiet moment it shows by itself, and not while somebody goes on recording")
    func byItself() throws {
        let replica = try replica()
        try event(replica, "one")
        try event(replica, "two")
        held.run()
        #expect(try rows(replica) == 0)
        held.run()
        #expect(try rows(replica) == 2)
    }

    @Test("where somebody else writes at that moment, it shows by itself a moment later")
    func busy() throws {
        let replica = try replica()
        let other = try again()
        try event(replica, "one")
        try other.store.writeLock.lock()
        held.run(within: ReplicaStore.showMilliseconds)
        #expect(try rows(replica) == 0)
        other.store.writeLock.unlock()
        held.run()
        #expect(try rows(replica) == 1)
    }

    @Test("a view taken between two recordings shows the first and not the second")
    func between() throws {
        let replica = try replica()
        let one = try event(replica, "one")
        try replica.store.showRecorded()
        try replica.quickly { try $0.set(one, "title", "a") }
        let view = try replica.view()
        try replica.record(from: view) { try $0.set(one, "summary", "b") }
        #expect(try view.entity(one)?.shown("title") == "a")
        #expect(try view.entity(one)?.shown("summary") == nil)
        #expect(try view.entities(kind: "event").first?.shown("summary") == nil)
        #expect(try replica.view().entity(one)?.shown("summary") == "b")
    }

    @Test("what is confirmed or refused before it shows is folded once", arguments: [false, true])
    func settled(_ isRefused: Bool) throws {
        var log = TestLog()
        let replica = try replica()
        try replica.meet(log)
        let one = try event(replica, "one")
        let row = try #require(replica.store.outbox(after: 0, of: nil, limit: 9).first)
        if isRefused { try log.refuse(row, by: replica.user) } else { log.accept(row, by: replica.user) }
        #expect(try unshown(replica) == 1)
        try replica.pull(log)
        #expect(try unshown(replica) == 0)
        #expect(try replica.view().entity(one)?.shown("title") == (isRefused ? nil : "one"))
        #expect(try replica.verify(by: log.signer).problems == [])
    }

    @Test("the end of a program shows what is left, and so does folding anew where it was killed")
    func end() throws {
        let replica = try replica()
        let one = try event(replica, "one")
        try replica.store.onWriter { try $0.execute(sql: "UPDATE meta SET value = 'another' WHERE key = 'schema'") }
        let next = try again()
        #expect(try rows(next) == 1)
        try next.quickly { try $0.set(one, "title", "uno") }
        #expect(try next.verify().problems == [])
        try event(next, "two")
        next.close()
        let file = try DatabaseQueue(path: next.store.paths.database)
        #expect(try file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM events") } == 2)
        try file.close()
        replica.close()
    }

    @Test("a file of before, which does not say what shows, shows what is recorded next")
    func before() throws {
        try event(replica(), "one")
        let old = try again()
        try old.store.showRecorded()
        try old.store.onWriter {
            try $0.execute(
                sql: """
                    DELETE FROM meta WHERE key = 'shown_n'; INSERT INTO meta VALUES ('next_n', 2);
                    UPDATE meta SET value = 1 WHERE key = 'format'; PRAGMA user_version = 1
                    """)
        }
        old.close()
        let replica = try again()
        let two = try event(replica, "two")
        #expect(try unshown(replica) == 1)
        #expect(try replica.view().entity(two)?.shown("title") == "two")
        #expect(try replica.verify().problems == [])
    }

    @Test("a recording that fails at its commit leaves nothing behind that hides the next one")
    func failed() throws {
        let replica = try replica()
        try event(replica, "one")
        // What only a commit finds out, as it does that a disk is full.
        try replica.store.onWriter {
            try $0.execute(
                sql: """
                    CREATE TABLE parent (id INTEGER PRIMARY KEY);
                    CREATE TABLE child (id REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
                    CREATE TRIGGER late AFTER INSERT ON pending BEGIN INSERT INTO child VALUES (1); END
                    """)
        }
        #expect(throws: (any Error).self) { try event(replica, "two") }
        try replica.store.onWriter { try $0.execute(sql: "DROP TRIGGER late; DROP TABLE child; DROP TABLE parent") }
        let three = try event(replica, "three")
        #expect(try replica.view().entity(three)?.shown("title") == "three")
        #expect(try replica.verify().problems == [])
    }

    @Test("observers are told of a recording once, and not of its rows")
    func told() throws {
        let replica = try replica()
        func news() throws -> Int64 { try replica.store.read(.none) { _, meta in meta.news } }
        let before = try news()
        try event(replica, "one")
        try replica.store.showRecorded()
        try replica.store.indexTexts()
        #expect(try news() == before + 1)
    }
}
