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
            var conditions = ["\(date) IS NOT NULL"]
            var arguments: [String] = []
            if let to {
                conditions.append("(\(earliest) <= ? OR \(earliest) IS NULL)")
                arguments.append(to)
            }
            if let from {
                conditions.append("(\(latest) >= ? OR \(latest) IS NULL)")
                arguments.append(from)
            }
            return orInConflict(
                "(\(conditions.joined(separator: " AND ")))", StatementArguments(arguments), path.field)
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
        return ("_row IN (SELECT rowid FROM search WHERE search MATCH ?)", [phrase])
    }

    /// The columns hold only one side of a conflict. The field is one of the table's, and so a word that needs no escaping.
    private func orInConflict(
        _ condition: String, _ arguments: StatementArguments, _ field: String
    ) -> (condition: String, arguments: StatementArguments) {
        (
            "(\(condition) OR EXISTS (SELECT 1 FROM conflict AS c WHERE c.entity_id = _id AND c.field = '\(field)'))", arguments
        )
    }
}
