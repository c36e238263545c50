internal import GRDB

/// The store's file: its marks, its tables, and how an entry's place is a row's key.
enum LogSchema {
    static let fileName = "log.sqlite"
    static let linesName = "log.lines"
    /// There while the file is being made: what a power cut then leaves is ours to finish.
    static let creatingName = "log.sqlite.creating"

    /// "Annl", in the file's header: <https://www.sqlite.org/fileformat2.html#application_id>.
    static let applicationID: Int32 = 0x416E_6E6C
    /// The version of the tables below.
    static let version: Int32 = 3
    static let pageBytes = 16_384
    /// Up to how many bytes groups that follow each other are read in one go: each read is a way to another thread and back.
    static let joinedBytes = 1024 << 10
    /// How many entries' marks may stand in groups alone: so a group costs one row, and a start reads few of them.
    static let unmarkedMax: Int64 = 4096

    /// The bits of a group's key that hold its first seq; those above hold the workspace's id.
    static let seqBits: Int64 = 40
    static let seqMax: Int64 = 1 << seqBits - 1
    static let workspaceMax: Int64 = 1 << (62 - seqBits) - 1

    static func key(_ workspace: Int64, _ seq: Int64) -> Int64 { workspace << seqBits | seq }
    static func seq(ofKey key: Int64) -> Int64 { key & seqMax }

    /// The head is the last group's. A lonely change so writes one row, which is one page.
    ///
    /// `bytes` stands last, so that the other columns are read without walking through it.
    static let tables = """
        CREATE TABLE workspace (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            log TEXT NOT NULL,
            start BLOB NOT NULL,            -- H(0)
            epoch INTEGER NOT NULL,
            at INTEGER NOT NULL,            -- milliseconds since 1970: of an empty log
            marked INTEGER NOT NULL         -- the seq up to which replica_mark holds the marks; groups hold the later ones
        ) STRICT;
        CREATE TABLE commit_group (
            key INTEGER PRIMARY KEY,        -- workspace.id * 2^\(seqBits) + seq of the first line
            count INTEGER NOT NULL,
            at INTEGER NOT NULL,
            head BLOB NOT NULL,             -- H(seq of the last line)
            marks TEXT NOT NULL,            -- of each replica with a line here, after it: replica n hash user, a line each
            cuts BLOB NOT NULL,             -- points between the lines, each: count, offset (4 bytes, big-endian), H (32 bytes)
            size INTEGER NOT NULL,          -- of the lines, each ended by LF
            place INTEGER,                  -- where they begin in \(linesName); null: they are here
            bytes BLOB,                     -- the lines; null where they are there
            CHECK ((place IS NULL) = (bytes IS NOT NULL))
        ) STRICT;
        CREATE TABLE replica_mark (
            workspace INTEGER NOT NULL,
            replica TEXT NOT NULL,
            n INTEGER NOT NULL,
            hash TEXT NOT NULL,
            user TEXT NOT NULL,
            PRIMARY KEY (workspace, replica)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE moved (
            workspace INTEGER NOT NULL,
            change TEXT NOT NULL,
            PRIMARY KEY (workspace, change)
        ) STRICT, WITHOUT ROWID;
        """

    /// Makes the tables in an empty database, in one transaction; leaves one that has them alone.
    static func make(in db: Database) throws {
        if try Int32.fetchOne(db, sql: "PRAGMA application_id") == applicationID { return }
        guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 else {
            throw damaged("it has tables of another program")
        }
        try db.execute(sql: "PRAGMA page_size = \(pageBytes); PRAGMA auto_vacuum = NONE; PRAGMA synchronous = EXTRA")
        try db.inTransaction(.immediate) {
            try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
            try db.execute(sql: tables)
            return .commit
        }
    }
}
