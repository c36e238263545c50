internal import AnnalsModel

/// The SQL table and view of one kind, derived from its row of the vocabulary.
struct KindTable: Sendable {
    /// nil for the table of all kinds that the vocabulary does not know.
    let kind: KindRule?
    let name: String
    let columns: [Column]
    /// Immutable texts that stand in a column alone and not in the state as well: a document's text is kept once.
    let outside: Set<String>
    /// All columns in their order, as SQL spells them.
    let columnNames: [String]
    /// Of each index the places of its columns, from 1.
    let indexedParameters: [[Int]]
    /// Columns of values that are outside of the state.
    let outsideColumns: [Column]
    /// The columns that make an entity, in the order that ``EntityRecord`` reads: own ones, then the outside fields.
    let selectList: String
    /// These of one row. SQL that is asked for each entity is put together once.
    let selectRow: String

    static let unknownName = "kind_unknown"

    /// The replica's own columns, before and after those of fields. The order is that of ``EntityRecord``.
    static let before = [
        "_row INTEGER PRIMARY KEY", "_id TEXT NOT NULL", "_kind TEXT NOT NULL", "_seq INTEGER", "_ordinal INTEGER NOT NULL",
        "_present INTEGER NOT NULL", "_owner TEXT", "_created_at TEXT", "_updated_seq INTEGER NOT NULL",
        "_changed INTEGER NOT NULL", "_label TEXT",
    ]
    static let after = ["_doc TEXT", "_state BLOB NOT NULL", "_base BLOB", "_log BLOB"]
    static let ownColumnCount = before.count + after.count

    init(_ kind: KindRule?) {
        self.kind = kind
        name = kind.map { "kind_" + Column.sqlName($0.name) } ?? Self.unknownName
        columns = kind?.fields.flatMap(Column.columns) ?? []
        outside = Set(
            columns.compactMap { column in
                guard column.source == .whole, !column.isInteger else { return nil }
                return kind?.field(column.field)?.merge == .immutable ? column.field : nil
            })
        let (kept, table) = (outside, name)
        outsideColumns = columns.filter { kept.contains($0.field) }
        selectList = (["_row", "_id", "_kind", "_changed", "_state", "_base", "_log"] + outsideColumns.map { quoted($0.name) })
            .joined(separator: ", ")
        selectRow = "SELECT \(selectList) FROM \(table) WHERE _row = ?"
        func names(_ definitions: [String]) -> [String] { definitions.map { String($0.prefix { $0 != " " }) } }
        let all = names(Self.before) + columns.map { quoted($0.name) } + names(Self.after)
        columnNames = all
        let own = [["_seq", "_ordinal"], ["_updated_seq"]].map { $0.compactMap(all.firstIndex).map { $0 + 1 } }
        indexedParameters = own + Self.indexedColumns(columns).map { index in index.map { Self.before.count + $0 + 1 } }
    }

    var createTable: String {
        let own = columns.map { "\(quoted($0.name)) \($0.isInteger ? "INTEGER" : "TEXT")" }
        return "CREATE TABLE \(name) (\((Self.before + own + Self.after).joined(separator: ", ")))"
    }

    /// Handles, dates and references are what lists are ordered and filtered by. The bounds of a date share an index: either is
    /// compared without the row being read.
    private static func indexedColumns(_ columns: [Column]) -> [[Int]] {
        columns.indices.compactMap { place in
            switch columns[place].source {
            case .earliest(let part):
                [place] + columns.indices.filter { columns[$0].field == columns[place].field && columns[$0].source == .latest(part: part) }
            case .latest: nil
            case .whole, .part: columns[place].isReference ? [place] : nil
            }
        }
    }

    struct Index {
        var name: String
        /// Columns, and the condition of one that has only some rows.
        var definition: String
        var table: String

        var create: String { "CREATE INDEX \(name) ON \(table) \(definition)" }
    }

    var indexes: [Index] {
        func index(_ end: String, _ definition: String) -> Index { Index(name: "\(name)_\(end)", definition: definition, table: name) }
        return [index("place", "(_seq, _ordinal)"), index("updated", "(_updated_seq)")]
            + Self.indexedColumns(columns).map { places in
                let names = places.map { quoted(columns[$0].name) }
                return index(columns[places[0]].name, "(\(names.joined(separator: ", "))) WHERE \(names[0]) IS NOT NULL")
            }
            + columns.compactMap { column in
                guard case .earliest(let part) = column.source, let date = date(column.field, part) else { return nil }
                return index("\(column.name)_wide", "(\(date.earliest), \(date.latest)) WHERE \(date.isWide)")
            }
    }

    /// The columns of a date, as SQL spells them.
    struct DateColumns {
        var text: String
        var earliest: String
        var latest: String

        /// Whether a date is open on a side or crosses the turn of a year. They are few and have an index of their own: all others
        /// that can mean a day begin in its year, and so are a short stretch of the index of both bounds.
        var isWide: String {
            "\(text) IS NOT NULL AND (\(earliest) IS NULL OR \(latest) IS NULL OR substr(\(earliest), 1, 4) <> substr(\(latest), 1, 4))"
        }
    }

    /// A date field's columns; nil for a field that is none.
    func date(_ field: String, _ part: String?) -> DateColumns? {
        func name(_ source: Column.Source) -> String? {
            columns.first { $0.field == field && $0.source == source }.map { quoted($0.name) }
        }
        guard let text = column(field, part).map({ quoted($0.name) }), let earliest = name(.earliest(part: part)),
            let latest = name(.latest(part: part))
        else { return nil }
        return DateColumns(text: text, earliest: earliest, latest: latest)
    }

    var insert: String {
        let count = Self.ownColumnCount + columns.count
        return "INSERT INTO \(name) VALUES (\(Array(repeating: "?", count: count).joined(separator: ",")))"
    }

    /// The values of the indexed columns of a row, in the order of `indexedParameters`.
    var selectIndexed: String {
        let names = indexedParameters.flatMap { $0 }.map { columnNames[$0 - 1] }
        return "SELECT \(names.joined(separator: ", ")) FROM \(name) WHERE _row = ?"
    }

    /// Writes a row anew, of the indexed columns only those whose index is in the set: SQLite moves an entry of an index whose
    /// column is named, whether its value differs or not. The parameters are those of `insert`.
    func update(_ changedIndexes: UInt64) -> String {
        var left: Set<Int> = [1, 2, 3]
        for (index, parameters) in indexedParameters.enumerated() where changedIndexes & 1 << UInt64(index) == 0 {
            left.formUnion(parameters)
        }
        let set = columnNames.indices.filter { !left.contains($0 + 1) }.map { "\(columnNames[$0]) = ?\($0 + 1)" }
        return "UPDATE \(name) SET \(set.joined(separator: ", ")) WHERE _row = ?1"
    }

    func column(_ field: String, _ part: String?) -> Column? {
        columns.first { $0.field == field && $0.source == (part.map { .part($0) } ?? .whole) }
    }
}

/// An SQL identifier: some fields are named like SQL's own words.
func quoted(_ name: String) -> String { "\"\(name)\"" }
