internal import AnnalsCore
internal import AnnalsModel
internal import GRDB

/// The end of a workspace's log as the writing connection left it, so that an append reads nothing.
struct LogTail {
    private(set) var workspace: WorkspaceRow
    /// The marks of the groups that are not in the marks' own table yet.
    private(set) var unmarked: [Name: ReplicaMark]

    /// - throws: `LogStoreError.unknownWorkspace`
    init(of name: Name, _ db: Database) throws {
        workspace = try LogReads.known(name, db)
        unmarked = try LogReads.unmarked(workspace, db)
    }

    /// Goes on by a group that was written.
    mutating func append(_ group: LogGroup) {
        workspace.seq = group.first + group.count - 1
        workspace.head = group.head
        workspace.at = group.at
        for (replica, mark) in group.last { unmarked[replica] = mark }
    }

    /// All marks stand in their own table now.
    mutating func marked() {
        workspace.marked = workspace.seq
        unmarked.removeAll(keepingCapacity: true)
    }
}

/// Where appends go on: the end of every log, and of the file of lines.
///
/// Unchecked, and safe: it is used only in the turn of the connection that alone writes.
final class LogEnd: @unchecked Sendable {
    private var tails: [Name: LogTail] = [:]
    private let lines: LinesFile
    private let options: StoreOptions

    init(lines: LinesFile, _ options: StoreOptions) {
        self.lines = lines
        self.options = options
    }

    /// Writes groups in one transaction. Where it throws nothing of them is seen.
    ///
    /// The lines of large ones are on disk before a row names them; what a failed transaction leaves of them nobody names.
    func append(_ groups: [LogGroup], _ db: Database) throws {
        let places = try groups.map { $0.bytes.count >= options.apartBytes ? try lines.append($0.bytes) : nil }
        if options.syncsLines, places.contains(where: { $0 != nil }) { try lines.sync() }
        // Taken out: where the transaction fails the ends are read anew.
        var tails: [Name: LogTail] = [:]
        swap(&tails, &self.tails)
        try AppendStatements(db: db).transaction {
            for (group, place) in zip(groups, places) {
                // Taken out, too: what is changed where it stands is not copied.
                var tail = try tails.removeValue(forKey: group.workspace) ?? LogTail(of: group.workspace, db)
                try LogWrites.append(group, at: place, to: &tail, db)
                tails[group.workspace] = tail
            }
        }
        self.tails = tails
    }

    /// Brings the marks of what was appended here into their own table, so that the next start need not go through the groups since.
    func mark(_ db: Database) throws {
        var tails = tails
        self.tails = [:]
        try AppendStatements(db: db).transaction {
            for (name, var tail) in tails where !tail.unmarked.isEmpty {
                try LogWrites.mark(&tail, db)
                tails[name] = tail
            }
        }
        self.tails = tails
    }
}
