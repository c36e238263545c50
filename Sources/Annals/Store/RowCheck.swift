internal import AnnalsModel
internal import GRDB

/// Compares what stands beside an entity's state, for lists and look-ups, with what the state makes of it: columns, who names whom, notices.
struct RowCheck: ~Copyable {
    private let schema: Schema
    private let db: Database
    private var maker: ImageMaker
    private let notices: BoundStatement
    private let reference: BoundStatement
    private var looks: [Int: Look] = [:]

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

    private mutating func columns(_ row: Int64) throws -> Bool {
        let index = schema.index(maker.image.kind)
        let look = try looks[index] ?? Look(db, schema.allTables[index])
        looks[index] = look
        look.statement.bind(1, row)
        var isSound = false
        try look.statement.forEachRow { stored in
            isSound = look.slots.enumerated().allSatisfy { maker.image.row.slot($0.element, equals: Int32($0.offset), of: stored) }
        }
        return isSound
    }

    /// The columns of a table that are compared.
    private struct Look {
        let statement: BoundStatement
        /// Where they stand in an image, which begins behind the row's number.
        let slots: [Int]

        init(_ db: Database, _ table: KindTable) throws {
            let columns = table.columnNames.enumerated().filter { !RowCheck.others.contains($0.element) }
            slots = columns.map { $0.offset - 1 }
            statement = try BoundStatement(
                db, "SELECT \(columns.map(\.element).joined(separator: ", ")) FROM \(table.name) WHERE _row = ?")
        }
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
