internal import AnnalsModel
internal import GRDB

/// Writes entities as rows of the derived tables, within one transaction.
///
/// Only what differs is written: an index is touched where its column changed, the search index where a text did, or not yet.
final class RowWriter {
    private let db: Database
    private let schema: Schema
    /// Rows that this does not cover are left out of the search index for now; nil leaves out none.
    private let texts: TextMark?
    /// By table and by which of its indexes change.
    private var statements: [Key: BoundStatement] = [:]
    private var others: [Text: BoundStatement] = [:]
    private var lastRow: Int64?
    /// New rows, which `finish` writes into the directory in the order of their ids.
    private var added: [(id: SortedText, row: Int64, kind: String)] = []
    /// Which rows name which items, which `finish` writes in the order of the items.
    private var references: [(target: SortedText, row: Int64)] = []

    /// A text that is compared by its first eight bytes as a number, which mostly decides.
    private struct SortedText {
        let text: String
        private let start: UInt64

        init(_ text: String) {
            self.text = text
            var bytes = text.utf8.makeIterator()
            start = (0..<8).reduce(0) { start, _ in start << 8 | UInt64(bytes.next() ?? 0) }
        }

        static func == (a: SortedText, b: SortedText) -> Bool { a.start == b.start && sameBytes(a.text, b.text) }
        static func < (a: SortedText, b: SortedText) -> Bool { a.start == b.start ? precedes(a.text, b.text) : a.start < b.start }
    }

    /// The statements that are the same for all tables. Finding one by its text costs more than many of them take.
    private enum Text: Int {
        case addConflict, addNotice, addSearch, clearConflicts, clearNotices, findSearch, removeSearch, removeFromDirectory

        var sql: String {
            switch self {
            case .addConflict: ConflictRows.insert
            case .addNotice: "INSERT INTO notice VALUES (?,?,?,?,?,?)"
            case .addSearch: SearchIndex.add
            case .clearConflicts: "DELETE FROM conflict WHERE entity_id = ?"
            case .clearNotices: "DELETE FROM notice WHERE entity_id = ?"
            case .findSearch: SearchIndex.find
            case .removeSearch: SearchIndex.remove
            case .removeFromDirectory: "DELETE FROM entity WHERE id = ?"
            }
        }
    }

    private struct Key: Hashable {
        var table: Int
        /// nil for a new row.
        var changedIndexes: UInt64?
        /// For what looks which indexes change.
        var isLook = false
    }

    /// - Parameter texts: the mark by which the search index is brought up to date later; nil where that is done here.
    init(_ db: Database, _ schema: Schema, textsLaterThan texts: TextMark? = nil) {
        self.db = db
        self.schema = schema
        self.texts = texts
    }

    /// Writes an entity's row, its conflicts, notices and search text.
    ///
    /// - Parameter place: where it stands now; nil for one that has no row yet.
    func write(_ image: EntityImage, at place: EntityPlace?) throws {
        var place = place
        if let old = place, !sameBytes(old.kind, image.kind) {
            // Its create said that it is something else than what was done to it before: it moves to another table.
            try remove(image.id, old)
            place = nil
        }
        if let place {
            try update(image, place.row)
            for target in image.references { references.append((SortedText(target), place.row)) }
            try clearLists(image.id)
            // What goes back to an older state is found by nobody later.
            if texts?.covers(image.updatedSeq) ?? true { try replaceSearch(image, place.row) }
        } else {
            let row = try nextRow()
            try insert(image, row)
            added.append((SortedText(image.id), row, image.kind))
            for target in image.references { references.append((SortedText(target), row)) }
            if let body = image.searchBody, texts?.covers(image.updatedSeq) ?? true { try addSearch(image, row, body) }
        }
        if !image.conflicts.slots.isEmpty {
            try statement(.addConflict).run(image.conflicts, each: EntityImage.conflictColumns)
        }
        if !image.notices.slots.isEmpty {
            try statement(.addNotice).run(image.notices, each: EntityImage.noticeColumns)
        }
    }

    /// Takes an entity out of all tables.
    func remove(_ id: String, _ place: EntityPlace) throws {
        try clearLists(id)
        try run(.removeSearch, place.row)
        let row = try BoundStatement(db, "DELETE FROM \(schema.table(place.kind).name) WHERE _row = ?")
        row.bind(1, place.row)
        try row.run()
        try run(.removeFromDirectory, id)
    }

