internal import AnnalsModel

/// The SQL schema of a replica file. `Documentation/replica-file.md` describes it for people.
struct Schema: Sendable {
    /// Raised when the tables that are not derived from the vocabulary change, or what they mean. Since 2 a recording writes its row of
    /// the outbox only: a program that counts on `next_n` must not write there.
    static let format: Int64 = 2
    /// 'ANNL', at its fixed place in the file's header.
    static let applicationID: Int64 = 0x414E_4E4C

    let vocabulary: Vocabulary
    /// One for each kind of the vocabulary.
    let tables: [KindTable]
    /// These, and the one of all other kinds.
    let allTables: [KindTable]
    /// What of each kind's fields goes where, by the numbers that their names have in every fold by this vocabulary.
    let plans: [KindPlan]
    private let byKind: [String: Int]

    init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        tables = vocabulary.kinds.map(KindTable.init)
        allTables = tables + [KindTable(nil)]
        var fold = Fold(vocabulary: vocabulary)
        var plans: [KindPlan] = []
        for table in allTables { plans.append(KindPlan(table, &fold)) }
        self.plans = plans
        byKind = Dictionary(uniqueKeysWithValues: vocabulary.kinds.enumerated().map { ($1.name, $0) })
    }

    func table(_ kind: String) -> KindTable { allTables[index(kind)] }

    /// The place of a kind's table in `allTables`.
    func index(_ kind: String) -> Int { byKind[kind] ?? tables.count }

    /// Tables that hold the truth: they never depend on the vocabulary.
    static let fixed = [
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
        "CREATE TABLE log_chunk (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, bytes BLOB NOT NULL, head BLOB NOT NULL)",
        "CREATE TABLE lineage (replica TEXT PRIMARY KEY, parent TEXT NOT NULL, n INTEGER NOT NULL, author TEXT NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE pending (replica TEXT NOT NULL, n INTEGER NOT NULL, change_id TEXT NOT NULL, bytes BLOB NOT NULL, \
        hash INTEGER NOT NULL, state TEXT NOT NULL, code TEXT, detail TEXT, at TEXT NOT NULL, seq INTEGER, moved INTEGER NOT NULL, \
        fork_seq INTEGER, fork_hash INTEGER, PRIMARY KEY (replica, n)) WITHOUT ROWID
        """,
        "CREATE TABLE receipt (change_id TEXT PRIMARY KEY, replica TEXT NOT NULL, n INTEGER NOT NULL, seq INTEGER NOT NULL, code TEXT) WITHOUT ROWID",
        "CREATE INDEX receipt_place ON receipt (n)",
        "CREATE INDEX receipt_seq ON receipt (seq)",
        "CREATE TABLE pending_touch (entity_id TEXT NOT NULL, replica TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (entity_id, replica, n)) WITHOUT ROWID",
    ]

    /// Tables and views that are folded from the log, in the order they are made.
    var derived: [String] {
        Self.folded + allTables.flatMap { [$0.createTable] + $0.indexes.map(\.create) } + views
    }

    private static let folded = [
        "CREATE TABLE entity (id TEXT PRIMARY KEY, row INTEGER NOT NULL, kind TEXT NOT NULL) WITHOUT ROWID",
        ConflictRows.table,
        "CREATE INDEX conflict_entity ON conflict (entity_id)",
        """
        CREATE TABLE notice (entity_id TEXT NOT NULL, field TEXT NOT NULL, write_id TEXT NOT NULL, reason TEXT NOT NULL, \
        "by" TEXT NOT NULL, seq INTEGER NOT NULL)
        """,
        "CREATE INDEX notice_entity ON notice (entity_id)",
        "CREATE TABLE reference (target TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (target, row)) WITHOUT ROWID",
        SearchIndex.table, SearchIndex.settings,
    ]

    private var views: [String] {
        [
            handles,
            """
            CREATE VIEW conflicts AS SELECT (SELECT handle FROM handles WHERE id = entity_id) AS handle, field, author, value, "by", \
            CASE WHEN seq > \(Stamp.pending) THEN '~' || n ELSE seq END AS seq, written, entity_id AS id FROM conflict
            """,
            """
            CREATE VIEW outbox AS SELECT '@~' || n AS change, replica, state, code, detail, at AS written, \
            json_extract(CAST(bytes AS TEXT), '$.why') AS why, CAST(bytes AS TEXT) AS line FROM pending ORDER BY replica, n
            """,
            Self.log,
        ] + tables.compactMap(\.createView)
    }

    /// Cuts the chunks into lines, the last first: who takes the first rows of it reads the last chunks only.
    ///
    /// A chunk becomes a JSON array of texts, for that is what SQLite can take apart in one pass. Control characters other than
    /// those between the words of JSON cannot stand in a line.
    private static let log = """
        CREATE VIEW log AS SELECT seq, json_extract(line, '$.at') AS received, json_extract(line, '$.author') AS author, \
        json_extract(line, '$.replica') AS replica, \
        coalesce(json_extract(line, '$.change.id'), json_extract(line, '$.refused.id')) AS change, \
        json_extract(line, '$.refused.code') AS refused, json_extract(line, '$.change.why') AS why, line FROM \
        (SELECT first + count - 1 - key AS seq, json_extract(cut.json, '$[#-' || (key + 1) || ']') AS line \
        FROM log_chunk, json_each('["' || \(chunkOfTexts) || '"]') AS cut \
        WHERE first <= (SELECT value FROM meta WHERE key = 'have') ORDER BY first DESC LIMIT -1)
        """

    /// A chunk without its last LF, escaped, its lines with `","` between them.
    private static let chunkOfTexts: String = {
        let text = "substr(CAST(bytes AS TEXT), 1, length(CAST(bytes AS TEXT)) - 1)"
        let escapes = [(#"'\'"#, #"'\\'"#), (#"'"'"#, #"'\"'"#), ("char(9)", #"'\t'"#), ("char(13)", #"'\r'"#), ("char(10)", #"'","'"#)]
        return escapes.reduce(text) { "replace(\($0), \($1.0), \($1.1))" }
    }()
}
