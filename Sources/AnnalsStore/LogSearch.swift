internal import AnnalsModel
internal import GRDB

/// The search of a whole log for a change's id.
enum LogSearch {
    /// How many groups one transaction reads: a long one would keep the write-ahead log from starting over.
    static let groupsPerRead = 64

    /// How one transaction of the search ended.
    enum Step {
        case found
        case end
        /// The key of the last group searched.
        case more(after: Int64)
    }

    /// Searches the next groups after the key.
    ///
    /// A line is read with `changeID` where it has the quoted id, because the same characters may also stand in a text,
    /// a reference, or a refusal; and where it has an escape that could spell one of the id's characters.
    static func search(
        for change: ChangeID, after key: Int64, through last: Int64, _ db: Database, _ lines: LinesFile,
        changeID: (_ line: [UInt8]) -> ChangeID?
    ) throws -> Step {
        let patterns = ["\"\(change.raw)\"", "\\u00"].map { BytePattern(Array($0.utf8)) }
        let statement = try db.cachedStatement(
            sql: "SELECT key, size, place, bytes FROM commit_group WHERE key > ? AND key <= ? ORDER BY key LIMIT ?")
        let groups = try Row.fetchCursor(statement, arguments: [key, last, groupsPerRead])
        var searched: Int64?
        while let group = try groups.next() {
            var bytes: [UInt8] = []
            try LogReads.lines(of: group, at: 1, lines, into: &bytes)
            let found = bytes.withUnsafeBytes { bytes in
                patterns.contains { has($0, in: bytes) { changeID($0) == change } }
            }
            if found { return .found }
            searched = group[0]
        }
        return searched.map { .more(after: $0) } ?? .end
    }

    /// Whether a line that has the pattern also passes `verify`; each line is asked once.
    private static func has(
        _ pattern: BytePattern, in bytes: UnsafeRawBufferPointer, verify: (_ line: [UInt8]) -> Bool
    ) -> Bool {
        var start = 0
        while let hit = pattern.firstIndex(in: bytes, from: start) {
            let before = bytes[start..<hit].lastIndex(of: UInt8(ascii: "\n"))
            let line = before.map { $0 + 1 } ?? start
            let end = bytes[hit...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if verify(Array(bytes[line..<end])) { return true }
            start = min(end + 1, bytes.count)
        }
        return false
    }
}
