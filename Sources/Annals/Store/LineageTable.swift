internal import AnnalsModel
internal import AnnalsWire
internal import GRDB

/// Which replica continues which, as the log says.
struct LineageTable {
    let db: Database

    func load() throws -> Lineage {
        var lineage = Lineage()
        let rows = try Row.fetchCursor(db.cachedStatement(sql: "SELECT replica, parent, n, author FROM lineage"))
        while let row = try rows.next() {
            guard let replica = Name(row[0] as String), let parent = Name(row[1] as String), let author = Name(row[3] as String)
            else { throw DamagedState() }
            lineage.record(replica, continues: .init(replica: parent, n: row[2], author: author))
        }
        return lineage
    }

    func save(_ lineage: Lineage, before: Lineage) throws {
        for (replica, ancestor) in lineage.parents where before.parents[replica] != ancestor {
            try db.cachedStatement(sql: "INSERT OR REPLACE INTO lineage VALUES (?, ?, ?, ?)")
                .execute(arguments: [replica.raw, ancestor.replica.raw, ancestor.n, ancestor.author.raw])
        }
    }

    /// The change before entry `end` with this hash: asked only when a renamed replica's first change arrives, so the
    /// log is simply read through. A batch is stored before it is folded, and what comes later is nobody's past.
    func ancestor(_ hash: ShortHash, before end: Int64) throws -> Lineage.Ancestor? {
        var found: Lineage.Ancestor?
        try LogChunks(db: db).forEachLine(through: end - 1) { seq, line in
            guard found == nil else { return }
            let line = Array(line)
            if let range = EntryCodec.changeRange(line) {
                guard sha256(Array(line[range])).short == hash else { return }
            }
            let entry = try decodeEntry(line, seq: seq)
            if entry.link.hash == hash {
                found = .init(replica: entry.replica, n: entry.link.n, author: entry.author)
            }
        }
        return found
    }
}
