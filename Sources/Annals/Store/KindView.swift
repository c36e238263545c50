internal import AnnalsModel

/// The SQL view of one kind, for people with a plain `sqlite3`: handles, readable names, nothing retracted, no blobs.
///
/// It has no order of its own: SQLite would go through all rows in that order rather than use an index for what is asked.
extension KindTable {
    var createView: String? {
        guard let kind else { return nil }
        var list = ["\(Self.handle(letter: kind.letter)) AS handle"]
        for field in kind.fields { list += selections(of: field) }
        list += [
            "t._owner AS author", "t._created_at AS written",
            "(SELECT group_concat(field, ' ') FROM (SELECT DISTINCT field FROM conflict WHERE entity_id = t._id)) AS in_conflict",
            "t._id AS id",
        ]
        return "CREATE VIEW \(quoted(Column.sqlName(kind.plural))) AS SELECT \(list.joined(separator: ", ")) "
            + "FROM \(name) AS t WHERE t._present"
    }

    private func selections(of field: FieldRule) -> [String] {
        let shown = columns.filter { $0.field == field.name }
        let path = "'$.\"\(field.name)\"'"
        switch (field.merge, field.type) {
        case (.set, .line), (.set, .token), (.set, .text):
            return [
                "(SELECT group_concat(json_extract(value, '$.value'), '; ') FROM json_each(t._doc, \(path))) AS \(quoted(Column.sqlName(field.name)))"
            ]
        case (.set, _), (.append, _):
            return [
                "(SELECT json_group_array(json_extract(value, '$.value')) FROM json_each(t._doc, \(path))) AS \(quoted(Column.sqlName(field.name)))"
            ]
        case _ where shown.isEmpty:
            return ["json_extract(t._doc, \(path)) AS \(quoted(Column.sqlName(field.name)))"]
        default:
            return shown.map { column in
                column.isReference
                    ? "coalesce((SELECT h.handle FROM handles AS h WHERE h.id = t.\(quoted(column.name))), t.\(quoted(column.name))) AS \(quoted(column.name))"
                    : "t.\(quoted(column.name))"
            }
        }
    }

    /// The handle of a row of alias `t` as an SQL expression.
    static func handle(letter: Character) -> String {
        "'\(letter)' || CASE WHEN t._seq > \(Stamp.pending) THEN '~' || (t._seq - \(Stamp.pending)) ELSE t._seq END "
            + "|| CASE WHEN t._ordinal > 1 THEN '.' || t._ordinal ELSE '' END"
    }

    /// An expression on the row of this kind that an entity of the directory has; nil for the table of unknown kinds.
    fileprivate func inDirectory(_ expression: (Character) -> String) -> String? {
        kind.map { "WHEN '\($0.name)' THEN (SELECT \(expression($0.letter)) FROM \(name) AS t WHERE t._row = entity.row)" }
    }
}

extension Schema {
    /// The view `handles`: id, kind, handle and label of every entity that shows or showed.
    ///
    /// It is one selection: of several joined by UNION ALL, SQLite would do whatever it is joined with once for each.
    var handles: String {
        func choice(_ expression: (Character) -> String) -> String {
            "CASE kind \(tables.compactMap { $0.inDirectory(expression) }.joined(separator: " ")) END"
        }
        return "CREATE VIEW handles AS SELECT id, kind, \(choice(KindTable.handle)) AS handle, \(choice { _ in "t._label" }) AS label "
            + "FROM entity WHERE handle IS NOT NULL"
    }
}
