public import AnnalsModel
internal import GRDB

/// What a person types to search, as an FTS5 expression: every word must be there, the last one may be a beginning.
struct SearchWords: Sendable {
    let expression: String

    /// nil where there is no word in it. Words are cut at blanks and quoted, so that nothing in them is taken for syntax; a quoted
    /// run of words is a phrase.
    init?(_ text: String) {
        var terms: [String] = []
        for (index, run) in text.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            if index % 2 == 1 {
                if run.contains(where: \.isLetter) || run.contains(where: \.isNumber) { terms.append("\"\(run)\"") }
            } else {
                for word in run.split(whereSeparator: \.isWhitespace)
                where word.contains(where: { $0.isLetter || $0.isNumber }) {
                    terms.append("\"\(word)\"*")
                }
            }
        }
        if terms.isEmpty { return nil }
        expression = terms.joined(separator: " ")
    }

    /// A text as a phrase of the index; nil where it may hold no word that the index knows.
    static func phrase(_ text: String) -> String? {
        guard !text.utf8.contains(0), text.contains(where: { $0.isASCII && ($0.isLetter || $0.isNumber) }) else { return nil }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

/// An entity found by its words.
public struct SearchHit: Sendable {
    /// What was found.
    public let entity: Entity
    /// The surroundings of the words found, which stand between U+2068 and U+2069 so that right-to-left text stays in order.
    public let snippet: String

    /// A hit with its snippet.
    public init(entity: Entity, snippet: String) {
        self.entity = entity
        self.snippet = snippet
    }
}

/// Full text search, the same over the file's index and over an index in memory.
enum SearchIndex {
    /// Marks are parts of words, or the vowels of Hindi and pointed Hebrew would cut them; Latin diacritics do not count.
    static let table = """
        CREATE VIRTUAL TABLE search USING fts5(id UNINDEXED, kind UNINDEXED, body, \
        tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co M*'")
        """

    /// What a transaction adds stays in memory up to 32 MB, so that it becomes one piece of the index and not one for each megabyte.
    /// Pieces are merged a little with each transaction from sixteen of a size on, and all of a size at once only at 256: with SQLite's own
    /// limits, 4 and 16, somebody who annotates after a clone waits half a second for its large pieces.
    static let settings = """
        INSERT INTO search (search, rank) VALUES ('hashsize', 33554432);
        INSERT INTO search (search, rank) VALUES ('automerge', 16);
        INSERT INTO search (search, rank) VALUES ('crisismerge', 256);
        """

    /// An entity's text in the index, by its row: in the index's own table of texts, for a look through the index costs several times as much.
    static let find = "SELECT c2 FROM search_content WHERE id = ?"
    static let remove = "DELETE FROM search WHERE rowid = ?"
    static let add = "INSERT INTO search (rowid, id, kind, body) VALUES (?, ?, ?, ?)"

    /// How many hits are ranked at once, the latest items first.
    static let rankedMax = 1000

    /// Goes through what is found among some kinds (all where none are named), until `body` returns false: the best first.
    ///
    /// To rank hits each of them is looked at, and common words stand in half of a record. So the latest so many are ranked, then
    /// twice as many before them, and so on: who takes the first hits does not wait for the others.
    static func forEachHit(
        _ db: Database, _ words: SearchWords, kinds: [String], rankedMax: Int = rankedMax,
        _ body: (_ id: String, _ snippet: String) throws -> Bool
    ) throws {
        let ofKinds = kinds.isEmpty ? "" : " AND kind IN (\(kinds.map { _ in "?" }.joined(separator: ",")))"
        let sql = """
            SELECT id, snippet(search, 2, '\u{2068}', '\u{2069}', '…', 16) FROM search \
            WHERE search MATCH ? AND rowid BETWEEN ? AND ?\(ofKinds) ORDER BY rank
            """
        let statement = try db.makeStatement(sql: sql)
        let last = try db.makeStatement(
            sql: "SELECT rowid FROM search WHERE search MATCH ? AND rowid <= ? ORDER BY rowid DESC LIMIT 1 OFFSET ?")
        var (end, count) = (Int64.max, rankedMax)
        while true {
            let start = try Int64.fetchOne(last, arguments: [words.expression, end, count - 1]) ?? .min
            let rows = try Row.fetchCursor(statement, arguments: [words.expression, start, end] + StatementArguments(kinds))
            while let row = try rows.next() {
                guard try body(row[0], row[1]) else { return }
            }
            if start == .min { return }
            (end, count) = (start - 1, count * 2)
        }
    }

    /// The hits among entities that are in memory.
    static func hits(
        among entities: [Entity], _ words: SearchWords, kinds: [String], limit: Int, _ vocabulary: Vocabulary
    ) throws -> [SearchHit] {
        let shown = entities.filter { $0.isPresent && (kinds.isEmpty || kinds.contains($0.kind)) }
        if shown.isEmpty { return [] }
        return try DatabaseQueue().write { db in
            try db.execute(sql: table)
            let insert = try db.makeStatement(sql: "INSERT INTO search (rowid, id, kind, body) VALUES (?, '', '', ?)")
            for (index, entity) in shown.enumerated() {
                try insert.execute(arguments: [index, EntityTexts(entity: entity, vocabulary: vocabulary).searchBody])
            }
            let rows = try Row.fetchAll(
                db,
                sql:
                    "SELECT rowid, snippet(search, 2, '\u{2068}', '\u{2069}', '…', 16) FROM search WHERE search MATCH ? ORDER BY rank LIMIT ?",
                arguments: [words.expression, limit])
            return rows.map { SearchHit(entity: shown[$0[0]], snippet: $0[1]) }
        }
    }
}
