internal import Foundation
internal import GRDBSQLite

/// The peer of clone and catch-up: the tables of a replica kept up by hand, one SQL statement for what each operation says.
///
/// The tables, indexes and the full text index are copied from a replica that the program made. Statements are prepared once,
/// texts are bound where they stand, sets and codings go into the JSON column by SQLite's own functions, and the full text index is
/// brought up to date once for each touched row before a commit. Who names whom and the entries that touch a row are kept, for they
/// are asked for. It keeps neither the heads of cells nor conflicts, checks no chain and no signature: it does less than a replica does.
final class RawReplica {
    private let database: RawSQLite
    /// By the number of their name.
    private let statements: [OpaquePointer]
    private var line = PeerLine(bytes: UnsafeBufferPointer(start: nil, count: 0))
    private var seq: Int64 = 0
    private var author: Range<Int> = 0..<0
    private var changeID: Range<Int> = 0..<0
    /// What a transaction adds to what is searched by, and the rows that it makes there.
    private var added: [Int64: ByteText] = [:]
    private var made: [Int64: (id: String, kind: Range<Int>)] = [:]
    private var current: Int64 = 0
    private var lastRow: Int64 = 0

    enum Journal: String {
        /// Nothing to roll back with, nothing synced.
        case none
        /// As a replica pulls: a write-ahead log, synchronous=NORMAL.
        case log
    }

    /// Settings of the tunings of the write-ahead log that are tried.
    static let tunings: [(name: String, sql: String)] = [
        ("autocheckpoint 1000, cache 64 MB", "PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -65536"),
        ("autocheckpoint 4096, cache 256 MB", "PRAGMA wal_autocheckpoint = 4096; PRAGMA cache_size = -262144"),
        ("autocheckpoint 32768, cache 256 MB", "PRAGMA wal_autocheckpoint = 32768; PRAGMA cache_size = -262144"),
    ]

    /// - Parameter model: the database of a replica, for its tables; nil where the file has them already.
    init(_ path: String, model: String?, _ journal: Journal, tuning: Int) throws {
        database = try RawSQLite(path)
        var schema: [String] = []
        if let model {
            let source = try RawSQLite(model, readOnly: true)
            try database.run("PRAGMA page_size = \(try source.integer("PRAGMA page_size"))")
            schema = try source.texts(
                """
                SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'index') AND name NOT LIKE 'sqlite_%'
                AND name NOT GLOB 'search_*' ORDER BY type DESC
                """)
        }
        switch journal {
        case .none:
            try database.run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY")
        case .log: try database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \(Self.tunings[tuning].sql)")
        }
        for sql in schema { try database.run(sql) }
        if model != nil { try database.run("CREATE TABLE peer_log (seq INTEGER PRIMARY KEY, line BLOB NOT NULL)") }
        lastRow = Int64(try database.integer("SELECT coalesce(max(row), 0) FROM entity"))
        statements = try Name.allCases.map { [database] in try database.prepare(Self.texts[$0] ?? "") }
    }

    deinit { for statement in statements { sqlite3_finalize(statement) } }

    private static let before = "_row, _id, _kind, _seq, _ordinal, _present, _owner, _created_at, _updated_seq, _changed, _state, _log"
    private static let values = "?1, ?2, ?3, ?4, 1, 1, ?5, ?6, ?4, 1, x'', ?20"
    /// What each write to a row says besides its own: the entry.
    private static let touch = "_updated_seq = ?6, _log = CAST(coalesce(_log, x'') || ?20 AS BLOB)"

    private enum Name: Int, CaseIterable {
        case begin, commit, log, entity, row, reference, index, reindex, event, note, citation, actor, document, when, place, summary,
            occurrence,
            state, coding, tags, participations, about, names
    }

