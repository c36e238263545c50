internal import AnnalsCore
internal import AnnalsModel
internal import GRDB

/// What a replica file knows about itself: read at the start of each transaction and written back with it.
struct Meta: Sendable, Equatable {
    var format: Int64 = Schema.format
    /// The vocabulary's version, and a digest of the tables derived from it: another one means folding anew.
    var vocabulary: Int64 = 0
    var schema = ""
    var workspace: Name?
    /// nil until the first sync binds the replica to a log.
    var log: String?
    var epoch: Int64 = 0
    var server: String?
    var serverKey: String?
    var user: Name
    /// nil until a server has said it.
    var role: Role?
    /// The id that this file writes under, and all that it ever wrote under.
    var replica: Name
    var replicas: [Name]
    var nextN: Int64 = 1
    /// The hash of the last change that was written here, whatever became of it.
    var lastHash: ShortHash?
    var have: Int64 = 0
    /// H(have).
    var head: Digest?
    /// The line of the checkpoint that proves `have`.
    var checkpoint: String?
    /// What of a first copy has arrived, and is not shown yet; nil but while one is made.
    var staged: LogPoint?
    /// Whether a first copy had a line that could not be read: then what comes before it is shown as it arrives.
    var showsEachBatch = false
    /// Raised by each transaction that changes what a view shows.
    var generation: Int64 = 1
    /// Raised by every transaction: what observers compare.
    var revision: Int64 = 1
    /// How far the full text index has come.
    var texts = TextMark()
    var lastSync: Instant?
    var stopCode: String?
    var stopText: String?
    /// Where other bytes were found under this file's name: its own changes from there on are not sent.
    var twinReplica: Name?
    var twinN: Int64?

    init(user: Name, replica: Name) {
        self.user = user
        self.replica = replica
        replicas = [replica]
    }

    /// What a view taken now has on the screen.
    var base: Base { Base(seq: have, hash: log == nil ? nil : head?.short) }
}

/// A point of the log with what proves it.
struct LogPoint: Sendable, Equatable {
    var seq: Int64
    /// H(seq).
    var head: Digest
    /// The line of the checkpoint that proves it.
    var checkpoint: String

    init(seq: Int64, head: Digest, checkpoint: String) {
        (self.seq, self.head, self.checkpoint) = (seq, head, checkpoint)
    }

    /// The end of a batch.
    init(_ batch: Batch) {
        self.init(seq: batch.last, head: batch.head, checkpoint: String(decoding: batch.end.checkpointLine, as: UTF8.self))
    }
}

extension Meta {
    /// Moves the log's end.
    mutating func advance(to point: LogPoint) {
        (have, head, checkpoint) = (point.seq, point.head, point.checkpoint)
    }

    init(_ db: Database) throws {
        var values: [String: DatabaseValue] = [:]
        let rows = try Row.fetchCursor(db.cachedStatement(sql: "SELECT key, value FROM meta"))
        while let row = try rows.next() { values[row[0]] = row[1] }
        func text(_ key: String) -> String? { values[key].flatMap(String.fromDatabaseValue) }
        func number(_ key: String) -> Int64? { values[key].flatMap(Int64.fromDatabaseValue) }
        guard let user = text("user").flatMap({ Name($0) }), let replica = text("replica").flatMap({ Name($0) }) else {
            throw DamagedState()
        }
        self.init(user: user, replica: replica)
        format = number("format") ?? 0
        vocabulary = number("vocabulary") ?? 0
        schema = text("schema") ?? ""
        workspace = text("workspace").flatMap { Name($0) }
        log = text("log")
        epoch = number("epoch") ?? 0
        server = text("server")
        serverKey = text("server_key")
        role = text("role").flatMap(Role.init)
        replicas = (text("replicas") ?? "").split(separator: " ").compactMap { Name(String($0)) }
        nextN = number("next_n") ?? 1
        lastHash = text("last_hash").flatMap { ShortHash(hex: $0) }
        have = number("have") ?? 0
        head = text("head").flatMap { Digest(hex: $0) }
        checkpoint = text("checkpoint")
        if let seq = number("staged"), let head = text("staged_head").flatMap({ Digest(hex: $0) }), let line = text("staged_checkpoint") {
            staged = LogPoint(seq: seq, head: head, checkpoint: line)
        }
        showsEachBatch = number("shows_each_batch") == 1
        generation = number("generation") ?? 1
        revision = number("revision") ?? 1
        texts = TextMark(seq: number("texts_seq") ?? 0, n: number("texts_n") ?? 0)
        lastSync = number("last_sync").map { Instant(milliseconds: $0) }
        stopCode = text("stop_code")
        stopText = text("stop_text")
        twinReplica = text("twin_replica").flatMap { Name($0) }
        twinN = number("twin_n")
    }

    /// The generation alone.
    static func generation(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT value FROM meta WHERE key = 'generation'")) ?? 1
    }

    private var values: [(String, (any DatabaseValueConvertible)?)] {
        [
            ("format", format), ("vocabulary", vocabulary), ("schema", schema), ("workspace", workspace?.raw), ("log", log),
            ("epoch", epoch), ("server", server), ("server_key", serverKey), ("user", user.raw), ("role", role?.rawValue),
            ("replica", replica.raw), ("replicas", replicas.map(\.raw).joined(separator: " ")), ("next_n", nextN),
            ("last_hash", lastHash?.hex), ("have", have), ("head", head?.hex), ("checkpoint", checkpoint),
            ("staged", staged?.seq), ("staged_head", staged?.head.hex), ("staged_checkpoint", staged?.checkpoint),
            ("shows_each_batch", showsEachBatch ? 1 : nil), ("generation", generation), ("revision", revision), ("texts_seq", texts.seq),
            ("texts_n", texts.n),
            ("last_sync", lastSync?.milliseconds), ("stop_code", stopCode),
            ("stop_text", stopText),
            ("twin_replica", twinReplica?.raw), ("twin_n", twinN),
        ]
    }

    /// Writes what differs from `stored`; all where there is none.
    func save(_ db: Database, replacing stored: Meta?) throws {
        let old = stored?.values
        let statement = try db.cachedStatement(sql: "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")
        for (index, (key, value)) in values.enumerated() {
            if let old, old[index].1?.databaseValue == value?.databaseValue { continue }
            try statement.execute(arguments: [key, value])
        }
    }
}
