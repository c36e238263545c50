internal import AnnalsModel
internal import FoundationEssentials
internal import GRDB
internal import UV

/// The replica's file: `DIR/.annals/replica.sqlite`, and how it is written and read.
///
/// Any number of processes may have it open. Every write transaction is held inside one `flock`, so writers take
/// turns and no two connections ever write and checkpoint at once; readers do not wait, but
/// for the one transaction that shows a first copy (``writeAtOneGo(_:)``), and for their turn to show what was recorded a moment ago.
final class ReplicaStore: Sendable {
    let paths: ReplicaPaths
    let schema: Schema
    let ambient: Ambient
    private let writer: DatabaseQueue
    private let readers: Readers
    let writeLock: WriteLock
    let pace = Locked(StoringPace())
    private let journal: Journal
    /// A look at the journal.
    private let tidying = Planned()
    private let feed: ChangeFeed
    private let isClosed = Locked(false)
    /// That what was recorded shows by itself.
    private let showing = Planned()
    /// What the changes touch that were recorded and do not show yet.
    let touched = Locked(RecordedEntities.none)
    /// What the writer was last set to.
    private let durability = Locked<Durability?>(nil)
    /// What was read or written last of what the file knows about itself: good for as long as its revision is the file's.
    private let lastMeta = Locked<Meta?>(nil)

    /// What reads single entities: each reader has one while it reads.
    private let decoders = Locked<[EntityDecoder]>([])

    var vocabulary: Vocabulary { schema.vocabulary }

    /// Opens an existing replica file; folds it anew where another vocabulary wrote its tables.
    init(_ paths: ReplicaPaths, vocabulary: Vocabulary, ambient: Ambient = .system) throws {
        self.paths = paths
        self.ambient = ambient
        schema = Schema(vocabulary)
        feed = ChangeFeed(lockFile: paths.writeLock)
        try paths.checkFile()
        writeLock = try WriteLock(paths)
        var configuration = Configuration()
        configuration.busyMode = .timeout(TimeInterval(Self.busySeconds))
        configuration.label = "annals"
        let (lock, database, journal) = (writeLock, paths.database, Journal())
        self.journal = journal
        try lock.lock()
        defer { lock.unlock() }
        writer = try namingFailures(of: database) { [configuration] in
            let writer = try DatabaseQueue(path: database, configuration: configuration)
            try writer.writeWithoutTransaction { db in
                guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else { throw AnnalsError.noJournal(database) }
                try db.execute(sql: Self.writerSettings)
                journal.attach(to: db)
            }
            return writer
        }
        configuration.readonly = true
        // What a list goes through again stays in memory (16 MB for a reader); the writer has its own settings.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -16384") }
        readers = Readers(path: database, configuration: configuration)
        try namingFailures(of: database) { try foldAnewIfNeeded() }
    }

    deinit { close() }

    /// Closes the file, with the journal copied into it where nobody reads an older state: a checkpoint, and so inside the lock.
    func close() {
        showWhatIsLeft()
        let first = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        guard first else { return }
        feed.finish()
        // A lock that cannot be taken must not keep a process from ending: then the journal stays, which is harmless.
        let locked = (try? writeLock.lock()) != nil
        defer { if locked { writeLock.unlock() } }
        if journal.pages > 0 { writer.writeWithoutTransaction { journal.copy($0) } }
        // The writer last: a reader that is the last to leave cannot clear the journal away, and whoever opens the file next has to
        // read all of it.
        readers.close()
        try? writer.close()
    }

    /// Lets go of the file where the process ends now: a small journal stays for who opens the file next. To copy it and clear it
    /// away, and to begin another one at the next start, takes several syncs, more than most commands do otherwise.
    func leave() {
        showWhatIsLeft()
        if paths.journalBytes > Journal.leftBytes { return close() }
        let first = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        guard first else { return }
        feed.finish()
        // SQLite copies the journal when the last connection closes; the system lets go of files and locks without that.
        readers.leave()
        _ = Unmanaged.passRetained(writer)
    }

