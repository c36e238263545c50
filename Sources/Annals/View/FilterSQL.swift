internal import AnnalsModel
internal import GRDB

/// The part of a filter that SQL can narrow down by a column. What passes is then asked of the filter itself.
extension Filter {
    /// nil where SQL cannot help.
    func sql(_ table: KindTable, _ vocabulary: Vocabulary) -> (condition: String, arguments: StatementArguments)? {
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
            func bound(_ source: Column.Source) -> String? {
                table.columns.first { $0.field == path.field && $0.source == source }.map { quoted($0.name) }
            }
            guard let date = table.column(path.field, part).map({ quoted($0.name) }),
                let earliest = bound(.earliest(part: part)), let latest = bound(.latest(part: part))
            else { return nil }
            var conditions: [String] = []
            var arguments: [String] = []
            if let to {
                conditions.append("(\(earliest) <= ? OR \(earliest) IS NULL)")
                arguments.append(to)
            }
            if let from {
                conditions.append("(\(latest) >= ? OR \(latest) IS NULL)")
                arguments.append(from)
            }
            if conditions.isEmpty { conditions.append("1") }
            // The index of both bounds tells which rows; where they are many, the list ends before all of them are read.
            let rows = "SELECT _row FROM \(table.name) WHERE \(conditions.joined(separator: " AND "))"
            return (
                "(\(date) IS NOT NULL AND +_row IN (\(rows)) OR +_row IN (\(Self.contested(path.field))))", StatementArguments(arguments)
            )
        case .names(let item): return names(item, table)
        case .author(let name): return ("_owner = ?", [name.raw])
        case .inConflict: return ("_id IN (SELECT entity_id FROM conflict)", [])
        default: return nil
        }
    }

    /// Words of a set have no column, but stand in the search index: what has them there is few, and is looked at.
    private static func element(
        _ path: FieldPath, _ value: Value, _ table: KindTable
    ) -> (condition: String, arguments: StatementArguments)? {
        guard path.part == nil, let rule = table.kind?.field(path.field), rule.merge == .set || rule.merge == .append,
            rule.type == .line || rule.type == .text, let text = value.string, let phrase = SearchWords.phrase(text)
        else { return nil }
        return ("+_row IN (SELECT rowid FROM search WHERE search MATCH ?)", [phrase])
    }

    /// The columns hold only one side of a conflict. The field is one of the table's, and so a word that needs no escaping.
    private func orInConflict(
        _ condition: String, _ arguments: StatementArguments, _ field: String
    ) -> (condition: String, arguments: StatementArguments) {
        ("(\(condition) OR _row IN (\(Self.contested(field))))", arguments)
    }

    /// The rows whose field is in conflict: they are few.
    private static func contested(_ field: String) -> String {
        "SELECT e.row FROM conflict AS c JOIN entity AS e ON e.id = c.entity_id WHERE c.field = '\(field)'"
    }

    /// By the indexes of the columns that hold references, and the table of all others.
    private func names(_ item: ItemID, _ table: KindTable) -> (condition: String, arguments: StatementArguments) {
        var rows = ["SELECT row FROM reference WHERE target = ?"]
        for column in table.columns where column.isReference {
            rows += ["SELECT _row FROM \(table.name) WHERE \(quoted(column.name)) = ?"]
        }
        let arguments = StatementArguments(rows.map { _ in item.raw })
        for rule in table.kind?.fields ?? [] where rule.merge == .contested && rule.type.namesItems {
            rows.append(Self.contested(rule.name))
        }
        return ("_row IN (\(rows.joined(separator: " UNION ALL ")))", arguments)
    }
}
