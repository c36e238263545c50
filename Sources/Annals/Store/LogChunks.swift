internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsWire
internal import FoundationEssentials
internal import GRDB
internal import Glibc

/// The log as the file keeps it: entry lines verbatim, in chunks of whole pieces as they came, each with its head hash.
struct LogChunks {
    /// Up to which pieces are joined: rows of single lines were read half as fast, and a chunk that grows is written again with
    /// each piece that it takes. What a server sends to one who is behind is larger, and so stands alone.
    static let joinedBytesMax = 16 << 10

    let db: Database

    /// Appends pieces that follow the last chunk, or joins them to it while it stays small. Their lines are not looked at.
    func append(_ pieces: [Batch.Piece], _ turn: Turn = .unlimited) throws {
        guard let start = pieces.first else { return }
        var chunk = try lastChunk(for: start.bytes.count) ?? (first: start.first, bytes: [])
        var isStored = !chunk.bytes.isEmpty
        for (index, piece) in pieces.enumerated() {
            if chunk.bytes.isEmpty { chunk = (piece.first, piece.bytes) } else { chunk.bytes += piece.bytes }
            let next = index + 1 < pieces.count ? pieces[index + 1].bytes.count : 0
            if next > 0, chunk.bytes.count + next <= Self.joinedBytesMax { continue }
            try store(chunk.first, piece.last, chunk.bytes, piece.head, replacing: isStored)
            try turn.step(5)
            chunk.bytes = []
            isStored = false
        }
    }

    private func store(_ first: Int64, _ last: Int64, _ bytes: [UInt8], _ head: Digest, replacing: Bool) throws {
        let sql =
            replacing
            ? "UPDATE log_chunk SET count = ?2, bytes = ?3, head = ?4 WHERE first = ?1"
            : "INSERT INTO log_chunk (first, count, bytes, head) VALUES (?1, ?2, ?3, ?4)"
        let statement = try BoundStatement(db, sql)
        statement.bind(1, first)
        statement.bind(2, last - first + 1)
        try bytes.withUnsafeBytes { bytes in
            statement.bind(3, blob: bytes)
            try head.bytes.withUnsafeBytes { head in
                statement.bind(4, blob: head)
                try statement.run()
            }
        }
    }

