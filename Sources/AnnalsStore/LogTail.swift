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

/// The ends of all logs that were appended to on one connection, which alone writes.
///
/// Unchecked, and safe: they are used only in that connection's turn.
final class LogTails: @unchecked Sendable {
    private var tails: [Name: LogTail] = [:]

    /// Has `body` go on from them. Where it throws nothing of it was written, and the ends are read anew.
    func update(_ body: (inout [Name: LogTail]) throws -> Void) rethrows {
        var taken: [Name: LogTail] = [:]
        swap(&taken, &tails)
        try body(&taken)
        tails = taken
    }
}
