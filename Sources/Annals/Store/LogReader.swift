internal import AnnalsModel
internal import AnnalsStore
internal import AnnalsWire
internal import FoundationEssentials
internal import GRDB

/// Reads entries of the stored log, all or those that touch some entities.
struct LogReader {
    let db: Database
    let schema: Schema

    /// Beyond so many ids every line is read: looking each of them up would cost more.
    private static let lookedUpMax = 1000

    /// Each entry up to `seq` whose change touches one of `ids`; every entry, refusals too, where `ids` is nil.
    func forEachEntry(
        touching ids: Set<ItemID>?, from: Int64 = 1, through seq: Int64, _ body: (Entry, [UInt8]) throws -> Void
    ) throws {
        if let ids, ids.count <= Self.lookedUpMax {
            var seqs: Set<Int64> = []
            for id in ids { try seqs.formUnion(self.seqs(touching: id)) }
            let wanted = seqs.filter { $0 >= from && $0 <= seq }.sorted()
            return try LogChunks(db: db).forEachLine(of: wanted) { seq, line in
                let line = Array(line)
                try body(try decodeEntry(line, seq: seq), line)
            }
        }
        try LogChunks(db: db).forEachEntry(holding: nil, from: from, through: seq) { entry, line in
            if let ids {
                guard let change = entry.change, !ids.isDisjoint(with: change.entities) else { return }
            }
            try body(entry, line)
        }
    }

    /// The entries that touch an entity; none where the log does not know it.
    private func seqs(touching id: ItemID) throws -> [Int64] {
        guard let place = try EntityRows.place(id, db) else { return [] }
        let sql = "SELECT _log FROM \(schema.table(place.kind).name) WHERE _row = ? AND _log IS NOT NULL"
        guard let list = try Data.fetchOne(db.cachedStatement(sql: sql), arguments: [place.row]) else { return [] }
        return try EntryList.seqs([UInt8](list))
    }

    /// Where the submitted change stands in an entry line.
    static func changeRange(_ line: [UInt8]) -> Range<Int>? { EntryCodec.changeRange(line) }
}

extension LogChunks {
    /// Each entry whose line may hold one of these texts; every entry where they are nil.
    func forEachEntry(
        holding texts: [String]?, from: Int64 = 1, through seq: Int64, _ body: (Entry, [UInt8]) throws -> Void
    ) throws {
        let needles = texts?.map { BytePattern(Array($0.utf8)) }
        try forEach(from: from, through: seq) { chunk in
            if let needles, !Self.mayHold(chunk.bytes[...], needles) { return }
            try chunk.forEachLine { number, line in
                guard number >= from, number <= seq else { return }
                if let needles, !Self.mayHold(line, needles) { return }
                let line = Array(line)
                try body(try decodeEntry(line, seq: number), line)
            }
        }
    }

    private static let escape = BytePattern(Array("\\u".utf8))

    private static func mayHold(_ bytes: ArraySlice<UInt8>, _ needles: [BytePattern]) -> Bool {
        bytes.withUnsafeBytes { text in
            needles.contains { $0.firstIndex(in: text, from: 0) != nil } || escape.firstIndex(in: text, from: 0) != nil
        }
    }
}
