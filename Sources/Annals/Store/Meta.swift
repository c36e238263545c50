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
    /// The last own change whose effect stands in the rows.
    var shownN: Int64 = 0
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
    /// Raised by every transaction.
    var revision: Int64 = 1
    /// How many of them said nothing new: they brought rows or the text index up to date.
    var silent: Int64 = 0
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

    /// What observers compare.
    var news: Int64 { revision - silent }

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
        shownN = number("shown_n") ?? nextN - 1
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
        silent = number("silent") ?? 0
        texts = TextMark(seq: number("texts_seq") ?? 0, n: number("texts_n") ?? 0)
        lastSync = number("last_sync").map { Instant(milliseconds: $0) }
        stopCode = text("stop_code")
        stopText = text("stop_text")
        twinReplica = text("twin_replica").flatMap { Name($0) }
        twinN = number("twin_n")
    }

    /// A file of before rows followed shows all: said in it, for what is recorded next shall not count as shown.
    static func completeShown(_ db: Database) throws {
        let isThere = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM meta WHERE key = 'shown_n')") ?? false
        if isThere { return }
        try db.execute(sql: "INSERT INTO meta (key, value) SELECT 'shown_n', value - 1 FROM meta WHERE key = 'next_n'")
    }

    /// What a read of rows needs to know: the generation, and what does not show yet.
    static func glance(_ db: Database) throws -> (generation: Int64, recorded: RecordedRange) {
        let statement = try BoundStatement(db, glanceSQL)
        var found: (Int64, RecordedRange)?
        try statement.forEachRow { row in
            let lastN = row.integer(1) - 1
            found = (row.integer(0), RecordedRange(shownN: row.isNull(2) ? lastN : row.integer(2), lastN: lastN))
        }
        guard let found else { throw DamagedState() }
        return found
    }

    private static let glanceSQL: String = {
        let keys = ["generation", "next_n", "shown_n"]
        return "SELECT " + keys.map { "(SELECT value FROM meta WHERE key = '\($0)')" }.joined(separator: ", ")
    }()

    /// How one thing that the file knows stands in `meta`.
    private struct Key: Sendable {
        enum Value {
            case none
            case number(Int64)
            case text(String)
        }

        let name: String
        let isSame: @Sendable (Meta, Meta) -> Bool
        let value: @Sendable (Meta) -> Value

        /// Something that is written as `text` says; nothing is written as NULL.
        init<T: Equatable & SendableMetatype>(
            _ name: String, _ part: @escaping @Sendable (Meta) -> T, _ text: @escaping @Sendable (T) -> String?
        ) {
            self.name = name
            isSame = { part($0) == part($1) }
            value = { text(part($0)).map(Value.text) ?? .none }
        }

        init(_ name: String, text part: @escaping @Sendable (Meta) -> String?) { self.init(name, part) { $0 } }

        init(_ name: String, _ part: @escaping @Sendable (Meta) -> Int64?) {
            self.name = name
            isSame = { part($0) == part($1) }
            value = { part($0).map(Value.number) ?? .none }
        }
    }

    private static let keys: [Key] = [
        Key("format") { $0.format }, Key("vocabulary") { $0.vocabulary }, Key("schema", text: { $0.schema }),
        Key("workspace", text: { $0.workspace?.raw }), Key("log", text: { $0.log }), Key("epoch") { $0.epoch },
        Key("server", text: { $0.server }), Key("server_key", text: { $0.serverKey }), Key("user", text: { $0.user.raw }),
        Key("role", text: { $0.role?.rawValue }), Key("replica", text: { $0.replica.raw }),
        Key("replicas", { $0.replicas }) { $0.map(\.raw).joined(separator: " ") },
        Key("next_n") { $0.nextN }, Key("shown_n") { $0.shownN }, Key("last_hash", { $0.lastHash }) { $0?.hex },
        Key("have") { $0.have }, Key("head", { $0.head }) { $0?.hex }, Key("checkpoint", text: { $0.checkpoint }),
        Key("staged") { $0.staged?.seq }, Key("staged_head", { $0.staged?.head }) { $0?.hex },
        Key("staged_checkpoint", text: { $0.staged?.checkpoint }), Key("shows_each_batch") { $0.showsEachBatch ? 1 : nil },
        Key("generation") { $0.generation }, Key("revision") { $0.revision }, Key("silent") { $0.silent },
        Key("texts_seq") { $0.texts.seq }, Key("texts_n") { $0.texts.n },
        Key("last_sync") { $0.lastSync?.milliseconds }, Key("stop_code", text: { $0.stopCode }), Key("stop_text", text: { $0.stopText }),
        Key("twin_replica", text: { $0.twinReplica?.raw }), Key("twin_n") { $0.twinN },
    ]

    /// Writes what differs from `stored`; all where there is none.
    func save(_ db: Database, replacing stored: Meta?) throws {
        let statement = try BoundStatement(db, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")
        for key in Self.keys {
            if let stored, key.isSame(stored, self) { continue }
            statement.bind(1, key.name)
            switch key.value(self) {
            case .none: statement.bindNull(2)
            case .number(let number): statement.bind(2, number)
            case .text(let text): statement.bind(2, text)
            }
            try statement.run()
        }
    }
}
