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

    /// Looks at the file's header before SQLite does: a file that is no replica is refused and stays as it is.
    func checkFile() throws(AnnalsError) {
        let descriptor = open(database, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT {
                throw AnnalsError(
                    .noReplica, "no replica in \(directory)", wayOut: "Make one with `annals init` or `annals clone`.")
            }
            throw .system(errno, "open", database)
        }
        defer { close(descriptor) }
        var header = [UInt8](repeating: 0, count: 100)
        guard pread(descriptor, &header, 100, 0) == 100, header.prefix(16).elementsEqual("SQLite format 3\0".utf8),
            Self.number(header[68..<72]) == Schema.applicationID
        else {
            throw AnnalsError(
                .notAReplica, "\(database) is not a replica",
                wayOut: "Name the folder of a replica; this file was not touched.")
        }
        if Self.number(header[60..<64]) > Schema.format { throw newerFormat }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 { bytes.reduce(0) { $0 << 8 | Int64($1) } }
}
