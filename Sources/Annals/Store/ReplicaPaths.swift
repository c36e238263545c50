internal import FoundationEssentials
internal import GRDB
internal import Glibc

/// Where a replica's files are: a folder with `.annals/` in it.
struct ReplicaPaths: Sendable, Hashable {
    static let folderName = ".annals"

    /// The folder that a person sees.
    let directory: String

    init(_ directory: String) { self.directory = directory }

    var folder: String { directory + "/" + Self.folderName }
    var database: String { folder + "/replica.sqlite" }
    var writeLock: String { folder + "/write.lock" }
    var turnLock: String { folder + "/turn.lock" }
    var syncLock: String { folder + "/sync.lock" }

    /// The size of SQLite's journal beside the file; 0 where there is none.
    var journalBytes: Int64 {
        var status = stat()
        return stat(database + "-wal", &status) == 0 ? Int64(status.st_size) : 0
    }

    /// The nearest folder from `start` upward that holds a replica.
    static func discover(from start: String) throws(AnnalsError) -> ReplicaPaths {
        guard let absolute = resolved(start) else { throw .system(errno, "open", start) }
        var folder = absolute
        while true {
            let paths = ReplicaPaths(folder)
            if exists(paths.folder) { return paths }
            guard folder != "/", let slash = folder.lastIndex(of: "/") else { break }
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
        }
        throw AnnalsError(
            .noReplica, "no replica in \(absolute) or above it", wayOut: "Make one with `annals init` or `annals clone`.")
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func resolved(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(cString: pointer)
    }

    /// Makes `.annals/`, and the folder around it.
    func makeFolder() throws(AnnalsError) {
        for path in [directory, folder] where mkdir(path, 0o777) != 0 && errno != EEXIST {
            throw .system(errno, "make the folder", path)
        }
    }

    var newerFormat: AnnalsError {
        AnnalsError(
            .newerFormat, "\(database) was written by a newer Annals", wayOut: "Upgrade this program; the file was not touched.")
    }

    /// Looks at the file's header before anything writes: a file that is no replica is refused and stays as it is.
    ///
    /// SQLite reads it, for it must not be opened in any other way: closing a descriptor of one's own drops the locks of every
    /// connection that this process has to the file (fcntl(2)), and another process would take the journal away under them.
    func checkFile() throws {
        guard Self.exists(database) else {
            throw AnnalsError(.noReplica, "no replica in \(directory)", wayOut: "Make one with `annals init` or `annals clone`.")
        }
        let (id, format) = try namingFailures(of: database) {
            do {
                return try readHeader(readOnly: true)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
                // A process ended within a transaction, and what it left is to be taken back first.
                return try readHeader(readOnly: false)
            }
        }
        guard id == Schema.applicationID else {
            throw AnnalsError(
                .notAReplica, "\(database) is not a replica",
                wayOut: "Name the folder of a replica; this file was not touched.")
        }
        if format > Schema.format { throw newerFormat }
    }

    private func readHeader(readOnly: Bool) throws -> (id: Int64, format: Int64) {
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(TimeInterval(ReplicaStore.busySeconds))
        let queue = try DatabaseQueue(path: database, configuration: configuration)
        defer { try? queue.close() }  // It only read: nothing can be lost with it.
        return try queue.read { db in
            (
                try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
                try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            )
        }
    }
}