    private static let texts: [Name: String] = [
        .begin: "BEGIN IMMEDIATE", .commit: "COMMIT",
        .log: "INSERT INTO peer_log (seq, line) VALUES (?1, ?2)",
        .entity: "INSERT INTO entity (id, kind, row) VALUES (?1, ?2, ?3)",
        .row: "SELECT row FROM entity WHERE id = ?1",
        .reference: "INSERT OR IGNORE INTO reference (target, row) VALUES (?1, ?2)",
        .index: "INSERT INTO search (rowid, id, kind, body) VALUES (?1, ?2, ?3, ?4)",
        .reindex: "UPDATE search SET body = body || char(10) || ?2 WHERE rowid = ?1",
        .event: """
        INSERT INTO kind_event (\(before), title, _label, place_text, when_edtf, when_basis, when_earliest, when_latest)
        VALUES (\(values), ?7, ?7, ?8, ?9, ?10, ?11, ?12)
        """,
        .note: "INSERT INTO kind_note (\(before), target, text, _label) VALUES (\(values), ?7, ?8, substr(?8, 1, 120))",
        .citation: """
        INSERT INTO kind_citation (\(before), document, position_start, position_end, quote_exact, _label)
        VALUES (\(values), ?7, ?8, ?9, ?10, ?10)
        """,
        .actor: "INSERT INTO kind_actor (\(before), code, kind, sector) VALUES (\(values), ?7, ?8, ?9)",
        .document: """
        INSERT INTO kind_document
        (\(before), text, title, _label, published, published_earliest, published_latest, source_text)
        VALUES (\(values), ?7, ?8, ?8, ?9, ?9, ?9, ?10)
        """,
        .when:
            "UPDATE kind_event SET when_edtf = ?2, when_basis = ?3, when_earliest = ?4, when_latest = ?5, \(touch) WHERE _row = ?1",
        .place: "UPDATE kind_event SET place_text = ?2, \(touch) WHERE _row = ?1",
        .summary: "UPDATE kind_event SET summary = ?2, \(touch) WHERE _row = ?1",
        .occurrence: "UPDATE kind_event SET occurrence = ?2, \(touch) WHERE _row = ?1",
        .state: "UPDATE kind_event SET state = ?2, \(touch) WHERE _row = ?1",
        .coding: """
        UPDATE kind_event SET _doc = json_set(coalesce(_doc, '{}'), '$.coding."' || ?3 || '"', json(?2)), \(touch) WHERE _row = ?1
        """,
        .tags: element("kind_event", "tags"), .participations: element("kind_event", "participations"),
        .about: element("kind_citation", "about"), .names: element("kind_actor", "names"),
    ]

    private static func element(_ table: String, _ field: String) -> String {
        """
        UPDATE \(table) SET _doc = json_insert(coalesce(_doc, '{}'), '$.\(field)', json('[]'), '$.\(field)[#]',
        json_object('by', ?3, 'id', ?4, 'value', json(?2))), \(touch) WHERE _row = ?1
        """
    }

    // MARK: Applying

    /// Applies the lines that stand in `bytes`, each with LF; so many to a transaction, or all in one.
    func apply(_ bytes: UnsafeBufferPointer<UInt8>, batch: Int?) throws {
        line = PeerLine(bytes: bytes)
        guard let start = bytes.baseAddress else { return }
        var (at, count) = (0, 0)
        try step(.begin)
        while at < bytes.count, let found = memchr(start + at, 10, bytes.count - at) {
            let end = UnsafeRawPointer(found) - UnsafeRawPointer(start)
            try apply(at..<end)
            at = end + 1
            count += 1
            if let batch, count % batch == 0, at < bytes.count {
                try index()
                try step(.commit)
                try step(.begin)
            }
        }
        try index()
        try step(.commit)
    }

