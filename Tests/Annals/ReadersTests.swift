import Dispatch
import GRDB
import Testing

@testable import Annals

/// Connections that read.
@Suite struct ReadersTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func readers() throws -> Readers {
        let path = folder("a.sqlite")
        try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE t (n); INSERT INTO t VALUES (1), (2), (3)") }
        var configuration = Configuration()
        configuration.readonly = true
        return Readers(path: path, configuration: configuration)
    }

    private func count(_ readers: Readers) throws -> Int? { try readers.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM t") } }

    @Test("who closes waits for a reader on another thread, and reads after it fail")
    func closing() throws {
        let readers = try readers()
        let (began, goOn, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let order = Order()
        DispatchQueue.global().async {
            _ = try? readers.read { db in
                began.signal()
                goOn.wait()
                order.add("read \((try? Int.fetchOne(db, sql: "SELECT count(*) FROM t")) ?? -1)")
            }
            ended.signal()
        }
        began.wait()
        DispatchQueue.global().async {
            readers.close()
            order.add("closed")
            ended.signal()
        }
        // Once reads fail, the other thread is closing.
        while (try? count(readers)) != nil {}
        goOn.signal()
        ended.wait()
        ended.wait()
        #expect(order.words == ["read 3", "closed"])
        #expect(throws: DatabaseError.self) { try count(readers) }
    }

    @Test("a reader may close what it reads with, and goes on until it is done")
    func closingWithin() throws {
        let readers = try readers()
        let found = try readers.read { db in
            readers.close()
            return try Int.fetchOne(db, sql: "SELECT count(*) FROM t")
        }
        #expect(found == 3)
    }

    @Test("after all were closed new ones are opened, also while one is in use")
    func closingAll() throws {
        let readers = try readers()
        #expect(try count(readers) == 3)
        let inner = try readers.read { _ in
            readers.closeAll()
            return try count(readers)
        }
        #expect(try inner == 3 && count(readers) == 3)
    }

    @Test("a statement that was left early begins anew")
    func leftEarly() throws {
        try readers().read { db in
            for _ in 0..<2 {
                var found: [Int64] = []
                try BoundStatement(db, "SELECT n FROM t ORDER BY n").goThrough {
                    found.append($0.integer(0))
                    return found.count < 2
                }
                #expect(found == [1, 2])
            }
        }
    }

    /// Locked because two threads add.
    private final class Order: @unchecked Sendable {
        private let lock = DispatchSemaphore(value: 1)
        private(set) var words: [String] = []

        func add(_ word: String) {
            lock.wait()
            words.append(word)
            lock.signal()
        }
    }
}
