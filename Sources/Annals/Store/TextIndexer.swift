internal import AnnalsModel
internal import GRDB

/// Brings the full text index up to date with the rows that small transactions left out (``TextMark``), within one transaction.
struct TextIndexer {
    let db: Database
    let schema: Schema

    /// How many rows make a transaction for which nobody waits long.
    static let rowsMax = 128

    /// The rows that the index lacks or holds as they were: those of the log in its order, then those of pending changes in theirs.
    ///
    /// - Parameters:
    ///   - count: how many; all that one entry touches are taken together.
    ///   - ofLog: whether those of pending changes are left out.
    func due(after mark: TextMark, _ count: Int = .max, ofLog: Bool = false) throws -> [EntityRecord] {
        var found: [Row] = []
        for condition in ofLog ? [mark.isDue[0]] : mark.isDue where found.count < count {
            found += try Row.fetchAll(db, sql: places(condition), arguments: [count - found.count])
        }
        guard let last: Int64 = found.last?[0] else { return [] }
        if found.count == count {
            // The last entry's rows may go on.
            found.removeAll { $0[0] as Int64 == last }
            found += try Row.fetchAll(db, sql: places("_updated_seq = \(last)"), arguments: [-1])
        }
        let rows = EntityRows(db: db, schema: schema)
        return try found.map { try rows.load($0[1], schema.allTables[$0[2]]) }
    }

    private func places(_ condition: String) -> String {
        let selections = schema.allTables.enumerated().map { index, table in
            "SELECT _updated_seq AS seq, _row, \(index) FROM \(table.name) WHERE \(condition)"
        }
        return selections.joined(separator: " UNION ALL ") + " ORDER BY seq LIMIT ?"
    }

    /// Indexes the next rows.
    ///
    /// - Returns: whether any are left.
    func advance(_ meta: inout Meta, ofLog: Bool = false) throws -> Bool {
        let records = try due(after: meta.texts, Self.rowsMax, ofLog: ofLog)
        for record in records { try index(record) }
        guard records.count >= Self.rowsMax, let last = records.last?.visible.updatedSeq else {
            meta.texts = ofLog ? TextMark(seq: meta.have, n: meta.texts.n) : meta.wholeTexts
            return false
        }
        if last <= Stamp.pending { meta.texts.seq = last } else { meta.texts = TextMark(seq: meta.have, n: last - Stamp.pending) }
        return true
    }

    /// Indexes all rows of the log that are left. Those of pending changes can wait: there may be many, and they are marked by themselves.
    func finishLog(_ meta: inout Meta) throws {
        if meta.texts.seq == meta.have { return }
        while try advance(&meta, ofLog: true) {}
    }

    private func index(_ record: EntityRecord) throws {
        let body = EntityTexts(entity: record.visible, vocabulary: schema.vocabulary).searchBody
        let stored = try String.fetchOne(
            db.cachedStatement(sql: SearchIndex.find), arguments: [record.row])
        if sameBytes(stored ?? "", body) { return }
        if stored != nil {
            try db.cachedStatement(sql: SearchIndex.remove).execute(arguments: [record.row])
        }
        if body.isEmpty { return }
        try db.cachedStatement(sql: SearchIndex.add)
            .execute(arguments: [record.row, record.visible.id.raw, record.visible.kind, body])
    }
}

extension ReplicaStore {
    /// Brings the full text index up to date, in short transactions.
    func indexTexts() throws {
        if try read(.none, { $1.hasAllTexts }) { return }
        var isLeft = true
        while isLeft {
            isLeft = try write(.normal, as: .short, silently: true) { db, meta in
                try TextIndexer(db: db, schema: self.schema).advance(&meta)
            }
        }
    }
}
