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
    /// What shows of what was recorded here. What was recorded after it stands in the outbox only.
    private(set) var shown = ShownMark()
    /// The last change in the outbox that does not show yet.
    private(set) var unshown: OwnChange?
    var have: Int64 = 0
    /// H(have).
    var head: Digest?
    /// The line of the checkpoint that proves `have`.
    var checkpoint: String?
    /// What of a first copy has arrived, and is not shown yet; nil but while one is made.
    var staged: LogPoint?
    /// Whether a first copy had a line that could not be read: then what comes before it is shown as it arrives.
    var showsEachBatch = false
    /// How many revisions said nothing new: they brought rows or the text index up to date.
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

    /// The number of the next change that is written here.
    var nextN: Int64 { recorded.lastN + 1 }
    /// The hash of the last change that was written here, whatever became of it.
    var lastHash: ShortHash? { unshown?.hash ?? shown.hash }
    /// Raised by each transaction that changes what a view shows.
    var generation: Int64 { shown.generation + recorded.count }
    /// Raised by every transaction.
    var revision: Int64 { shown.revision + recorded.count }
    /// What observers compare.
    var news: Int64 { revision - silent }
    /// What was recorded and does not show yet.
    var recorded: RecordedRange { RecordedRange(shownN: shown.n, lastN: unshown?.n ?? shown.n) }

    /// What a view taken now has on the screen.
    var base: Base { Base(seq: have, hash: log == nil ? nil : head?.short) }
}

/// An own change, whatever became of it.
struct OwnChange: Sendable, Equatable {
    var n: Int64
    var hash: ShortHash
}

/// How far the rows show what was recorded, and what `meta` counts up to there.
///
/// A recording writes its row of the outbox and nothing else: each page that a commit writes is waited for. So each row of the outbox
/// after `n` raises these numbers by one, and `meta` is written when the rows are.
struct ShownMark: Sendable, Equatable {
    /// The last own change whose effect stands in the rows.
    var n: Int64 = 0
    var hash: ShortHash?
    var generation: Int64 = 1
    var revision: Int64 = 1
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
    /// Notes a change that was put into the outbox: by its row the file is one revision further.
    mutating func record(_ change: OwnChange) { unshown = change }

    /// The rows show all that was recorded.
    mutating func showRecorded() {
        shown = ShownMark(n: recorded.lastN, hash: lastHash, generation: generation, revision: revision)
        unshown = nil
    }

    /// Something else shows than before.
    mutating func nextGeneration() { shown.generation += 1 }

    /// The transaction's own revision, where nothing was recorded in it.
    mutating func nextRevision() { shown.revision += 1 }

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
        shown.n = number("shown_n") ?? 0
        shown.hash = text("last_hash").flatMap { ShortHash(hex: $0) }
        shown.generation = number("generation") ?? 1
        shown.revision = number("revision") ?? 1
        have = number("have") ?? 0
        head = text("head").flatMap { Digest(hex: $0) }
        checkpoint = text("checkpoint")
        if let seq = number("staged"), let head = text("staged_head").flatMap({ Digest(hex: $0) }), let line = text("staged_checkpoint") {
            staged = LogPoint(seq: seq, head: head, checkpoint: line)
        }
        showsEachBatch = number("shows_each_batch") == 1
        silent = number("silent") ?? 0
        texts = TextMark(seq: number("texts_seq") ?? 0, n: number("texts_n") ?? 0)
        lastSync = number("last_sync").map { Instant(milliseconds: $0) }
        stopCode = text("stop_code")
        stopText = text("stop_text")
        twinReplica = text("twin_replica").flatMap { Name($0) }
        twinN = number("twin_n")
        unshown = try Outbox(db: db).last(of: replica, after: shown.n)
    }

    /// Brings a file of a former format to this one. There `next_n` was counted by each recording, and a file may say nothing of what
    /// shows: then all does. A program of
    /// before that still has the file open must not go on counting: there is no number after the largest.
    static func upgrade(_ db: Database) throws {
        guard try Meta(db).format < Schema.format else { return }
        try db.inTransaction(.immediate) {
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO meta (key, value) SELECT 'shown_n', value - 1 FROM meta WHERE key = 'next_n';
                    UPDATE meta SET value = \(Int64.max) WHERE key = 'next_n';
                    UPDATE meta SET value = \(Schema.format) WHERE key = 'format';
                    PRAGMA user_version = \(Schema.format)
                    """)
            return .commit
        }
    }

    /// What a read mostly needs to know: all of what the file knows about itself takes longer to read than an entity.
    struct Glance {
        var generation: Int64
        var revision: Int64
        var recorded: RecordedRange
    }

    static func glance(_ db: Database) throws -> Glance {
        let statement = try BoundStatement(db, glanceSQL)
        var found: Glance?
        try statement.forEachRow { row in
            let shownN = row.integer(2)
            let recorded = RecordedRange(shownN: shownN, lastN: max(row.integer(3), shownN))
            found = Glance(
                generation: row.integer(0) + recorded.count, revision: row.integer(1) + recorded.count, recorded: recorded)
        }
        guard let found else { throw DamagedState() }
        return found
    }

    private static let glanceSQL: String = {
        func value(_ key: String) -> String { "(SELECT value FROM meta WHERE key = '\(key)')" }
        let lastN = "(SELECT max(n) FROM pending WHERE replica = \(value("replica")))"
        return "SELECT \(value("generation")), \(value("revision")), \(value("shown_n")), \(lastN)"
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
        Key("shown_n") { $0.shown.n }, Key("last_hash", { $0.shown.hash }) { $0?.hex },
        Key("have") { $0.have }, Key("head", { $0.head }) { $0?.hex }, Key("checkpoint", text: { $0.checkpoint }),
        Key("staged") { $0.staged?.seq }, Key("staged_head", { $0.staged?.head }) { $0?.hex },
        Key("staged_checkpoint", text: { $0.staged?.checkpoint }), Key("shows_each_batch") { $0.showsEachBatch ? 1 : nil },
        Key("generation") { $0.shown.generation }, Key("revision") { $0.shown.revision }, Key("silent") { $0.silent },
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