    /// Writes the directory's new rows, and who names whom. Until then they are not found there.
    func finish(_ turn: Turn = .unlimited) throws {
        try finishReferences(turn)
        if added.isEmpty { return }
        let statement = try BoundStatement(db, "INSERT INTO entity (id, row, kind) VALUES (?, ?, ?)")
        for entity in added.sorted(by: { $0.id < $1.id }) {
            try turn.step()
            statement.bind(1, entity.id.text)
            statement.bind(2, entity.row)
            statement.bind(3, entity.kind)
            try statement.run()
        }
        added = []
    }

    /// What an item no longer names stays: the table says where to look, and what is found is looked at.
    private func finishReferences(_ turn: Turn) throws {
        if references.isEmpty { return }
        let statement = try BoundStatement(db, "INSERT OR IGNORE INTO reference (target, row) VALUES (?, ?)")
        let order = references.sorted { $0.target == $1.target ? $0.row < $1.row : $0.target < $1.target }
        for reference in order {
            try turn.step()
            statement.bind(1, reference.target.text)
            statement.bind(2, reference.row)
            try statement.run()
        }
        references = []
    }

    // MARK: Rows

    private func nextRow() throws -> Int64 {
        let next = try (lastRow ?? findLastRow()) + 1
        lastRow = next
        return next
    }

    private func findLastRow() throws -> Int64 {
        try schema.allTables.map { table in
            try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(_row) FROM \(table.name)")) ?? 0
        }.max() ?? 0
    }

    private func insert(_ image: EntityImage, _ row: Int64) throws {
        let statement = try statement(Key(table: schema.index(image.kind))) { $0.insert }
        statement.bind(1, row)
        try statement.run(image.row, from: 2)
    }

    private func update(_ image: EntityImage, _ row: Int64) throws {
        let table = schema.table(image.kind)
        let changed = try changedIndexes(image, row, table)
        let statement = try statement(Key(table: schema.index(image.kind), changedIndexes: changed)) { $0.update(changed) }
        statement.bind(1, row)
        try statement.run(image.row, from: 2)
    }

    private func statement(_ key: Key, _ sql: (KindTable) -> String) throws -> BoundStatement {
        if let known = statements[key] { return known }
        let statement = try BoundStatement(db, sql(schema.allTables[key.table]))
        statements[key] = statement
        return statement
    }

    private func statement(_ text: Text) throws -> BoundStatement {
        if let known = others[text] { return known }
        let statement = try BoundStatement(db, text.sql)
        others[text] = statement
        return statement
    }

    /// Bit i is set where a column of the table's index i changes.
    private func changedIndexes(_ image: EntityImage, _ row: Int64, _ table: KindTable) throws -> UInt64 {
        let statement = try statement(Key(table: schema.index(image.kind), isLook: true)) { $0.selectIndexed }
        statement.bind(1, row)
        var changed: UInt64 = 0
        try statement.forEachRow { stored in
            var column: Int32 = 0
            for (index, parameters) in table.indexedParameters.enumerated() {
                for parameter in parameters {
                    // Parameter 1 is the row's number, which the image does not hold.
                    if !image.row.slot(parameter - 2, equals: column, of: stored) { changed |= 1 << UInt64(index) }
                    column += 1
                }
            }
        }
        return changed
    }

    // MARK: Lists and search

    private func clearLists(_ id: String) throws {
        try run(.clearConflicts, id)
        try run(.clearNotices, id)
    }

    private func replaceSearch(_ image: EntityImage, _ row: Int64) throws {
        let statement = try statement(.findSearch)
        statement.bind(1, row)
        var (isThere, isSame) = (false, false)
        try statement.forEachRow { stored in
            isThere = true
            isSame = image.searchBody.map { image.row.slot($0, equals: 0, of: stored) } ?? false
        }
        if isSame { return }
        if isThere { try run(.removeSearch, row) }
        if let body = image.searchBody { try addSearch(image, row, body) }
    }

    private func addSearch(_ image: EntityImage, _ row: Int64, _ body: Int) throws {
        let statement = try statement(.addSearch)
        try image.row.bytes.withUnsafeBytes { bytes in
            statement.bind(1, row)
            statement.bind(2, image.row.slots[0], bytes)
            statement.bind(3, image.row.slots[1], bytes)
            statement.bind(4, image.row.slots[body], bytes)
            try statement.run()
        }
    }

    private func run(_ text: Text, _ row: Int64) throws {
        let statement = try statement(text)
        statement.bind(1, row)
        try statement.run()
    }

    private func run(_ text: Text, _ id: String) throws {
        let statement = try statement(text)
        statement.bind(1, id)
        try statement.run()
    }
}
