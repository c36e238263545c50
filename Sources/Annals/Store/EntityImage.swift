/// What of an entity goes into the derived tables, as bytes.
struct EntityImage {
    var id = ""
    var kind = ""
    /// The highest place in the log, or among the pending changes, of what shows in it.
    var updatedSeq: Int64 = 0
    /// The row's values from `_id` on, and then the search text.
    var row = RowImage()
    /// Which slot is the search text; nil where there is none.
    var searchBody: Int?
    var conflicts = RowImage()
    var notices = RowImage()
    /// The items that it names in sets, lists and judgments: those that have no column.
    var references: [String] = []

    static let conflictColumns = 16
    static let noticeColumns = 6
}

/// Where an entity's row is.
struct EntityPlace {
    var row: Int64
    var kind: String
}
