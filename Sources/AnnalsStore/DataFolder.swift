internal import AnnalsCore
internal import Foundation

/// A server's data folder, held for one process: the log store and the server's key live in it.
///
/// ```swift
/// let folder = try DataFolder(path: "data")
/// let key = try ServerKey(in: folder)
/// let store = try SQLiteLogStore(in: folder, changeID: …)
/// ```
///
/// The folder is made where it is missing (its parent must exist), for its owner alone. It stays locked until
/// ``unlock()``, or the last reference is gone, or the process is, however it ends.
public final class DataFolder: Sendable {
    /// The absolute path, with symbolic links resolved.
    public let path: String
    private let lock: Int32

    /// - throws: ``DataFolderInUse`` where another server holds it; `LogStoreError` where it cannot be made or written.
    public init(path: String) throws {
        if mkdir(path, 0o700) == 0 {
            try syncFolder(Self.parent(of: path))
        } else if errno != EEXIST {
            throw storeError(errno: errno, "The data folder \(path) cannot be made")
        }
        guard let resolved = realpath(path, nil) else {
            throw storeError(errno: errno, "The data folder \(path) cannot be used")
        }
        defer { free(resolved) }
        self.path = String(cString: resolved)
        lock = try Self.takeLock(of: self.path)
    }

    deinit { close(lock) }

    /// By hand: NSString's `deletingLastPathComponent` traps on a name of one letter.
    private static func parent(of path: String) -> String {
        let name = path.utf8.reversed().drop { $0 == UInt8(ascii: "/") }
        let rest = name.drop { $0 != UInt8(ascii: "/") }.drop { $0 == UInt8(ascii: "/") }
        if rest.isEmpty { return path.hasPrefix("/") ? "/" : "." }
        return String(decoding: rest.reversed(), as: UTF8.self)
    }

    /// Lets another server have the folder, while references may still be around; nothing is written there afterwards.
    public func unlock() { flock(lock, LOCK_UN) }

    /// The path of a file in the folder.
    func file(_ name: String) -> String { path + "/" + name }

    /// Makes files made, renamed and deleted in the folder last.
    func sync() throws { try syncFolder(path) }

    /// `flock` and not `fcntl`: it also keeps two openers in one process apart, and does not end when some other
    /// descriptor of the file closes.
    private static func takeLock(of path: String) throws -> Int32 {
        let file = path + "/lock"
        let lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw storeError(errno: errno, "The data folder \(path) cannot be locked") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            defer { close(lock) }
            guard code == EWOULDBLOCK else { throw storeError(errno: code, "The data folder \(path) cannot be locked") }
            throw DataFolderInUse(path: path, holder: readHolder(lock))
        }
        writeHolder(lock)
        return lock
    }

    /// The number of the process that holds the lock, as it wrote it; nil where it did not get to.
    private static func readHolder(_ lock: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(lock, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes.prefix(count), as: UTF8.self).filter(\.isNumber))
    }

    /// Only a help for whoever finds the folder locked, so a full disk does not matter here.
    private static func writeHolder(_ lock: Int32) {
        let bytes = Array("\(getpid())\n".utf8)
        if ftruncate(lock, 0) == 0 { _ = pwrite(lock, bytes, bytes.count, 0) }
    }
}

/// Another server holds the data folder.
public struct DataFolderInUse: Error, Sendable, CustomStringConvertible {
    public let path: String
    /// The number of the process that holds it, where it is known.
    public let holder: Int32?

    public var description: String {
        let who = holder.map { "process \($0)" } ?? "another process"
        return "The data folder \(path) is in use by \(who). Stop that server first, or name another data folder."
    }
}
