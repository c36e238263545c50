import AnnalsModel
import Foundation
import GRDB
import Testing

@testable import Annals

/// The file: what it is, what is not one, and who may write.
@Suite struct FileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("an annotation is on disk when it is recorded: the writer is in WAL mode with synchronous FULL, also after a pull")
    func synchronous() throws {
        var log = TestLog()
        let replica = try Replica.test(folder, "r")
        func settings() throws -> [String] {
            try replica.store.onWriter { db in
                try ["synchronous", "journal_mode", "application_id", "user_version"].map {
                    try String.fetchOne(db, sql: "PRAGMA \($0)") ?? ""
                }
            }
        }
        let expected = ["2", "wal", "1095650892", "\(Schema.format)"]
        #expect(try settings() == expected)
        try replica.meet(log)
        try replica.quickly { try $0.create("event", fields: [("title", "x")]) }
        #expect(try settings() == expected)
        try replica.push(&log)
        // What is pulled need not be on disk at once; what is recorded next must be again.
        try replica.pull(log)
        #expect(try settings().dropFirst() == expected.dropFirst())
        try replica.quickly { try $0.create("event", fields: [("title", "y")]) }
        #expect(try settings() == expected)
        // Nor does a transaction that failed leave it otherwise.
        #expect(failure { try replica.store.apply(log.batch(1, 1)) } == .badBatch)
        try replica.quickly { try $0.create("event", fields: [("title", "z")]) }
        #expect(try settings() == expected)
    }

    @Test("a file that is not a replica is refused and stays as it was", arguments: 0..<4)
    func notAReplica(_ kind: Int) throws {
        let paths = ReplicaPaths(folder("r"))
        try paths.makeFolder()
        switch kind {
        case 0: try Data("hello".utf8).write(to: URL(fileURLWithPath: paths.database))
        case 1: try Data().write(to: URL(fileURLWithPath: paths.database))
        case 2: try DatabaseQueue(path: paths.database).write { try $0.execute(sql: "CREATE TABLE t (x)") }
        default: try Data(repeating: 7, count: 5000).write(to: URL(fileURLWithPath: paths.database))
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: paths.database))
        #expect(failure { try Replica.open(in: folder("r")) } == .notAReplica)
        #expect(failure { try Replica.test(folder, "r") } == .exists)
        #expect(try Data(contentsOf: URL(fileURLWithPath: paths.database)) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: paths.folder) == ["replica.sqlite"])
    }

    @Test("a file of a newer format is refused and stays as it was")
    func newer() throws {
        let replica = try Replica.test(folder, "r")
        try replica.store.onWriter { try $0.execute(sql: "PRAGMA user_version = \(Schema.format + 1)") }
        replica.close()
        let path = ReplicaPaths(folder("r")).database
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(failure { try Replica.open(in: folder("r")) } == .newerFormat)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test("a replica is found from below its folder; where there is none the error says so")
    func discover() throws {
        let replica = try Replica.test(folder, "r")
        let below = folder("r/a/b")
        try FileManager.default.createDirectory(atPath: below, withIntermediateDirectories: true)
        #expect(try Replica.open(discoveringFrom: below).status().replica == replica.status().replica)
        #expect(failure { try Replica.open(discoveringFrom: folder.path) } == .noReplica)
        #expect(failure { try Replica.open(in: folder.path) } == .noReplica)
        #expect(try Replica.open(discoveringFrom: folder.path, override: folder("r")).user.raw == "aliya")
        #expect(failure { try Replica.open(discoveringFrom: folder("nowhere")) } == .notFound)
    }

    @Test("folders that cannot be written, and SQLite's failures, say what to do and nothing of the record")
    func typedFailures() throws {
        #expect([.notFound, .readOnly].contains(failure { try Replica.create(in: "/proc/annals-test", user: Name("aliya")!) }))
        let codes: [(ResultCode, AnnalsError.Code)] = [
            (.SQLITE_FULL, .diskFull), (.SQLITE_READONLY, .readOnly), (.SQLITE_CANTOPEN, .readOnly), (.SQLITE_BUSY, .busy),
            (.SQLITE_NOTADB, .notAReplica), (.SQLITE_CORRUPT, .damaged), (.SQLITE_IOERR, .failed),
        ]
        for (sqlite, code) in codes {
            let error = AnnalsError(DatabaseError(resultCode: sqlite, message: "secret", sql: "SELECT secret"), "r.sqlite")
            #expect(error.code == code)
            #expect(!error.description.contains("secret"))
        }
        let replica = try Replica.test(folder, "r")
        try replica.store.onWriter { try $0.execute(sql: "PRAGMA query_only = 1") }
        #expect(failure { try replica.quickly { try $0.create("event", fields: [("title", "x")]) } } == .readOnly)
    }

    @Test("many writers with files of their own take turns: numbers have no gaps and each change continues the one before")
    func writers() throws {
        let replica = try Replica.test(folder, "r")
        let (writers, each) = (4, 15)
        let failures = Locked<[String]>([])
        let path = folder("r")
        DispatchQueue.concurrentPerform(iterations: writers) { writer in
            do {
                // A store of its own: another connection and another lock, as another process has.
                let own = try Replica.open(in: path)
                for number in 1...each {
                    try own.quickly { try $0.create("event", fields: [("title", .string("\(writer)-\(number)"))]) }
                }
                own.close()
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        let steps = try replica.history()
        #expect(steps.map(\.n) == (1...Int64(writers * each)).map { $0 })
        #expect(try replica.view().entities(kind: "event").count == writers * each)
        let hashes = steps.map { shortHash($0.line) }
        #expect(steps.map(\.change?.prev) == [nil] + hashes.dropLast())
        #expect(try replica.verify(by: TestSigner()).problems == [])
    }

    @Test("a write transaction is held inside the lock from beginning to end, failed ones too, and lets it go")
    func writeLock() throws {
        let replica = try Replica.test(folder, "r")
        let lock = try FileLock(path: replica.store.paths.writeLock)
        struct Interrupted: Error {}
        for durability in [ReplicaStore.Durability.full, .normal] {
            do {
                try replica.store.write(durability) { db, _ in
                    #expect(db.isInsideTransaction)
                    let isFree = try lock.tryLock()
                    #expect(!isFree)
                    throw Interrupted()
                }
                Issue.record("it was interrupted")
            } catch is Interrupted {}
            let isFree = try lock.tryLock()
            #expect(isFree)
            lock.unlock()
        }
        let wasFree = try replica.store.write { _, _ in try lock.tryLock() }
        #expect(!wasFree)
        let isFree = try lock.tryLock()
        #expect(isFree)
        lock.unlock()
    }

    @Test("every commit sets the lock file's time, for those who watch the folder")
    func touched() throws {
        let replica = try Replica.test(folder, "r")
        let path = replica.store.paths.writeLock
        func time() throws -> Date? {
            try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        }
        let old = Date(timeIntervalSince1970: 1_000_000)
        try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
        #expect(try time() == old)
        try replica.store.write { _, _ in
            let during = try time()
            #expect(during == old)
        }
        #expect(try time() != old)
    }

    @Test("one process syncs a file at a time; others are told so")
    func syncLock() throws {
        let replica = try Replica.test(folder, "r")
        let other = try Replica.open(in: folder("r"))
        let lock = try replica.store.takeSyncLock()
        #expect(failure { try other.store.takeSyncLock() } == .busy)
        lock.unlock()
        let second = try other.store.takeSyncLock()
        #expect(failure { try replica.store.takeSyncLock() } == .busy)
        second.unlock()
    }
}