    /// Brings the full text index up to date with what this transaction said, a statement for each row, in their order.
    private func index() throws {
        for (row, text) in added.sorted(by: { $0.key < $1.key }) {
            let new = made[row]
            try run(new == nil ? .reindex : .index) { statement in
                sqlite3_bind_int64(statement, 1, row)
                if let new {
                    bind(statement, 2, new.id)
                    bind(statement, 3, new.kind)
                }
                text.bytes.withUnsafeBytes { bytes in
                    _ = sqlite3_bind_text(
                        statement, new == nil ? 2 : 4, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count),
                        RawReplica.transient)
                }
            }
        }
        added.removeAll(keepingCapacity: true)
        made.removeAll(keepingCapacity: true)
    }

    private func apply(_ entry: Range<Int>) throws {
        seq = line.integer(line.member("seq", in: entry))
        author = line.text(line.member("author", in: entry))
        try run(.log) {
            sqlite3_bind_int64($0, 1, seq)
            bind($0, 2, entry, blob: true)
        }
        let change = line.member("change", in: entry)
        changeID = line.text(line.member("id", in: change))
        let at = line.text(line.member("at", in: change))
        var number = 0
        try line.forEachElement(in: line.member("ops", in: change)) { operation in
            number += 1
            if line.equals("create", line.text(line.member("op", in: operation))) {
                try create(operation, number, at)
            } else {
                try write(operation, number)
            }
        }
    }

    private func create(_ operation: Range<Int>, _ number: Int, _ at: Range<Int>) throws {
        let kind = line.text(line.member("kind", in: operation))
        let fields = line.member("fields", in: operation)
        let given = line.text(line.member("id", in: operation))
        let id = given.isEmpty ? name(number) : String(decoding: line.bytes[given], as: UTF8.self)
        lastRow += 1
        let row = lastRow
        try run(.entity) {
            bind($0, 1, id)
            bind($0, 2, kind)
            sqlite3_bind_int64($0, 3, row)
        }
        func field(_ name: StaticString) -> Range<Int> { line.text(line.member(name, in: fields)) }
        func part(_ name: StaticString, _ part: StaticString) -> Range<Int> {
            let object = line.member(name, in: fields)
            return object.isEmpty ? object : line.text(line.member(part, in: object))
        }
        func insert(_ statement: Name, _ columns: [Range<Int>], when: Range<Int>? = nil) throws {
            try run(statement) {
                sqlite3_bind_int64($0, 1, row)
                bind($0, 2, id)
                bind($0, 3, kind)
                sqlite3_bind_int64($0, 4, seq)
                bind($0, 5, author)
                bind($0, 6, at)
                bindEntry($0)
                var index: Int32 = 7
                for column in columns {
                    bind($0, index, column)
                    index += 1
                }
                if let when, !when.isEmpty {
                    let (earliest, latest) = bounds(when)
                    bind($0, index, earliest)
                    bind($0, index + 1, latest)
                }
            }
        }
        current = row
        made[row] = (id, kind)
        // Those without a text yet get their row too, so that what comes later has something to be added to.
        added[row] = ByteText()
        if line.equals("event", kind) {
            let (title, place, edtf) = (field("title"), part("place", "text"), part("when", "edtf"))
            try insert(.event, [title, place, edtf, part("when", "basis")], when: edtf)
            text(title)
            text(place)
        } else if line.equals("note", kind) {
            try insert(.note, [field("target"), field("text")])
            text(field("text"))
        } else if line.equals("citation", kind) {
            try insert(.citation, [field("document"), part("position", "start"), part("position", "end"), part("quote", "exact")])
            text(part("quote", "exact"))
        } else if line.equals("actor", kind) {
            try insert(.actor, [field("code"), field("kind"), field("sector")])
        } else {
            try insert(.document, [field("text"), field("title"), field("published"), part("source", "text")])
            text(field("text"))
            text(field("title"))
            text(part("source", "text"))
        }
    }

    private func write(_ operation: Range<Int>, _ number: Int) throws {
        let field = line.text(line.member("field", in: operation))
        let value = line.member("value", in: operation)
        let find = statements[Name.row.rawValue]
        bind(find, 1, line.text(line.member("on", in: operation)))
        let row = sqlite3_step(find) == SQLITE_ROW ? sqlite3_column_int64(find, 0) : 0
        sqlite3_reset(find)
        if row == 0 { return }
        current = row
        let statement: Name
        var columns: [Range<Int>] = [value, author]
        var (earliest, latest) = (0..<0, 0..<0)
        if line.equals("coding", field) {
            statement = .coding
            text(line.text(line.member("note", in: value)))
        } else if line.equals("tags", field) {
            statement = .tags
            text(line.text(value))
        } else if line.equals("participations", field) {
            statement = .participations
            try reference(line.text(line.member("actor", in: value)))
            text(line.text(line.member("as-reported", in: value)))
        } else if line.equals("about", field) {
            statement = .about
            try reference(line.text(line.member("item", in: value)))
        } else if line.equals("names", field) {
            statement = .names
            text(line.text(line.member("text", in: value)))
        } else if line.equals("when", field) {
            statement = .when
            columns = [line.text(line.member("edtf", in: value)), line.text(line.member("basis", in: value))]
            (earliest, latest) = bounds(columns[0])
        } else if line.equals("place", field) {
            statement = .place
            columns = [line.text(line.member("text", in: value))]
            text(columns[0])
        } else {
            statement = line.equals("summary", field) ? .summary : line.equals("occurrence", field) ? .occurrence : .state
            columns = [line.text(value)]
            if statement == .summary { text(columns[0]) }
        }
        try run(statement) { prepared in
            sqlite3_bind_int64(prepared, 1, row)
            for (index, column) in columns.enumerated() { bind(prepared, Int32(index + 2), column) }
            if !earliest.isEmpty {
                bind(prepared, 4, earliest)
                bind(prepared, 5, latest)
            } else if columns.count == 2 {
                bind(prepared, 4, name(number))
            }
            sqlite3_bind_int64(prepared, 6, seq)
            bindEntry(prepared)
        }
    }

    /// The current row names an item in a set.
    private func reference(_ item: Range<Int>) throws {
        try run(.reference) {
            bind($0, 1, item)
            sqlite3_bind_int64($0, 2, current)
        }
    }

    /// The entry's number in four bytes.
    private func bindEntry(_ statement: OpaquePointer) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: seq).bigEndian) {
            _ = sqlite3_bind_blob(statement, 20, $0.baseAddress, 4, RawReplica.transient)
        }
    }

    // MARK: Pieces

    private func name(_ number: Int) -> String { "\(String(decoding: line.bytes[changeID], as: UTF8.self))-\(number)" }

    /// The first and last day of the forms that the workload writes: a day, `[a..b]`, `a/b`.
    private func bounds(_ edtf: Range<Int>) -> (Range<Int>, Range<Int>) {
        if edtf.count <= 10 { return (edtf, edtf) }
        if line.bytes[edtf.lowerBound] == UInt8(ascii: "[") {
            return ((edtf.lowerBound + 1)..<(edtf.lowerBound + 11), (edtf.upperBound - 11)..<(edtf.upperBound - 1))
        }
        return (edtf.lowerBound..<(edtf.lowerBound + 10), (edtf.upperBound - 10)..<edtf.upperBound)
    }

    /// Adds to what is searched by.
    private func text(_ range: Range<Int>) {
        if range.isEmpty { return }
        var text = added.removeValue(forKey: current) ?? ByteText()
        if !text.bytes.isEmpty { text.bytes.append(10) }
        text.bytes.append(contentsOf: line.bytes[range])
        added[current] = text
    }

    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private func bind(_ statement: OpaquePointer, _ index: Int32, _ range: Range<Int>, blob: Bool = false) {
        guard !range.isEmpty, let base = line.bytes.baseAddress else {
            sqlite3_bind_null(statement, index)
            return
        }
        if blob {
            sqlite3_bind_blob(statement, index, base + range.lowerBound, Int32(range.count), RawSQLite.keep)
        } else {
            UnsafeRawPointer(base + range.lowerBound).withMemoryRebound(to: CChar.self, capacity: range.count) {
                _ = sqlite3_bind_text(statement, index, $0, Int32(range.count), RawSQLite.keep)
            }
        }
    }

    private func bind(_ statement: OpaquePointer, _ index: Int32, _ text: String) {
        sqlite3_bind_text(statement, index, text, Int32(text.utf8.count), RawReplica.transient)
    }

    private func run(_ name: Name, _ bind: (OpaquePointer) -> Void) throws {
        let statement = statements[name.rawValue]
        bind(statement)
        try database.step(statement)
        sqlite3_clear_bindings(statement)
    }

    private func step(_ name: Name) throws { try run(name) { _ in } }

    /// How many rows each table has, to be compared with the replica's.
    static func counts(_ path: String) throws -> [String: Int] {
        let database = try RawSQLite(path, readOnly: true)
        var counts: [String: Int] = [:]
        for table in ["entity", "kind_event", "kind_note", "kind_citation", "kind_actor", "kind_document", "reference"] {
            counts[table] = try database.integer("SELECT count(*) FROM \(table)")
        }
        return counts
    }
}
