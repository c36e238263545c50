internal import AnnalsModel
internal import GRDB

/// Reads the open conflicts from their own table, which has all of them side by side: the items themselves lie far apart.
struct ConflictRows {
    let db: Database
    let schema: Schema

    /// As ``ImageMaker`` fills it, and as it is read: columns go by their places here.
    static let table = """
        CREATE TABLE conflict (entity_id TEXT NOT NULL, kind TEXT NOT NULL, field TEXT NOT NULL, author TEXT, write_id TEXT NOT NULL, \
        value TEXT NOT NULL, "by" TEXT NOT NULL, seq INTEGER NOT NULL, replica TEXT NOT NULL, n INTEGER NOT NULL, written TEXT NOT NULL, \
        base INTEGER NOT NULL, closes TEXT, created_seq INTEGER NOT NULL, ordinal INTEGER NOT NULL, label TEXT)
        """

    static let insert =
        "INSERT INTO conflict VALUES (\(Array(repeating: "?", count: EntityImage.conflictColumns).joined(separator: ",")))"

    /// In the order of handles and fields, the sides as they arrived.
    private static let select = "SELECT * FROM conflict ORDER BY created_seq, ordinal, entity_id, field, author, rowid"

    func all() throws -> [Conflict] {
        var found: [Conflict] = []
        var sides: [Write] = []
        var last: (item: ItemID, kind: String, field: String, author: Name?, handle: String, label: String?)?
        func end() {
            guard let last else { return }
            found.append(
                Conflict(
                    item: last.item, kind: last.kind, handle: last.handle, label: last.label, field: last.field, author: last.author,
                    sides: sides))
            sides = []
        }
        var values = ValueReader()
        try BoundStatement(db, Self.select).forEachRow { row in
            guard let item = row.item(0), let side = side(row, &values) else { throw DamagedState() }
            let (field, author) = (row.text(2), row.isNull(3) ? nil : Name(row.text(3)))
            if let last, last.item == item, sameBytes(last.field, field), last.author == author {
                sides.append(side)
                return
            }
            end()
            sides = [side]
            let kind = row.text(1)
            let handle = schema.vocabulary.kind(kind).map {
                Handle(letter: $0.letter, created: row.integer(13), ordinal: Int(row.integer(14))).description
            }
            last = (item, kind, field, author, handle ?? item.raw, row.isNull(15) ? nil : row.text(15))
        }
        end()
        return found
    }

    private func side(_ row: BoundRow, _ values: inout ValueReader) -> Write? {
        guard let id = row.item(4), let author = Name(row.text(6)), let replica = Name(row.text(8)), let written = Instant(row.text(10))
        else { return nil }
        let stamp = Stamp(
            id: id, seq: row.integer(7), author: author, replica: replica, n: row.integer(9), index: id.index, base: row.integer(11),
            written: written)
        let closes = row.isNull(12) ? nil : row.text(12).split(separator: " ").compactMap { ItemID(String($0)) }
        return Write(stamp, values.read(row.bytes(5)), closes: closes)
    }
}
