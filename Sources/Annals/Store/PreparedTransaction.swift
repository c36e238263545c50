internal import GRDB

extension Database {
    /// How a transaction begins.
    enum Beginning: String {
        /// To read: it sees what was committed when it reads first.
        case deferred = "BEGIN DEFERRED"
        /// To write.
        case immediate = "BEGIN IMMEDIATE"
    }

    /// One transaction, which is rolled back where `body` throws.
    ///
    /// As GRDB's own, but with statements that are kept and run as they are: to parse BEGIN and COMMIT each time, and to tell GRDB's
    /// observers, of whom there are none, took as long as many a transaction's work.
    func prepared<T>(_ beginning: Beginning, _ body: () throws -> T) throws -> T {
        try BoundStatement(self, beginning.rawValue).run()
        do {
            let result = try body()
            try BoundStatement(self, "COMMIT").run()
            return result
        } catch {
            // Some errors end the transaction by themselves.
            if isInsideTransaction { try? BoundStatement(self, "ROLLBACK").run() }
            throw error
        }
    }
}
