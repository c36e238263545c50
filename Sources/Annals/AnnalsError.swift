/// Why something was not done: what, where and what to do, in that order; never an analyst's text.
///
/// Programs look at ``code``; people read ``description``. Codes are added over time, so switch with a `default`.
public struct AnnalsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is, and the exit status of a command that ends with it.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The word for scripts and logs.
        public let description: String
        /// The exit status of a command that fails with it: 1 refused or not found, 3 server not reached, 4 a conflict
        /// needs a person, 64 usage.
        public let exitStatus: Int32

        /// A code with its word and exit status.
        public init(_ description: String, exitStatus: Int32) {
            self.description = description
            self.exitStatus = exitStatus
        }

        /// Nothing of that name is here.
        public static let notFound = Code("not-found", exitStatus: 1)
        /// The name fits several things.
        public static let ambiguous = Code("ambiguous", exitStatus: 1)
        /// The thing named is of another kind.
        public static let wrongKind = Code("wrong-kind", exitStatus: 1)
        /// The change breaks a rule of the vocabulary or of the author's role.
        public static let invalid = Code("invalid", exitStatus: 1)
        /// The item is retracted: restore it first.
        public static let retracted = Code("retracted", exitStatus: 1)
        /// The coding of the item is closed: a curator opens it.
        public static let locked = Code("locked", exitStatus: 1)
        /// Only its owner may write it or take it back.
        public static let notOwner = Code("not-owner", exitStatus: 1)
        /// A plain write on a field that is in conflict on the screen.
        public static let conflict = Code("conflict", exitStatus: 4)
        /// A change that cannot be undone, or not any more.
        public static let notUndoable = Code("not-undoable", exitStatus: 1)
        /// The server refused the change.
        public static let refused = Code("refused", exitStatus: 1)
        /// No replica from here upward.
        public static let noReplica = Code("no-replica", exitStatus: 1)
        /// Something of that name is there already.
        public static let exists = Code("exists", exitStatus: 1)
        /// The file is not a replica, and was left as it is.
        public static let notAReplica = Code("not-a-replica", exitStatus: 1)
        /// A newer version wrote the file.
        public static let newerFormat = Code("newer-format", exitStatus: 1)
        /// What is stored or came does not fit together.
        public static let damaged = Code("damaged", exitStatus: 1)
        /// What a server sent does not fit together; nothing of it was stored.
        public static let badBatch = Code("bad-batch", exitStatus: 1)
        /// The folder or file may not be written.
        public static let readOnly = Code("read-only", exitStatus: 1)
        /// No room on the disk.
        public static let diskFull = Code("disk-full", exitStatus: 1)
        /// Another process holds what is needed.
        public static let busy = Code("busy", exitStatus: 1)
        /// A view of another replica, or of the past, where a present one is needed.
        public static let wrongView = Code("wrong-view", exitStatus: 1)
        /// Sync does not go on by itself: the replica needs a person.
        public static let stopped = Code("stopped", exitStatus: 1)
        /// The server was not reached: nothing is lost, what waits stays queued.
        public static let unreachable = Code("unreachable", exitStatus: 3)
        /// The words of a command or an address are off.
        public static let usage = Code("usage", exitStatus: 64)
        /// Any other failure of the disk or the database.
        public static let failed = Code("failed", exitStatus: 1)
    }

    /// What kind of failure, for programs.
    public var code: Code
    /// What is wrong, and where.
    public var what: String
    /// What to do about it; empty where `what` says it.
    public var wayOut: String

    /// An error as it is thrown.
    public init(_ code: Code, _ what: String, wayOut: String = "") {
        self.code = code
        self.what = what
        self.wayOut = wayOut
    }

    /// What, where and what to do, as one text.
    public var description: String { wayOut.isEmpty ? what : "\(what). \(wayOut)" }
}
