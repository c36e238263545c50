internal import AnnalsModel
internal import AnnalsStore
internal import AnnalsWire
internal import GRDB

/// Reads entries of the stored log, all or those that touch some entities.
struct LogReader {
    let db: Database

    /// Beyond so many ids every line is read: looking for each of them in the bytes would cost more.
    private static let needlesMax = 8

    /// Each entry up to `seq` whose change touches one of `ids`; every entry, refusals too, where `ids` is nil.
    func forEachEntry(
        touching ids: Set<ItemID>?, from: Int64 = 1, through seq: Int64, _ body: (Entry, [UInt8]) throws -> Void
    ) throws {
        let texts = ids.flatMap { $0.count <= Self.needlesMax ? $0.map(Self.trace) : nil }
        try forEachEntry(holding: texts, from: from, through: seq) { entry, line in
            if let ids {
                guard let change = entry.change, !ids.isDisjoint(with: change.entities) else { return }
            }
            try body(entry, line)
        }
    }

    /// Each entry whose line may hold one of these texts; every entry where they are nil.
    func forEachEntry(
        holding texts: [String]?, from: Int64 = 1, through seq: Int64, _ body: (Entry, [UInt8]) throws -> Void
    ) throws {
        let needles = texts?.map { BytePattern(Array($0.utf8)) }
        try LogChunks(db: db).forEach(from: from, through: seq) { chunk in
            if let needles, !Self.mayHold(chunk.bytes[...], needles) { return }
            try chunk.forEachLine { number, line in
                guard number >= from, number <= seq else { return }
                if let needles, !Self.mayHold(line, needles) { return }
                let line = Array(line)
                try body(try decodeEntry(line, seq: number), line)
            }
        }
    }

    /// What stands in every line that touches the entity: its own id, or that of the change that made it. In JSON it may be
    /// spelled with escapes, so a line with `\u` may hold anything.
    private static func trace(_ id: ItemID) -> String { id.change?.raw ?? id.raw }

    private static let escape = BytePattern(Array("\\u".utf8))

    private static func mayHold(_ bytes: ArraySlice<UInt8>, _ needles: [BytePattern]) -> Bool {
        bytes.withUnsafeBytes { text in
            needles.contains { $0.firstIndex(in: text, from: 0) != nil } || escape.firstIndex(in: text, from: 0) != nil
        }
    }

    /// Where the submitted change stands in an entry line.
    static func changeRange(_ line: [UInt8]) -> Range<Int>? { EntryCodec.changeRange(line) }
}
