internal import AnnalsCore
internal import Foundation
internal import GRDB
internal import GRDBSQLite

/// `log.lines`: the lines of large groups one after the other, beside the database whose rows say where each group stands.
///
/// A row in the database is written twice, into the write-ahead log and from there into the file, and is read through pages;
/// here bytes are written once and read in one piece. What no row names is the rest of an append that did not become one.
///
/// It is reached through SQLite's virtual file system (<https://www.sqlite.org/vfs.html>), so that what holds for the database's
/// files on a failing disk is tried for this one as well. One thread uses it at a time.
final class LinesFile {
    /// The path, kept in place: SQLite's files refer to it while they are open.
    private let path: UnsafeMutablePointer<CChar>
    private let file: UnsafeMutablePointer<sqlite3_file>
    private let room: UnsafeMutableRawPointer
    /// Where the next lines go.
    private var end: Int64 = 0

    /// Opens the file for appending, or makes it; what is appended comes after all that it holds.
    static func writing(_ path: String, vfs: String?) throws -> LinesFile {
        let lines = try LinesFile(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs)
        try lines.call("its length cannot be read") { $0.xFileSize?(lines.file, &lines.end) }
        return lines
    }

    /// Opens the file for reading.
    static func reading(_ path: String, vfs: String?) throws -> LinesFile {
        try LinesFile(path, SQLITE_OPEN_READONLY, vfs)
    }

    private init(_ path: String, _ flags: Int32, _ vfs: String?) throws {
        guard let system = sqlite3_vfs_find(vfs), let open = system.pointee.xOpen else {
            throw LogStoreError(.failed, "SQLite has no file system \(vfs ?? "") to open \(path) with.")
        }
        self.path = strdup(path)
        let size = Int(system.pointee.szOsFile)
        room = .allocate(byteCount: size, alignment: MemoryLayout<Int64>.alignment)
        room.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        file = room.assumingMemoryBound(to: sqlite3_file.self)
        // As a journal that stands by itself, the file takes no locks, and its first sync makes its name last too.
        let code = open(system, self.path, file, flags | SQLITE_OPEN_SUPER_JOURNAL, nil)
        guard code == SQLITE_OK else { throw failure(code, "it cannot be opened") }
    }

    deinit {
        if let methods = file.pointee.pMethods { _ = methods.pointee.xClose(file) }
        room.deallocate()
        free(path)
    }

    /// SQLite's file systems take up to 128 KiB in one call, as its own pages never have more.
    private static let pieceBytes = 64 << 10

    /// Adds bytes at the end. They are on disk only after ``sync()``.
    ///
    /// - Returns: where they stand.
    func append(_ bytes: [UInt8]) throws -> Int64 {
        try bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
                let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + Self.pieceBytes, bytes.count)])
                try call("it cannot be written") {
                    $0.xWrite?(file, piece.baseAddress, Int32(piece.count), end + Int64(start))
                }
            }
        }
        defer { end += Int64(bytes.count) }
        return end
    }

    /// Returns when the disk has all that was appended.
    func sync() throws {
        try call("it cannot be synced") { $0.xSync?(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) }
    }

    /// Reads so many bytes from a place, and appends them to `bytes`.
    func read(_ count: Int, at place: Int64, into bytes: inout [UInt8]) throws {
        guard place >= 0, count > 0 else { throw damaged("a group's place is none") }
        try bytes.append(addingCapacity: count) { room in
            try room.withUnsafeMutableBufferPointer { memory, filled in
                while filled < count {
                    let piece = UnsafeMutableBufferPointer(rebasing: memory[filled..<min(filled + Self.pieceBytes, count)])
                    try call("it cannot be read") { $0.xRead?(file, piece.baseAddress, Int32(piece.count), place + Int64(filled)) }
                    filled += piece.count
                }
            }
        }
    }

    private var name: String { String(cString: path) }

    private func call(_ what: String, _ body: (sqlite3_io_methods) -> Int32?) throws {
        let code = file.pointee.pMethods.flatMap { body($0.pointee) } ?? SQLITE_MISUSE
        if code == ResultCode.SQLITE_IOERR_SHORT_READ.rawValue { throw damaged("\(name) lacks lines") }
        guard code == SQLITE_OK else { throw failure(code, what) }
    }

    private func failure(_ code: Int32, _ what: String) -> LogStoreError {
        storeError(DatabaseError(resultCode: ResultCode(rawValue: code)), "\(name): \(what)")
    }
}
