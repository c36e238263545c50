internal import GRDB
internal import GRDBSQLite
internal import UV

/// SQLite's journal beside the file, and when it is copied into it: in steps that nobody has to wait for long,
/// but for one annotation of some hundreds in a row.
///
/// SQLite itself would copy all of it at the commit that crosses a limit; whoever annotates then would wait for what a sync
/// has left there.
final class Journal: Sendable {
    /// What kind of transaction was the last.
    enum Transaction: Sendable {
        /// What a person recorded, and waits for.
        case recording
        /// A part of what arrived, short because somebody waits.
        case short
        /// All that had arrived.
        case large
    }

    /// Pages of 8 KB after which a short transaction copies it: 2 MB, which takes about as long as the transaction itself.
    static let shortPages = 256
    /// After which it is copied once nobody has written for a while.
    static let quietPages = 1024
    /// After which it is copied while nobody waits.
    static let largePages = 4096
    /// After which who records copies it: 16 MB. What is written over is written faster than what makes a file longer, so a journal
    /// that begins anew now and then costs less than one that grows.
    static let recordingPages = 2048
    /// After which it is copied whoever waits: 128 MB.
    static let mostPages = 16_384

    /// Up to which size it stays beside the file when a process ends: reading it takes a millisecond or two.
    static let leftBytes: Int64 = 1 << 20

    /// Whether the journal is copied at the end of a transaction, while the right to write is still held.
    static func isDue(pages: Int, after transaction: Transaction, isWanted: @autoclosure () -> Bool) -> Bool {
        switch transaction {
        case .recording: pages >= recordingPages
        case .short: pages >= shortPages
        case .large: pages >= mostPages || pages >= largePages && !isWanted()
        }
    }

    /// Whether it is worth to copy it once nobody has written for a while.
    static func isDueLater(pages: Int) -> Bool { pages >= quietPages }

    private let state = Locked((pages: 0, commits: 0))

    /// The pages in it after the last commit of the connection.
    var pages: Int { state.withLock { $0.pages } }

    /// How many commits there were.
    var commits: Int { state.withLock { $0.commits } }

    /// Counts the commits of a connection, which no longer copies by itself. It must not be used after the journal is gone.
    func attach(to db: Database) {
        sqlite3_wal_hook(
            db.sqliteConnection,
            { journal, _, _, pages in
                if let journal { Unmanaged<Journal>.fromOpaque(journal).takeUnretainedValue().committed(Int(pages)) }
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func committed(_ pages: Int) {
        state.withLock { $0 = (pages, $0.commits + 1) }
    }

    /// Copies what no reader keeps back. Done while the right to write is held, for two connections must not copy and write at once.
    func copy(_ db: Database) {
        // That readers or the disk keep it back is no failure: what was committed stays in the journal.
        if (try? db.checkpoint(.passive)) != nil { state.withLock { $0.pages = 0 } }
    }
}
