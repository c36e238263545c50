internal import AnnalsModel
internal import GRDB

/// The part of a filter that SQL can narrow down by a column or an index. What passes is then asked of the filter itself.
struct FilterSQL {
    /// Holds for every row that may meet the filter.
    var condition: String
    var arguments: StatementArguments
    /// A selection of the numbers of these rows, which an index answers; nil where none does.
    var rows: Rows?

    struct Rows {
        var selection: String
        var arguments: StatementArguments
    }

    init(_ condition: String, _ arguments: StatementArguments = [], rows: Rows? = nil) {
        self.condition = condition
        self.arguments = arguments
        self.rows = rows
    }

    /// Those rows, and no condition other than to be one of them.
    init(rows selection: String, _ arguments: StatementArguments = []) {
        // The `+` has the list gone through in its order, which ends early where many rows pass.
        self.init("+_row IN (\(selection))", arguments, rows: Rows(selection: selection, arguments: arguments))
    }
}

extension Filter {
    /// nil where SQL cannot help.
    func sql(_ table: KindTable, _ vocabulary: Vocabulary) -> FilterSQL? {
        switch node {
        case .equals(let path, let value):
            guard let column = table.column(path.field, path.part) else { return Self.element(path, value, table) }
            switch value {
            case .string(let text) where !text.utf8.contains(0):
                return orInConflict("\(quoted(column.name)) = ?", [text], path.field)
            case .integer(let number):
                return orInConflict("\(quoted(column.name)) = ?", [number], path.field)
            default: return nil
            }
        case .overlaps(let path, let from, let to):
            let part = path.completed(table.kind?.name ?? "", vocabulary).part
            return table.date(path.field, part).map { Self.overlaps($0, FieldPath(path.field, part), from, to, table) }
        case .names(let item): return names(item, table)
        case .author(let name): return FilterSQL("_owner = ?", [name.raw])
        case .any(let filters):
            let parts = filters.compactMap { $0.sql(table, vocabulary) }
            guard parts.count == filters.count, !parts.isEmpty else { return nil }
            return FilterSQL(
                "(" + parts.map(\.condition).joined(separator: " OR ") + ")",
                parts.dropFirst().reduce(parts[0].arguments) { $0 + $1.arguments })
        case .not(let filter):
            guard case .has(let path) = filter.node, let column = table.column(path.field, path.part) else { return nil }
            return orInConflict("\(quoted(column.name)) IS NULL", [], path.field)
        case .inConflict: return FilterSQL(rows: "SELECT row FROM entity WHERE id IN (SELECT entity_id FROM conflict)")
        default: return nil
        }
    }

    private static func overlaps(
        _ date: KindTable.DateColumns, _ path: FieldPath, _ from: String?, _ to: String?, _ table: KindTable
    ) -> FilterSQL {
        var (bounds, narrow, outside): ([String], [String], [String]) = ([], [], [])
        var (arguments, narrowArguments): ([String], [String]) = ([], [])
        if let to {
            bounds.append("(\(date.earliest) <= ? OR \(date.earliest) IS NULL)")
            narrow.append("\(date.earliest) <= ?")
            outside.append("\(side(path)) > ?")
            arguments.append(to)
        }
        if let from {
            bounds.append("(\(date.latest) >= ? OR \(date.latest) IS NULL)")
            // What ends in a year begins in it, or is wide.
            narrow += ["\(date.latest) >= ?", "\(date.earliest) >= ?"]
            outside.append("\(side(path)) < ?")
            arguments.append(from)
            narrowArguments = [String(String.UnicodeScalarView(from.unicodeScalars.prefix(4)))]
        }
        let all = (["\(date.text) IS NOT NULL"] + bounds).joined(separator: " AND ")
        let condition = "(\(all) OR +_row IN (\(contested(path.field))))"
        if bounds.isEmpty { return FilterSQL(condition) }
        let rows = """
            SELECT _row FROM \(table.name) WHERE \(narrow.joined(separator: " AND ")) \
            UNION ALL SELECT _row FROM \(table.name) WHERE \(([date.isWide] + bounds).joined(separator: " AND ")) \
            UNION ALL \(contested(path.field, "NOT coalesce(\(side(path)) GLOB '\(day)' AND (\(outside.joined(separator: " OR "))), 0)"))
            """
        return FilterSQL(
            condition, StatementArguments(arguments),
            rows: FilterSQL.Rows(selection: rows, arguments: StatementArguments(arguments + narrowArguments + arguments + arguments)))
    }

    /// One day: a side of a conflict that says no more is outside of a span or in it by its text alone.
    private static let day = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"

    /// What a side of a conflict says.
    private static func side(_ path: FieldPath) -> String {
        "json_extract(value, '$\(path.part.map { ".\"\($0)\"" } ?? "")')"
    }

    /// Words of a set have no column, but stand in the search index: what has them there is few, and is looked at.
    private static func element(_ path: FieldPath, _ value: Value, _ table: KindTable) -> FilterSQL? {
        guard path.part == nil, let rule = table.kind?.field(path.field), rule.merge == .set || rule.merge == .append,
            rule.type == .line || rule.type == .text, let text = value.string, let phrase = SearchWords.phrase(text)
        else { return nil }
        return FilterSQL(
            rows: "SELECT rowid FROM search WHERE search MATCH ? UNION ALL SELECT _row FROM \(table.name) WHERE \(TextMark.isDue)", [phrase]
        )
    }

    /// The columns hold only one side of a conflict. The field is one of the table's, and so a word that needs no escaping.
    private func orInConflict(_ condition: String, _ arguments: StatementArguments, _ field: String) -> FilterSQL {
        FilterSQL("(\(condition) OR _row IN (\(Self.contested(field))))", arguments)
    }

    /// The rows whose field is in conflict: they are few.
    ///
    /// - Parameter condition: one that a side of the conflict meets.
    private static func contested(_ field: String, _ condition: String = "1") -> String {
        "SELECT row FROM entity WHERE id IN (SELECT entity_id FROM conflict WHERE field = '\(field)' AND \(condition))"
    }

    /// By the indexes of the columns that hold references, and the table of all others.
    private func names(_ item: ItemID, _ table: KindTable) -> FilterSQL {
        var rows = ["SELECT row FROM reference WHERE target = ?"]
        for column in table.columns where column.isReference {
            rows += ["SELECT _row FROM \(table.name) WHERE \(quoted(column.name)) = ?"]
        }
        let arguments = StatementArguments(rows.map { _ in item.raw })
        for rule in table.kind?.fields ?? [] where rule.merge == .contested && rule.type.namesItems {
            rows.append(Self.contested(rule.name))
        }
        return FilterSQL("_row IN (\(rows.joined(separator: " UNION ALL ")))", arguments)
    }
}