    /// Large batches stay in memory until they commit (64 MB), and the journal is copied into the file when it suits (``Journal``).
    private static let writerSettings = """
        PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864
        """

    /// Sets how soon the next commits of the writer must be on disk, where it is not set so already.
    private func set(_ durability: Durability, _ db: Database) throws {
        try self.durability.withLock { current in
            if current == durability { return }
            // Unknown while it is being set: the next one sets it again.
            current = nil
            try db.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
            current = durability
        }
    }

    /// One write transaction, inside the lock; `body` may change what the file knows about itself.
    ///
    /// - Parameters:
    ///   - isShowing: whether what was recorded before shall show first. Not needed where `body` is not about rows.
    ///   - isSilent: whether nothing is new after it for who observes.
    func write<T>(
        _ durability: Durability = .full, as kind: Journal.Transaction = .recording, showing isShowing: Bool = true,
        silently isSilent: Bool = false, _ body: (Database, inout Meta) throws -> T
    ) throws -> T {
        try inTurn(as: kind) { db in
            try set(durability, db)
            return try transaction(db, showing: isShowing, silently: isSilent, body)
        }
    }

    /// Waits for the right to write, and does what is due after it.
    private func inTurn<T>(as kind: Journal.Transaction, _ body: (Database) throws -> T) throws -> T {
        try namingFailures(of: paths.database) {
            writeLock.announce()
            var isComing = true
            func arrived() {
                if isComing { writeLock.arrived() }
                isComing = false
            }
            defer { arrived() }
            return try writer.writeWithoutTransaction { db in
                try writeLock.lock()
                defer { writeLock.unlock() }
                arrived()
                let result = Result { try self.touching(db, body) }
                if Journal.isDue(pages: journal.pages, after: kind, isWanted: writeLock.isWanted) {
                    // Who waited for the transaction need not wait for this as well.
                    if writeLock.isWanted {
                        writeLock.unlock()
                        try writeLock.lock()
                    }
                    journal.copy(db)
                }
                showLater()
                tidyLater()
                return try result.get()
            }
        }
    }

    /// Sets the lock file's time where `body` committed: SQLite's own last write to a file comes before the commit can be seen, and
    /// watchers need one after it.
    private func touching<T>(_ db: Database, _ body: (Database) throws -> T) throws -> T {
        let commits = journal.commits
        defer { if journal.commits != commits { writeLock.touch() } }
        return try body(db)
    }

