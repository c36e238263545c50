internal import CFaultVFS
internal import Foundation
internal import GRDBSQLite

/// A disk that can lose power, run full and fail, for whatever opens SQLite through a VFS of its ``name``.
///
/// What was not synced is lost at a power cut, or survives in parts: see `fault_vfs.h` for the model.
///
/// ```swift
/// let disk = try FaultVFS()
/// let store = try SQLiteLogStore(in: folder, options: StoreOptions(vfs: disk.name)) { … }
/// disk.powerCut(seed: 7)          // now every read, write and sync fails
/// try store.close()
/// try disk.powerOn()              // and what such a disk may hold is there
/// ```
///
/// It is safe to share between threads: the C side locks all of its state, and `call` is only changed by `beforeSync`,
/// whose caller promises that no sync is under way.
public final class FaultVFS: @unchecked Sendable {
    /// What can be counted and made to fail.
    public struct Operations: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let write = Operations(rawValue: FAULT_VFS_WRITE)
        public static let truncate = Operations(rawValue: FAULT_VFS_TRUNCATE)
        public static let sync = Operations(rawValue: FAULT_VFS_SYNC)
        public static let open = Operations(rawValue: FAULT_VFS_OPEN)
        public static let delete = Operations(rawValue: FAULT_VFS_DELETE)
        public static let changes: Operations = [.write, .truncate, .sync, .delete]
    }

    /// The files meant.
    public struct Files: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let database = Files(rawValue: FAULT_VFS_DATABASE)
        public static let journal = Files(rawValue: FAULT_VFS_JOURNAL)
        public static let wal = Files(rawValue: FAULT_VFS_WAL)
        public static let all: Files = [.database, .journal, .wal]
    }

    /// What an operation fails with.
    public enum Failure: Sendable {
        case diskFull, readOnly, cannotOpen, writeFailed, syncFailed

        fileprivate var code: Int32 {
            switch self {
            case .diskFull: SQLITE_FULL
            case .readOnly: SQLITE_READONLY
            case .cannotOpen: SQLITE_CANTOPEN
            case .writeFailed: SQLITE_IOERR | 3 << 8  // SQLITE_IOERR_WRITE, a macro that Swift does not import
            case .syncFailed: SQLITE_IOERR | 4 << 8  // SQLITE_IOERR_FSYNC
            }
        }
    }

    /// The name to open SQLite with.
    public let name: String
    private let vfs: OpaquePointer
    private var call: Call?

    public init() throws {
        // Registering a VFS is only sound when SQLite has started.
        let started = sqlite3_initialize()
        name = "fault-" + UUID().uuidString
        guard started == SQLITE_OK, let vfs = fault_vfs_register(name) else {
            throw FaultVFSError(description: "SQLite refused the VFS \(name).")
        }
        self.vfs = vfs
    }

    deinit {
        let open = fault_vfs_unregister(vfs)
        precondition(open == 0, "\(open) files of \(name) are still open: close the store before the disk goes.")
    }

    /// Stops the machine now; what survives of unsynced writes follows from the seed (0: nothing).
    public func powerCut(seed: UInt64) { fault_vfs_power_cut(vfs, seed) }

    /// Stops the machine when `after` more of these operations are done.
    public func powerCut(after: Int, of operations: Operations = .changes, on files: Files = .all, seed: UInt64) {
        fault_vfs_power_cut_after(vfs, Int32(operations.rawValue), Int32(files.rawValue), Int64(after), seed)
    }

    /// Starts the machine again, with its disk as the cut left it. All connections must be closed.
    public func powerOn() throws {
        let open = fault_vfs_power_on(vfs)
        if open > 0 { throw FaultVFSError(description: "\(open) files of \(name) are still open: close them first.") }
        if open < 0 { throw FaultVFSError(description: "The files of \(name) could not be put back.") }
    }

    /// Lets `times` of these operations fail after the next `after` ones; nil: until ``clear()``.
    public func fail(
        _ failure: Failure, _ operations: Operations, on files: Files = .all, after: Int = 0, times: Int? = nil
    ) {
        fault_vfs_fail(
            vfs, Int32(operations.rawValue), Int32(files.rawValue), Int64(after), Int64(times ?? 0), failure.code)
    }

    /// Takes back what was planned to fail.
    public func clear() { fault_vfs_clear(vfs) }

    public var isOff: Bool { fault_vfs_is_off(vfs) != 0 }

    /// How many of these operations were asked for since the VFS is there.
    public func count(of operations: Operations, on files: Files = .all) -> Int {
        Int(fault_vfs_count(vfs, Int32(operations.rawValue), Int32(files.rawValue)))
    }

    /// Calls `body` before every sync, on the thread that syncs; nil ends it. No sync may be under way.
    public func beforeSync(of files: Files = .all, _ body: (@Sendable () -> Void)?) {
        let call = body.map(Call.init)
        let context = call.map { Unmanaged.passUnretained($0).toOpaque() }
        fault_vfs_before_sync(
            vfs, Int32(files.rawValue),
            call == nil
                ? nil
                : { context in
                    guard let context else { return }
                    Unmanaged<Call>.fromOpaque(context).takeUnretainedValue().body()
                }, context)
        self.call = call
    }

    private final class Call {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

/// Why the faulty disk could not be set up.
public struct FaultVFSError: Error, CustomStringConvertible {
    public let description: String
}
