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
            throw unknown(name)
        }
        return row
    }

    private static func unknown(_ name: Name) -> LogStoreError {
        LogStoreError(.unknownWorkspace, "There is no workspace \(name). Create it first.")
    }

    static func head(_ name: Name, _ db: Database, _ lines: LinesFile) throws -> LogHead? {
        guard let row = try workspace(name, db) else { return nil }
        try checkEnd(of: row, db, lines)
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

    /// A start finds out that the lines were not restored along with the database, or less of them: by the last groups, as looking for
    /// one that stands there would else go through a log of lone changes.
    private static func checkEnd(of workspace: WorkspaceRow, _ db: Database, _ lines: LinesFile) throws {
        let keys: StatementArguments = [LogSchema.key(workspace.id, 1), LogSchema.key(workspace.id, LogSchema.seqMax)]
        let statement = try db.cachedStatement(
            sql: """
                SELECT max(place + size) FROM
                    (SELECT place, size FROM commit_group WHERE key BETWEEN ? AND ? ORDER BY key DESC LIMIT 64)
                """)
        guard let end = try Int64.fetchOne(statement, arguments: keys) else { return }
        var last: [UInt8] = []
        try lines.read(1, at: end - 1, into: &last)
        guard last == [UInt8(ascii: "\n")] else { throw damaged("\(LogSchema.linesName) is not the one of this log") }
    }

    /// The group that holds `seq`, which must be in the log.
    static func group(_ workspace: Int64, holding seq: Int64, _ db: Database, _ lines: LinesFile) throws -> GroupRow {
        let statement = try db.cachedStatement(
            sql: "SELECT key, count, head, size, place, bytes FROM commit_group WHERE key BETWEEN ? AND ? ORDER BY key DESC LIMIT 1")
        let keys: StatementArguments = [LogSchema.key(workspace, 1), LogSchema.key(workspace, seq)]
        guard let row = try Row.fetchOne(statement, arguments: keys) else { throw damaged("entry \(seq) is missing") }
        var bytes: [UInt8] = []
        try Self.lines(of: row, at: 3, lines, into: &bytes)
        let group = GroupRow(
            first: LogSchema.seq(ofKey: row[0]), count: row[1], head: try digest(row[2]), bytes: bytes)
        guard seq <= group.last else { throw damaged("entry \(seq) is missing") }
        return group
    }

    /// The group that holds `seq`, and while they are small together those that follow it; nil where there is none so far.
    ///
    /// One statement for all groups: what is read is a replay's whole cost on the disk's side. It begins with the group before, whose head
    /// is the chain's hash before the stretch.
    static func stretch(_ workspace: Name, holding seq: Int64, _ db: Database, _ lines: LinesFile) throws -> LogStretch? {
        let place = try db.cachedStatement(sql: "SELECT id, start FROM workspace WHERE name = ?")
        guard let row = try Row.fetchOne(place, arguments: [workspace.raw]) else { throw unknown(workspace) }
        guard (1...LogSchema.seqMax).contains(seq) else { return nil }
        let statement = try db.cachedStatement(
            sql: """
                SELECT key, count, head, cuts, size, place, bytes FROM commit_group
                WHERE key BETWEEN ifnull(
                    (SELECT key FROM commit_group WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC LIMIT 1 OFFSET 1), ?1) AND ?3
                ORDER BY key
                """)
        let id: Int64 = row[0]
        let (low, high) = (LogSchema.key(id, 1), LogSchema.key(id, LogSchema.seqMax))
        let groups = try Row.fetchCursor(statement, arguments: [low, LogSchema.key(id, seq), high])
        var before = try digest(row[1])
        var next: Int64 = 1
        var isFirst = true
        var stretch: LogStretch?
        while let group = try groups.next() {
            let (first, count): (Int64, Int64) = (LogSchema.seq(ofKey: group[0]), group[1])
            if isFirst { next = first }
            guard first == next, !isFirst || first == 1 || first + count <= seq else { throw damaged("entry \(seq) is missing") }
            (isFirst, next) = (false, first + count)
            let head = try digest(group[2])
            if stretch == nil, next <= seq {
                before = head
                continue
            }
            let size: Int = group[4]
            if let stretch, stretch.bytes.count + size > LogSchema.joinedBytes { break }
            var joined = stretch ?? LogStretch(first: first, count: 0, bytes: [], before: before, head: before)
            // Others will follow a large group, and what stands already would be copied for each.
            if stretch == nil, size >= LogSchema.joinedBytes / 16 { joined.bytes.reserveCapacity(max(size, LogSchema.joinedBytes)) }
            stretch = nil
            try join(group, count, head, lines, to: &joined)
            stretch = joined
            if joined.bytes.count >= LogSchema.joinedBytes { break }
        }
        return stretch
    }

    /// Appends a group's lines, wherever they stand; `column` is that of their size, and place and bytes follow.
    static func lines(of group: Row, at column: Int, _ file: LinesFile, into bytes: inout [UInt8]) throws {
        let size: Int = group[column]
        if let place: Int64 = group[column + 1] { return try file.read(size, at: place, into: &bytes) }
        try group.withUnsafeData(atIndex: column + 2) { data in
            guard data?.count == size else { throw damaged("a group lacks lines") }
            data?.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
    }

    /// Lengthens a stretch by the group that follows it.
    private static func join(
        _ group: Row, _ count: Int64, _ head: Digest, _ file: LinesFile, to stretch: inout LogStretch
    ) throws {
        let cuts = try LogCuts.read(group[3])
        let (lines, offset) = (stretch.count, stretch.bytes.count)
        if lines > 0 { stretch.cuts.append(LogCut(count: lines, offset: offset, head: stretch.head)) }
        for cut in cuts { stretch.cuts.append(LogCut(count: lines + cut.count, offset: offset + cut.offset, head: cut.head)) }
        try Self.lines(of: group, at: 4, file, into: &stretch.bytes)
        stretch.count += count
        stretch.head = head
        guard LogCut.fit(stretch.cuts, count: stretch.count, bytes: stretch.bytes) else { throw damaged("a group's cuts are none") }
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
