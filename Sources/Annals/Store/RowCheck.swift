internal import AnnalsModel
internal import GRDB

/// Compares what stands beside an entity's state, for lists and look-ups, with what the state makes of it: columns, who names whom, notices.
struct RowCheck: ~Copyable {
    private let schema: Schema
    private let db: Database
    private var maker: ImageMaker
    private let notices: BoundStatement
    private let reference: BoundStatement

    /// Columns that hold the states and what they were made from, which are compared for themselves, and when the row was written.
    private static let others: Set<String> = ["_row", "_changed", "_state", "_base", "_log"]

    init(_ db: Database, _ schema: Schema) throws {
        let notices = try BoundStatement(
            db, "SELECT entity_id, field, write_id, reason, \"by\", seq FROM notice WHERE entity_id = ? ORDER BY rowid")
        let reference = try BoundStatement(db, "SELECT 1 FROM reference WHERE target = ? AND row = ?")
        (self.db, self.schema, self.notices, self.reference) = (db, schema, notices, reference)
        maker = ImageMaker(schema)
    }

    /// Whether the rows of an entity are those of its state.
    mutating func isSound(_ fold: borrowing Fold, _ id: ItemID, row: Int64) throws -> Bool {
        guard let place = fold.place(of: id) else { return false }
        maker.take(fold, at: place, base: nil, generation: 0, log: [])
        return try columns(row) && references(row) && self.isListed()
    }

    /// How many notices there should be, of those that were looked at.
    private(set) var noticeCount = 0

    private func columns(_ row: Int64) throws -> Bool {
        let table = schema.table(maker.image.kind)
        let names = table.columnNames.enumerated().filter { !Self.others.contains($0.element) }
        let statement = try BoundStatement(db, "SELECT \(names.map(\.element).joined(separator: ", ")) FROM \(table.name) WHERE _row = ?")
        statement.bind(1, row)
        var isSound = false
        try statement.forEachRow { stored in
            // The image begins behind the row's number.
            isSound = names.enumerated().allSatisfy { maker.image.row.slot($0.element.offset - 1, equals: Int32($0.offset), of: stored) }
        }
        return isSound
    }

    /// What it once named may stand there too.
    private func references(_ row: Int64) throws -> Bool {
        for target in maker.image.references {
            reference.bind(1, target)
            reference.bind(2, row)
            var isThere = false
            try reference.forEachRow { _ in isThere = true }
            if !isThere { return false }
        }
        return true
    }

    private mutating func isListed() throws -> Bool {
        let image = maker.image.notices
        let count = image.slots.count / EntityImage.noticeColumns
        noticeCount += count
        notices.bind(1, maker.image.id)
        var (found, isSound) = (0, true)
        try notices.forEachRow { stored in
            for column in 0..<EntityImage.noticeColumns where found < count {
                if !image.slot(found * EntityImage.noticeColumns + column, equals: Int32(column), of: stored) { isSound = false }
            }
            found += 1
        }
        return isSound && found == count
    }
}
