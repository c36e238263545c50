internal import AnnalsCore
internal import Foundation
internal import GRDB

/// The store's connections: one that writes and checkpoints, and those that read.
final class StoreConnections: Sendable {
    let writer: DatabaseQueue
    let readers: ReaderPool
    /// What appends go on from.
    let end: LogEnd

    /// Opens the file, makes it where it is missing, and brings everything visible to the disk proper.
    init(folder: DataFolder, options: StoreOptions) throws {
        // The mark lasts before the first byte of the file is written, and goes when its last one is on disk.
        let unfinished = try folder.read(LogSchema.creatingName, limit: 0) != nil
        let isNew = try unfinished || !folder.hasStore()
        if isNew && !unfinished { try folder.write([], to: LogSchema.creatingName) }
        let path = folder.file(LogSchema.fileName)
        let address = Self.address(of: path, options)
        let writer = try failing("\(path) cannot be opened") {
            let writer = try DatabaseQueue(path: address, configuration: Self.configuration(options, label: "writer"))
            try writer.writeWithoutTransaction { db in
                if isNew { try LogSchema.make(in: db) }
                try Self.setUp(db, options)
            }
            return writer
        }
        let linesPath = folder.file(LogSchema.linesName)
        end = LogEnd(lines: try LinesFile.writing(linesPath, vfs: options.vfs), options)
        if isNew { try folder.remove(LogSchema.creatingName) }
        if options.vfs == nil { Self.layOut(path + "-wal", bytes: (options.checkpointPages + 128) * (LogSchema.pageBytes + 24)) }
        self.writer = writer
        var reading = Self.configuration(options, label: "reader")
        reading.readonly = true
        readers = ReaderPool(readersMax: options.readersMax) { [reading, vfs = options.vfs] in
            StoreReader(
                database: try DatabaseQueue(path: address, configuration: reading),
                lines: try LinesFile.reading(linesPath, vfs: vfs))
        }
    }

    /// Closes the readers first, so that the writer, as the last one, checkpoints.
    func close() throws {
        try readers.close()
        try writer.close()
    }

    /// Gives the empty write-ahead log its usual length at once.
    ///
    /// A file that grows with each commit makes the file system note its new length each time, which costs more than the
    /// commit; SQLite writes over what is there. Zeros are no log: a start after a crash finds nothing in them. Where there
    /// is no room, the log grows as it did.
    private static func layOut(_ path: String, bytes: Int) {
        guard let file = FileHandle(forUpdatingAtPath: path) else { return }
        defer { try? file.close() }  // Nothing depends on it.
        do {
            guard try file.seekToEnd() == 0 else { return }
            try file.write(contentsOf: Data(count: bytes))
            try file.synchronize()
        } catch {
            try? file.truncate(atOffset: 0)  // It was empty before.
        }
    }

    /// GRDB hands a path to SQLite without naming a VFS; a URI can name it.
    private static func address(of path: String, _ options: StoreOptions) -> String {
        guard let vfs = options.vfs else { return path }
        let allowed = CharacterSet.urlPathAllowed
        return "file:" + (path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path) + "?vfs=" + vfs
    }

    private static func configuration(_ options: StoreOptions, label: String) -> Configuration {
        var configuration = Configuration()
        configuration.label = "annals.store." + label
        configuration.busyMode = .timeout(options.busySeconds)
        configuration.foreignKeysEnabled = false
        return configuration
    }

    /// Sets what the store's promise rests on, after opening, and reads it back.
    ///
    /// The checkpoint at the end closes a gap: after a failed sync, or a crash of the process alone, the write-ahead
    /// log may hold a whole commit that no sync has covered. SQLite takes it as committed, so it must be on disk
    /// before anybody sees it.
    private static func setUp(_ db: Database, _ options: StoreOptions) throws {
        guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
            throw LogStoreError(
                .failed, "The log store cannot use a write-ahead log here. Put the data folder on a local file system.")
        }
        try db.execute(
            sql: """
                PRAGMA synchronous = \(options.synchronous.rawValue);
                PRAGMA wal_autocheckpoint = \(options.checkpointPages);
                PRAGMA journal_size_limit = \(64 << 20);
                PRAGMA cache_size = \(-16 << 10);
                PRAGMA temp_store = MEMORY;
                """)
        guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == options.synchronous.rawValue else {
            throw LogStoreError(.failed, "SQLite did not take the setting synchronous = \(options.synchronous).")
        }
        try db.inTransaction(.immediate) { .rollback }
        guard try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0 else {
            throw LogStoreError(
                .failed, "Another program holds the log store open. End it (a shell, a backup) and start the server again.")
        }
    }
}