    /// One transaction that mostly adds to the file, more than fits in memory.
    ///
    /// A write-ahead log would take all of it twice. Where nobody else has the file open, a rollback journal takes its place meanwhile,
    /// in which only pages stand that were there before; if this process ends, SQLite takes the file back to them.
    func writeAtOneGo<T>(_ body: (Database, inout Meta) throws -> T) throws -> T {
        // Readers keep a write-ahead log in use. New ones wait until this is done.
        readers.closeAll()
        return try namingFailures(of: paths.database) {
            try writer.writeWithoutTransaction { db in
                try writeLock.lock()
                defer { writeLock.unlock() }
                try set(.normal, db)
                try db.execute(sql: "PRAGMA busy_timeout = 0")
                let isAlone = (try? String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")) == "delete"
                try db.execute(sql: "PRAGMA busy_timeout = \(Self.busySeconds * 1000)")
                let result = Result { try self.transaction(db, body) }
                // Where somebody reads for too long it stays as it is until the file is opened next: what was written is written.
                if isAlone { try? db.execute(sql: "PRAGMA journal_mode = WAL") } else { journal.copy(db) }
                writeLock.touch()
                return try result.get()
            }
        }
    }

    /// How long a connection waits for another: a first copy of a long record is written in one transaction.
    static let busySeconds = 60

    /// How long nobody must have written before the journal is copied.
    private static let quietMilliseconds = 300

    /// Brings the full text index up to date where nobody else writes at the moment: who searches does not wait for others, nor
    /// they for them.
    func indexTextsIfFree() throws {
        if try read(.none, { $1.hasAllTexts }) || writeLock.isTakenHere { return }
        try writer.writeWithoutTransaction { db in
            guard !isClosed.withLock({ $0 }), try writeLock.tryLock() else { return }
            defer { writeLock.unlock() }
            try indexTexts(db) { writeLock.isWanted }
        }
    }

    private var isUnshown: Bool { lastMeta.withLock { $0.map { !$0.recorded.isEmpty } ?? false } }

    /// Has the rows show all that was recorded.
    func showRecorded() throws { try inTurn(as: .recording) { try self.showNow($0) } }

    /// The same where the right to write is held.
    private func showNow(_ db: Database) throws {
        // Somebody else may have had it shown.
        if try Meta.glance(db).recorded.isEmpty { return _ = try meta(db) }
        try set(.normal, db)
        try transaction(db, silently: true) { _, _ in }
    }

    /// The same where nobody waits for it, and nobody is waited for. What fails now shows for who reads next.
    ///
    /// - Returns: false where somebody else has the right to write.
    @discardableResult
    private func showWhatIsLeft() -> Bool {
        guard isUnshown else { return true }
        let isTried = try? writer.writeWithoutTransaction { db in
            // Asked where the connection cannot be closed meanwhile, as in `tidy`.
            if isClosed.withLock({ $0 }) { return true }
            guard try writeLock.tryLock() else { return false }
            defer { writeLock.unlock() }
            try touching(db) { try self.showNow($0) }
            return true
        }
        return isTried ?? true
    }

    /// Has what was recorded show by itself, for those who read the file with another program.
    private func showLater(in milliseconds: Int = showMilliseconds) {
        guard isUnshown else { return }
        later(showing, milliseconds) { store, isQuiet in
            if !isQuiet { return store.showLater() }
            // To ask again and again would look to the other one as if somebody waited.
            if !store.showWhatIsLeft() { store.showLater(in: Self.quietMilliseconds) }
        }
    }

    /// Has something done after a while, and told whether nobody wrote meanwhile.
    private func later(_ planned: Planned, _ milliseconds: Int, _ body: @escaping @Sendable (ReplicaStore, _ isQuiet: Bool) -> Void) {
        let commits = journal.commits
        planned.later(milliseconds, ambient) { [weak self] in
            if let self { body(self, journal.commits == commits) }
        }
    }

    private var areTextsDue: Bool { lastMeta.withLock { $0.map { !$0.hasAllTexts } ?? false } }

    /// Has the full text index brought up to date, and a long journal copied into the file, once nobody has written for a while.
    private func tidyLater() {
        guard Journal.isDueLater(pages: journal.pages) || areTextsDue else { return }
        later(tidying, Self.quietMilliseconds) { store, isQuiet in
            if isQuiet { store.tidy() } else { store.tidyLater() }
        }
    }

    /// Does what is left for when nobody writes. It may have been planned by a store that is closed by now.
    func tidy() {
        try? writer.writeWithoutTransaction { db in
            // Asked where the connection cannot be closed meanwhile: SQLite does not survive the use of a closed one.
            if isClosed.withLock({ $0 }) || writeLock.isWanted { return }
            try writeLock.lock()
            defer { writeLock.unlock() }
            if areTextsDue { try indexTexts(db) { writeLock.isWanted } }
            if Journal.isDueLater(pages: journal.pages), !writeLock.isWanted { journal.copy(db) }
        }
    }

    /// Brings the full text index up to date in short transactions, inside the lock, until somebody waits.
    private func indexTexts(_ db: Database, unless isWanted: () -> Bool) throws {
        try set(.normal, db)
        while !isWanted(),
            try transaction(db, silently: true, { db, meta in try TextIndexer(db: db, schema: self.schema).advance(&meta) })
        {}
    }

    private func transaction<T>(
        _ db: Database, showing isShowing: Bool = true, silently isSilent: Bool = false, _ body: (Database, inout Meta) throws -> T
    ) throws -> T {
        let (result, written) = try db.prepared(.immediate) {
            let stored = try meta(db)
            var meta = stored
            if isShowing { try show(db, &meta) }
            let result = try body(db, &meta)
            if meta.revision == stored.revision { meta.nextRevision() }
            if isSilent { meta.silent += 1 }
            try meta.save(db, replacing: stored)
            return (result, meta)
        }
        lastMeta.withLock { $0 = written }
        return result
    }

    /// What the file knows about itself in this transaction: every one that changes it raises the revision.
    private func meta(_ db: Database) throws -> Meta {
        let revision = try Meta.glance(db).revision
        if let last = lastMeta.withLock({ $0 }), last.revision == revision { return last }
        let meta = try Meta(db)
        // Whoever wrote meanwhile knows better.
        lastMeta.withLock { if ($0?.revision ?? 0) < meta.revision { $0 = meta } }
        return meta
    }

    /// One consistent read, which sees what was committed when it began.
    ///
    /// - Parameter rows: what it reads of the rows, which show all that was recorded then.
    func read<T>(_ rows: RowsRead = .all, _ body: (Database, Meta) throws -> T) throws -> T {
        try reading { db in
            let meta = try self.meta(db)
            return try self.lacks(rows, db, meta.recorded) ? nil : .some(try body(db, meta))
        }
    }

    /// The same, for who needs only to know whether the file has changed: to read all of what it knows about itself takes longer than
    /// to read an entity.
    func look<T>(_ rows: RowsRead = .all, _ body: (Database, _ generation: Int64) throws -> T) throws -> T {
        try reading { db in
            let glance = try Meta.glance(db)
            return try self.lacks(rows, db, glance.recorded) ? nil : .some(try body(db, glance.generation))
        }
    }

    /// Reads; where `body` gives nil, what was recorded has to show first.
    private func reading<T>(_ body: (Database) throws -> T?) throws -> T {
        try namingFailures(of: paths.database) {
            for _ in 0..<Self.readsMax {
                // The connection can only read, and the transaction is ours.
                if let result = try readers.read({ db in try db.prepared(.deferred) { try body(db) } }) { return result }
                try showRecorded()
            }
            // Somebody records without a pause: this read keeps the right to write until it is done.
            return try writer.writeWithoutTransaction { db in
                try writeLock.lock()
                defer { writeLock.unlock() }
                try touching(db) { try self.showNow($0) }
                guard let result = try db.prepared(.deferred, { try body(db) }) else { throw DamagedState() }
                return result
            }
        }
    }

    /// Lends what reads an entity's state.
    func withDecoder<T>(_ body: (EntityDecoder) throws -> T) rethrows -> T {
        let decoder = decoders.withLock { $0.popLast() } ?? EntityDecoder()
        defer { decoders.withLock { if $0.count < Self.decodersMax { $0.append(decoder) } } }
        return try body(decoder)
    }

    /// How many decoders are kept while nobody reads.
    private static let decodersMax = 4

    /// How often a read waits for what others have recorded meanwhile.
    private static let readsMax = 3

    /// An element now, and one whenever the file may have changed.
    func changes() -> AsyncStream<Void> { feed.listen() }

    /// Runs a statement on the writer, for tests of its settings.
    func onWriter<T>(_ body: (Database) throws -> T) throws -> T {
        try writer.writeWithoutTransaction(body)
    }

    private func foldAnewIfNeeded() throws {
        // The header in the file may be older than the journal's.
        let (meta, format) = try writer.writeWithoutTransaction { db in
            (try Meta(db), try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0)
        }
        guard max(meta.format, format) <= Schema.format else { throw paths.newerFormat }
        try writer.writeWithoutTransaction { try Meta.upgrade($0) }
        guard meta.schema != schema.digest || meta.vocabulary != schema.vocabulary.version else { return }
        try writer.writeWithoutTransaction { db in
            try self.transaction(db, showing: false) { db, meta in try self.foldAnew(db, &meta) }
            journal.copy(db)
        }
    }
}
