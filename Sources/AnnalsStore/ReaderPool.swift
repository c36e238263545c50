internal import Foundation
internal import GRDB

/// What one thread reads the store with.
struct StoreReader {
    let database: DatabaseQueue
    let lines: LinesFile
}

/// Read-only connections to the store, made as threads need them.
///
/// They are opened read-only, so that they can neither write nor checkpoint, not even when they are closed.
/// The pool is safe to share between threads: `idle` and `made` are only touched while `condition` is locked.
final class ReaderPool: @unchecked Sendable {
    private let condition = NSCondition()
    private var idle: [StoreReader] = []
    private var made = 0
    private let readersMax: Int
    private let open: @Sendable () throws -> StoreReader

    init(readersMax: Int, open: @escaping @Sendable () throws -> StoreReader) {
        self.readersMax = readersMax
        self.open = open
    }

    /// Runs `body` in one read transaction: a consistent view of what is committed.
    func read<Result>(_ body: (Database, LinesFile) throws -> Result) throws -> Result {
        let reader = try borrow()
        defer { giveBack(reader) }
        return try reader.database.read { try body($0, reader.lines) }
    }

    /// Closes all connections. No read may be under way.
    func close() throws {
        condition.lock()
        defer { condition.unlock() }
        while let reader = idle.last {
            try reader.database.close()
            idle.removeLast()
            made -= 1
        }
    }

    private func borrow() throws -> StoreReader {
        condition.lock()
        while idle.isEmpty && made == readersMax { condition.wait() }
        if let reader = idle.popLast() {
            condition.unlock()
            return reader
        }
        made += 1
        condition.unlock()
        do {
            return try open()
        } catch {
            condition.lock()
            made -= 1
            condition.signal()
            condition.unlock()
            throw error
        }
    }

    private func giveBack(_ reader: StoreReader) {
        condition.lock()
        idle.append(reader)
        condition.signal()
        condition.unlock()
    }
}
