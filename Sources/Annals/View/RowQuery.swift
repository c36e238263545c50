internal import AnnalsModel
internal import GRDB

/// The rows that may be in a list, in its order.
///
/// Where an index says which rows these are and they are few, they alone are looked at: a list then costs what it shows. Where they
/// are many, all rows are gone through in the order of the list, which mostly ends soon.
struct RowQuery {
    let query: EntityQuery
    let schema: Schema
    /// How many rows are still few.
    var fewMax = 5000

    private var table: KindTable { schema.table(query.kind) }
    private var vocabulary: Vocabulary { schema.vocabulary }

    /// - Parameters:
    ///   - generation: leaves out the rows that changed after it; nil takes all.
    ///   - body: returns false to stop.
    func forEachRecord(_ db: Database, unchangedSince generation: Int64?, _ body: (EntityRecord) throws -> Bool) throws {
        let table = table
        var conditions = ["_seq IS NOT NULL"]
        var arguments = StatementArguments()
        if !query.retracted { conditions.append("_present") }
        if let generation { conditions.append("_changed <= \(generation)") }
        var few: Set<Int64>?
        for filter in query.filters.compactMap({ $0.sql(table, vocabulary) }) {
            if let rows = try filter.rows.flatMap({ try fewRows($0, db) }) {
                few = few?.intersection(rows) ?? rows
            } else {
                conditions.append(filter.condition)
                arguments += filter.arguments
            }
        }
        if let few {
            try forEachRecord(of: few, db, conditions, arguments, body)
        } else {
            let statement = try db.cachedStatement(sql: selection(table.selectList, conditions))
            try statement.setArguments(arguments)
            let rows = EntityRows(db: db, schema: schema)
            try BoundStatement(statement).goThrough(while: { try body(rows.decode($0, table)) })
        }
    }

    /// Puts the numbers of the rows in order first: the rows themselves are larger, and few of them may be shown.
    private func forEachRecord(
        of few: Set<Int64>, _ db: Database, _ conditions: [String], _ arguments: StatementArguments, _ body: (EntityRecord) throws -> Bool
    ) throws {
        if few.isEmpty { return }
        let table = table
        let list: StatementArguments = ["[\(few.map(String.init).joined(separator: ","))]"]
        let sql = selection("_row", ["_row IN (SELECT value FROM json_each(?))"] + conditions)
        let rows = EntityRows(db: db, schema: schema)
        for number in try Int64.fetchAll(db.cachedStatement(sql: sql), arguments: list + arguments) {
            guard try body(rows.load(number, table)) else { return }
        }
    }

    private func selection(_ columns: String, _ conditions: [String]) -> String {
        "SELECT \(columns) FROM \(table.name) WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(query.order.sql(table, vocabulary))"
    }

    /// The numbers of the rows where they are few, of whatever kinds; nil where they are many.
    private func fewRows(_ rows: FilterSQL.Rows, _ db: Database) throws -> Set<Int64>? {
        let found = try Int64.fetchAll(
            db.cachedStatement(sql: "\(rows.selection) LIMIT \(fewMax + 1)"), arguments: rows.arguments)
        return found.count > fewMax ? nil : Set(found)
    }
}
