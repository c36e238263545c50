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
    /// As GRDB's own, but with statements that are kept: to parse BEGIN and COMMIT each time took as long as many a transaction's work.
    func prepared<T>(_ beginning: Beginning, _ body: () throws -> T) throws -> T {
        try cachedStatement(sql: beginning.rawValue).execute()
        do {
            let result = try body()
            try cachedStatement(sql: "COMMIT").execute()
            return result
        } catch {
            // Some errors end the transaction by themselves.
            if isInsideTransaction { try? cachedStatement(sql: "ROLLBACK").execute() }
            throw error
        }
    }
}
