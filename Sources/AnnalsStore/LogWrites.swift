internal import AnnalsCore
internal import AnnalsModel
internal import Foundation
internal import GRDB

/// What is written to the log, each in the transaction that the caller has opened.
enum LogWrites {
    /// - throws: `LogStoreError` where the name is taken or the log is not empty.
    static func create(_ head: LogHead, _ db: Database) throws {
        guard head.seq == 0, head.last.isEmpty, head.moved.isEmpty else {
            throw LogStoreError(.notNext, "A workspace begins empty, but \(head.workspace) was given a head at \(head.seq).")
        }
        guard try LogReads.workspace(head.workspace, db) == nil else {
            throw LogStoreError(.exists, "There is a workspace \(head.workspace) already. Choose another name.")
        }
        let digest = Data(head.head.bytes)
        try db.cachedStatement(
            sql: "INSERT INTO workspace (name, log, start, epoch, at, marked) VALUES (?, ?, ?, ?, ?, 0)"
        ).execute(arguments: [head.workspace.raw, head.log, digest, head.epoch, head.at.milliseconds])
        guard db.lastInsertedRowID <= LogSchema.workspaceMax else {
            throw LogStoreError(.failed, "The log store holds no more workspaces. Use another data folder for new ones.")
        }
    }

    /// - Parameters:
    ///   - place: where its lines stand already; nil where they go into the row.
    ///   - tail: the log's end, which goes on by the group.
    /// - throws: `LogStoreError` where the group does not follow its workspace's head.
    static func append(_ group: LogGroup, at place: Int64?, to tail: inout LogTail, _ db: Database) throws {
        try check(group, follows: tail.workspace)
        try AppendStatements(db: db).insert(
            group, key: LogSchema.key(tail.workspace.id, group.first), marks: ReplicaMarks.lines(group.last),
            cuts: try LogCuts.bytes(group.cuts), place: place)
        tail.append(group)
        if tail.workspace.seq - tail.workspace.marked >= LogSchema.unmarkedMax { try mark(&tail, db) }
        for change in group.moved {
            try db.cachedStatement(sql: "INSERT OR IGNORE INTO moved (workspace, change) VALUES (?, ?)")
                .execute(arguments: [tail.workspace.id, change.raw])
        }
    }

    /// Brings the marks of the groups into their own table.
    static func mark(_ tail: inout LogTail, _ db: Database) throws {
        let workspace = tail.workspace.id
        for (replica, mark) in tail.unmarked {
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO replica_mark (workspace, replica, n, hash, user) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [workspace, replica.raw, mark.n, mark.hash.hex, mark.user.raw])
        }
        try db.cachedStatement(sql: "UPDATE workspace SET marked = ? WHERE id = ?").execute(arguments: [tail.workspace.seq, workspace])
        tail.marked()
    }

    private static func check(_ group: LogGroup, follows workspace: WorkspaceRow) throws {
        let name = group.workspace
        guard group.first == workspace.seq + 1, group.count >= 1, group.first + group.count - 1 <= LogSchema.seqMax else {
            throw LogStoreError(
                .notNext, "A group of \(group.count) from \(group.first) does not follow entry \(workspace.seq) of \(name).")
        }
        guard Lines.count(group.bytes) == group.count else {
            throw LogStoreError(.notNext, "The group at \(group.first) of \(name) does not hold \(group.count) whole lines.")
        }
        guard LogCut.fit(group.cuts, count: group.count, bytes: group.bytes) else {
            throw LogStoreError(.notNext, "The group at \(group.first) of \(name) is cut where no line of it ends.")
        }
        guard group.at >= workspace.at else {
            throw LogStoreError(.notNext, "The group at \(group.first) of \(name) is earlier than the entry before it.")
        }
    }
}
