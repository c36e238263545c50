public import AnnalsCore
public import AnnalsModel
internal import GRDB

/// The canonical log in one SQLite file, `log.sqlite` in the data folder.
///
/// One row is one commit group, one `append` one transaction that returns when the disk has it (write-ahead log,
/// synchronous = FULL). One thread appends; any number may read meanwhile, and they see only what is on disk.
///
/// It is safe to share between threads: all that changes is `connections`, only while `lock` is held alone, and it is only
/// used while `lock` is held.
public final class SQLiteLogStore: LogStore, @unchecked Sendable {
    /// Reads the id of the change in an entry's line (without LF); nil for a refusal and for what is no entry.
    ///
    /// A refusal holds no change: one that is mended and sent again keeps its id, and must find its way in.
    public typealias ChangeIDReader = @Sendable (_ line: [UInt8]) -> ChangeID?

    private let folder: DataFolder
    private let options: StoreOptions
    private let changeID: ChangeIDReader
    private let lock = ReadWriteLock()
    private var connections: StoreConnections?

    /// Opens the store in the folder, or makes it there.
    ///
    /// - parameter changeID: see ``ChangeIDReader``.
    /// - throws: `LogStoreError`: `notAStore` for a file of another program, which is left as it is; `readOnly`,
    ///   `diskFull` and `failed` as they say.
    public convenience init(in folder: DataFolder, changeID: @escaping ChangeIDReader) throws {
        try self.init(in: folder, options: StoreOptions(), changeID: changeID)
    }

    package init(in folder: DataFolder, options: StoreOptions, changeID: @escaping ChangeIDReader) throws {
        self.folder = folder
        self.options = options
        self.changeID = changeID
        connections = try StoreConnections(folder: folder, options: options)
    }

    /// Closes all connections; the last of them brings the write-ahead log into the file. The folder stays locked as
    /// long as its `DataFolder` lives. No other method works afterwards but ``reopen()``.
    public func close() throws {
        try lock.alone {
            // Only the next start would take longer without it.
            if let connections { try? connections.writer.writeWithoutTransaction { try connections.end.mark($0) } }
            try closeConnections()
        }
    }

    public func reopen() throws {
        try lock.alone {
            try closeConnections()
            connections = try StoreConnections(folder: folder, options: options)
        }
    }

    private func closeConnections() throws {
        guard let connections else { return }
        try failing("\(path) cannot be closed") { try connections.close() }
        self.connections = nil
    }

    public func workspaces() throws -> [Name] {
        try read { db, _ in try LogReads.names(db) }
    }

    public func head(of workspace: Name) throws -> LogHead? {
        try read { try LogReads.head(workspace, $0, $1) }
    }

    public func create(_ head: LogHead) throws {
        try write { try LogWrites.create(head, $0) }
    }

    public func append(_ groups: [LogGroup]) throws {
        if groups.isEmpty { return }
        try onWriter { db, end in try end.append(groups, db) }
    }

    public func stretch(of workspace: Name, holding seq: Int64) throws -> LogStretch? {
        try read { try LogReads.stretch(workspace, holding: seq, $0, $1) }
    }

    public func chainHash(of workspace: Name, at seq: Int64) throws -> Digest? {
        try read { db, lines in
            let row = try LogReads.known(workspace, db)
            if seq == 0 { return row.start }
            guard seq > 0, seq <= row.seq else { return nil }
            if seq == row.seq { return row.head }
            let group = try LogReads.group(row.id, holding: seq, db, lines)
            if seq == group.last { return group.head }
            let before = try LogReads.hash(before: group.first, of: row, db)
            guard let hash = Lines.chainHash(after: seq - group.first + 1, of: group.bytes, before: before) else {
                throw damaged("the group at \(group.first) of \(workspace) lacks lines")
            }
            return hash
        }
    }

    public func holds(_ change: ChangeID, in workspace: Name) throws -> Bool {
        let id = try read { db, _ in try LogReads.known(workspace, db).id }
        let last = LogSchema.key(id, LogSchema.seqMax)
        var after = LogSchema.key(id, 0)
        while true {
            let step = try read {
                try LogSearch.search(for: change, after: after, through: last, $0, $1, changeID: changeID)
            }
            switch step {
            case .found: return true
            case .end: return false
            case .more(let key): after = key
            }
        }
    }

    /// `PRAGMA synchronous` of the writing connection, as SQLite reports it.
    package func writerSynchronous() throws -> Int? {
        try onWriter { db, _ in try Int.fetchOne(db, sql: "PRAGMA synchronous") }
    }

    private var path: String { folder.file(LogSchema.fileName) }

    private func read<Result>(_ body: (Database, LinesFile) throws -> Result) throws -> Result {
        try lock.shared {
            let readers = try current().readers
            return try failing("\(path) cannot be read") { try readers.read(body) }
        }
    }

    /// One transaction on the writing connection, committed and synced when this returns, else rolled back.
    private func write(_ body: (Database) throws -> Void) throws {
        try onWriter { db, _ in
            try db.inTransaction(.immediate) {
                try body(db)
                return .commit
            }
        }
    }

    private func onWriter<Result>(_ body: (Database, LogEnd) throws -> Result) throws -> Result {
        try lock.shared {
            let connections = try current()
            return try failing("\(path) cannot be written") {
                try connections.writer.writeWithoutTransaction { try body($0, connections.end) }
            }
        }
    }

    private func current() throws -> StoreConnections {
        guard let connections else { throw LogStoreError(.failed, "The log store is closed. Open it again first.") }
        return connections
    }
}