    /// The last chunk where another piece may join it.
    private func lastChunk(for next: Int) throws -> (first: Int64, bytes: [UInt8])? {
        let sql = "SELECT first, length(bytes) FROM log_chunk ORDER BY first DESC LIMIT 1"
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql)) else { return nil }
        let (first, count): (Int64, Int) = (row[0], row[1])
        // One that is not joined is left alone, and so is not read here.
        if count + next > Self.joinedBytesMax { return nil }
        let bytes = try Data.fetchOne(db.cachedStatement(sql: "SELECT bytes FROM log_chunk WHERE first = ?"), arguments: [first])
        return bytes.map { (first, [UInt8]($0)) }
    }

    // MARK: Reading

    struct Chunk {
        var first: Int64
        var count: Int64
        var bytes: [UInt8]
        var head: Digest

        /// Each line, without LF, with its seq.
        func forEachLine(_ body: (Int64, ArraySlice<UInt8>) throws -> Void) rethrows {
            var (start, seq) = (0, first)
            while start < bytes.count, let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
                try body(seq, bytes[start..<end])
                (start, seq) = (end + 1, seq + 1)
            }
        }
    }

    /// The chunks that hold entries `from` to `through`, in order.
    func forEach(from: Int64 = 1, through: Int64 = .max, _ body: (Chunk) throws -> Void) throws {
        // The last chunk that begins at or before `from` may hold it.
        let sql = """
            SELECT first, count, bytes, head FROM log_chunk \
            WHERE first >= coalesce((SELECT max(first) FROM log_chunk WHERE first <= ?1), ?1) AND first <= ?2 ORDER BY first
            """
        // A statement of its own: `body` may read the log too.
        let rows = try Row.fetchCursor(db.makeStatement(sql: sql), arguments: [from, through])
        while let row = try rows.next() {
            guard let head = Digest(bytes: row[3] as Data) else { throw DamagedState() }
            let chunk = Chunk(first: row[0], count: row[1], bytes: [UInt8](row[2] as Data), head: head)
            if chunk.first + chunk.count > from { try body(chunk) }
        }
    }

    /// The bytes of the chunks that hold entries `from` to `through`, in order, where SQLite has them, with the seq of their first line.
    func forEachStretch(from: Int64 = 1, through: Int64 = .max, _ body: (Int64, UnsafeRawBufferPointer) throws -> Void) throws {
        let sql = """
            SELECT first, bytes FROM log_chunk \
            WHERE first >= coalesce((SELECT max(first) FROM log_chunk WHERE first <= ?1), ?1) AND first <= ?2 ORDER BY first
            """
        let statement = try BoundStatement(db, sql)
        statement.bind(1, from)
        statement.bind(2, through)
        try statement.forEachRow { try body($0.integer(0), $0.bytes(1)) }
    }

    /// Each line `from` to `through`, without LF, with its seq.
    func forEachLine(from: Int64 = 1, through: Int64 = .max, _ body: (Int64, ArraySlice<UInt8>) throws -> Void) throws {
        try forEach(from: from, through: through) { chunk in
            try chunk.forEachLine { seq, line in
                if seq >= from, seq <= through { try body(seq, line) }
            }
        }
    }

    /// The lines of these entries, which are in order, without LF, where SQLite has them.
    func forEachLine(of seqs: [Int64], _ body: (Int64, UnsafeRawBufferPointer) throws -> Void) throws {
        if try found(of: seqs, body) < seqs.count { throw DamagedState() }
    }

    /// - Returns: how many of them there were before one was missing.
    private func found(of seqs: [Int64], _ body: (Int64, UnsafeRawBufferPointer) throws -> Void) throws -> Int {
        let chunk = try BoundStatement(db, "SELECT first, first + count, bytes FROM log_chunk WHERE first <= ? ORDER BY first DESC LIMIT 1")
        var next = 0
        while next < seqs.count {
            let before = next
            chunk.bind(1, seqs[next])
            try chunk.forEachRow { row in
                var (seq, end, left) = (row.integer(0), row.integer(1), row.bytes(2))
                while next < seqs.count, seqs[next] < end, let feed = left.firstIndex(ofByte: UInt8(ascii: "\n")) {
                    if seq == seqs[next] {
                        try body(seq, UnsafeRawBufferPointer(rebasing: left[..<feed]))
                        next += 1
                    }
                    (seq, left) = (seq + 1, UnsafeRawBufferPointer(rebasing: left[(feed + 1)...]))
                }
            }
            if next == before { break }
        }
        return next
    }

    /// The line of an entry, without LF.
    func line(_ seq: Int64) throws -> [UInt8]? {
        var line: [UInt8]?
        _ = try found(of: [seq]) { line = Array($1) }
        return line
    }

    func entry(_ seq: Int64) throws -> Entry? {
        try line(seq).map { try decodeEntry($0, seq: seq) }
    }

    /// H(seq); nil where the log does not have it.
    func hash(at seq: Int64, log: String?) throws -> Digest? {
        if seq == 0 { return log.map { ChainHash(log: $0).head } }
        let before = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT head FROM log_chunk WHERE first <= ? ORDER BY first DESC LIMIT 1 OFFSET 1"),
            arguments: [seq])
        var head = before.flatMap { Digest(bytes: $0[0] as Data) } ?? log.map { ChainHash(log: $0).head }
        var last: Int64 = 0
        try forEach(from: seq, through: seq) { chunk in
            chunk.forEachLine { number, line in
                guard number <= seq, let hash = head else { return }
                head = chainHash(after: hash, line: line)
                last = number
            }
        }
        return last == seq ? head : nil
    }
}

/// Reads a line of the log; one that cannot be read stops things there, by its number.
func decodeEntry(_ line: [UInt8], seq: Int64) throws(AnnalsError) -> Entry {
    do throws(CodecError) {
        let entry = try EntryCodec.decode(line)
        guard entry.seq == seq else { throw CodecError("it says that it is entry \(entry.seq)") }
        return entry
    } catch {
        throw AnnalsError(
            .damaged, "entry \(seq) cannot be read (\(error))",
            wayOut: "What came before it stays readable and writable; upgrade this program or ask who runs the server.")
    }
}

extension UnsafeRawBufferPointer {
    /// Where a byte stands first.
    fileprivate func firstIndex(ofByte byte: UInt8) -> Int? {
        guard let base = baseAddress else { return nil }
        return memchr(base, Int32(byte), count).map { UnsafeRawPointer($0) - base }
    }
}
