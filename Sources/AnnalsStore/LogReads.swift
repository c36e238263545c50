internal import AnnalsCore
internal import AnnalsModel
internal import Foundation
internal import GRDB

/// A workspace's row, without its marks.
struct WorkspaceRow {
    var id: Int64
    var log: String
    var start: Digest
    var epoch: Int64
    var seq: Int64
    var head: Digest
    var at: Instant
    /// The seq up to which the marks stand in their own table.
    var marked: Int64
}

/// A group's row, with or without its bytes.
struct GroupRow {
    var first: Int64
    var count: Int64
    var head: Digest
    var bytes: [UInt8]

    var last: Int64 { first + count - 1 }
}

/// What is read of the log, each in the transaction that the caller has opened.
enum LogReads {
    static func names(_ db: Database) throws -> [Name] {
        try String.fetchAll(db, sql: "SELECT name FROM workspace ORDER BY name").map { try name($0) }
    }

    static func workspace(_ name: Name, _ db: Database) throws -> WorkspaceRow? {
        let statement = try db.cachedStatement(sql: "SELECT id, log, start, epoch, at, marked FROM workspace WHERE name = ?")
        guard let row = try Row.fetchOne(statement, arguments: [name.raw]) else { return nil }
        let start = try digest(row[2])
        var workspace = WorkspaceRow(
            id: row[0], log: row[1], start: start, epoch: row[3], seq: 0, head: start, at: Instant(milliseconds: row[4]),
            marked: row[5])
        let last = try db.cachedStatement(
            sql: "SELECT key, count, at, head FROM commit_group WHERE key BETWEEN ? AND ? ORDER BY key DESC LIMIT 1")
        let keys: StatementArguments = [LogSchema.key(workspace.id, 1), LogSchema.key(workspace.id, LogSchema.seqMax)]
        if let group = try Row.fetchOne(last, arguments: keys) {
            workspace.seq = LogSchema.seq(ofKey: group[0]) + group[1] - 1
            workspace.at = Instant(milliseconds: group[2])
            workspace.head = try digest(group[3])
        }
        return workspace
    }

    /// The marks of the groups that are not in the marks' own table yet.
    static func unmarked(_ workspace: WorkspaceRow, _ db: Database) throws -> [Name: ReplicaMark] {
        let statement = try db.cachedStatement(sql: "SELECT marks FROM commit_group WHERE key BETWEEN ? AND ? ORDER BY key")
        let keys: StatementArguments = [
            LogSchema.key(workspace.id, workspace.marked + 1), LogSchema.key(workspace.id, LogSchema.seqMax),
        ]
        var all: [Name: ReplicaMark] = [:]
        let rows = try String.fetchCursor(statement, arguments: keys)
        while let row = try rows.next() {
            for (replica, mark) in try ReplicaMarks.read(row) { all[replica] = mark }
        }
        return all
    }

    /// - throws: `LogStoreError.unknownWorkspace`
    static func known(_ name: Name, _ db: Database) throws -> WorkspaceRow {
        guard let row = try workspace(name, db) else {
            throw LogStoreError(.unknownWorkspace, "There is no workspace \(name). Create it first.")
        }
        return row
    }

    static func head(_ name: Name, _ db: Database) throws -> LogHead? {
        guard let row = try workspace(name, db) else { return nil }
        var head = LogHead(workspace: name, log: row.log, epoch: row.epoch, seq: row.seq, head: row.head, at: row.at)
        let marks = try Row.fetchCursor(
            db, sql: "SELECT replica, n, hash, user FROM replica_mark WHERE workspace = ?", arguments: [row.id])
        while let mark = try marks.next() {
            guard let hash = ShortHash(hex: mark[2]) else { throw damaged("a replica's hash is none") }
            head.last[try Self.name(mark[0])] = ReplicaMark(n: mark[1], hash: hash, user: try Self.name(mark[3]))
        }
        head.last.merge(try unmarked(row, db)) { $1 }
        let moved = try String.fetchCursor(db, sql: "SELECT change FROM moved WHERE workspace = ?", arguments: [row.id])
        while let raw = try moved.next() {
            guard let change = ChangeID(raw) else { throw damaged("a change's id is none") }
            head.moved.insert(change)
        }
        return head
    }

    /// The group that holds `seq`, which must be in the log.
    static func group(_ workspace: Int64, holding seq: Int64, _ db: Database) throws -> GroupRow {
        let statement = try db.cachedStatement(
            sql: "SELECT key, count, head, bytes FROM commit_group WHERE key BETWEEN ? AND ? ORDER BY key DESC LIMIT 1")
        let keys: StatementArguments = [LogSchema.key(workspace, 1), LogSchema.key(workspace, seq)]
        guard let row = try Row.fetchOne(statement, arguments: keys) else { throw damaged("entry \(seq) is missing") }
        let bytes = try row.withUnsafeData(atIndex: 3) { [UInt8]($0 ?? Data()) }
        let group = GroupRow(
            first: LogSchema.seq(ofKey: row[0]), count: row[1], head: try digest(row[2]), bytes: bytes)
        guard seq <= group.last else { throw damaged("entry \(seq) is missing") }
        return group
    }

    /// H(first − 1) of the group that begins with `first`.
    static func hash(before first: Int64, of workspace: WorkspaceRow, _ db: Database) throws -> Digest {
        if first == 1 { return workspace.start }
        let statement = try db.cachedStatement(
            sql: "SELECT key + count, head FROM commit_group WHERE key BETWEEN ? AND ? ORDER BY key DESC LIMIT 1")
        let keys: StatementArguments = [LogSchema.key(workspace.id, 1), LogSchema.key(workspace.id, first - 1)]
        guard let row = try Row.fetchOne(statement, arguments: keys),
            row[0] == LogSchema.key(workspace.id, first)
        else { throw damaged("the group before entry \(first) is missing") }
        return try digest(row[1])
    }

    private static func name(_ raw: String) throws -> Name {
        guard let name = Name(raw) else { throw damaged("a name has characters that no name has") }
        return name
    }

    private static func digest(_ bytes: Data) throws -> Digest {
        guard let digest = Digest(bytes: bytes) else { throw damaged("a digest has not 32 bytes") }
        return digest
    }
}
