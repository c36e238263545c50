public import AnnalsModel
internal import AnnalsWire
internal import GRDB

/// One person's copy of a workspace: the whole record, readable and writable with no network.
///
///     let replica = try Replica.open(discoveringFrom: ".")
///     let view = try replica.view()
///     let (event, receipt) = try replica.record(from: view, reason: "MFA readout") { edit in
///         try edit.create("event", fields: [("title", "Draft agreement initialed")])
///     }
///
/// Any number of processes may have the same replica open; each may record.
public final class Replica: Sendable {
    /// The folder that holds `.annals/`.
    public let directory: String
    /// Who records here.
    public let user: Name
    let store: ReplicaStore

    /// What can be recorded here.
    public var vocabulary: Vocabulary { store.vocabulary }

    init(_ store: ReplicaStore) throws {
        self.store = store
        // Where that is not possible, as on a full disk, what showed before is still there to be read; the next sync says why.
        try? store.showLeftBehind()
        directory = store.paths.directory
        user = try store.read(.none) { _, meta in meta.user }
    }

    /// Makes an empty replica in a folder.
    ///
    /// - Parameters:
    ///   - workspace: the workspace to meet at the first sync; it can be named then as well.
    ///   - server: the server's address, likewise.
    /// - Throws: ``AnnalsError`` `exists`, `readOnly`, `diskFull`.
    public static func create(
        in directory: String, user: Name, workspace: Name? = nil, server: String? = nil, vocabulary: Vocabulary = .current
    ) throws -> Replica {
        try create(
            in: directory, user: user, workspace: workspace, server: server, vocabulary: vocabulary, ambient: .system)
    }

    static func create(
        in directory: String, user: Name, workspace: Name? = nil, server: String? = nil, vocabulary: Vocabulary = .current,
        ambient: Ambient
    ) throws -> Replica {
        try Replica(
            ReplicaStore.create(
                ReplicaPaths(directory), user: user, workspace: workspace, server: server, vocabulary: vocabulary,
                ambient: ambient))
    }

    /// Opens the replica in a folder. One that another version's vocabulary wrote is folded anew first.
    ///
    /// - Throws: ``AnnalsError`` `noReplica`, `notAReplica`, `newerFormat`, `readOnly`, `damaged`.
    public static func open(in directory: String, vocabulary: Vocabulary = .current) throws -> Replica {
        try Replica(ReplicaStore(ReplicaPaths(directory), vocabulary: vocabulary))
    }

    /// Opens the nearest replica from a folder upward, as git does.
    ///
    /// - Parameter override: the value of `ANNALS_DIR`, which goes before the search.
    public static func open(
        discoveringFrom directory: String, override: String? = nil, vocabulary: Vocabulary = .current
    ) throws -> Replica {
        if let override, !override.isEmpty { return try open(in: override, vocabulary: vocabulary) }
        return try Replica(ReplicaStore(try ReplicaPaths.discover(from: directory), vocabulary: vocabulary))
    }

    /// Closes the file. What is recorded is on disk in any case.
    public func close() { store.close() }

    /// Lets go of the file in a process that ends now. It is ``close()``, but leaves a small journal beside the file for who opens
    /// it next: a program that only looks then writes nothing.
    public func leave() { store.leave() }

    // MARK: Views

    /// A snapshot of what there is now: the log as far as it is here, and what is pending.
    public func view() throws -> View {
        let mark = try store.read(.none) { _, meta in SnapshotMark(meta) }
        return View(base: mark.base, vocabulary: vocabulary, source: LiveSource(store: store, mark: mark))
    }

    /// The snapshot that a person had on the screen when entry `seq` was the last one here: what arrived since counts as not
    /// seen, and is in conflict with what is recorded from it where both say something about one question.
    ///
    /// - Throws: ``AnnalsError`` `notFound` where the log here does not reach so far.
    public func view(seen seq: Int64) throws -> View {
        let mark = try store.read(.none) { db, meta in
            var mark = SnapshotMark(meta)
            let hash = try LogChunks(db: db).hash(at: Self.seq(of: .seq(seq), db, meta), log: meta.log)
            mark.base = Base(seq: seq, hash: hash?.short)
            // Older than every row: each is folded anew as it stood.
            mark.generation = 0
            return mark
        }
        return View(base: mark.base, vocabulary: vocabulary, source: LiveSource(store: store, mark: mark))
    }

    /// What was known at a point of the log. It is folded in memory, and is for reading.
    ///
    /// - Throws: ``AnnalsError`` `notFound` where the log here does not reach so far.
    public func view(asOf point: Point) throws -> View {
        try store.read(.none) { db, meta in
            let seq = try Self.seq(of: point, db, meta)
            let fold = try PointInTime(db: db, schema: self.store.schema).fold(point, through: seq)
            let hash = try LogChunks(db: db).hash(at: seq, log: meta.log)
            return View(
                base: Base(seq: seq, hash: hash?.short), vocabulary: self.vocabulary,
                source: PastSource(store: self.store, fold: fold))
        }
    }

    /// The view of a point, or of now, that hides from a blind coder what it must. What he has judged by now he sees at any time.
    ///
    ///     let view = try replica.view(asOf: point, blindFor: coder)
    public func view(asOf point: Point?, blindFor reader: Name?) throws -> View {
        let whole = try point.map { try view(asOf: $0) } ?? view()
        guard let reader else { return whole }
        return whole.blind(for: reader, judging: try point == nil ? nil : view())
    }

    /// The last entry of a point; of one by authors' clocks the last that there is.
    public func seq(of point: Point) throws -> Int64 {
        try store.read(.none) { db, meta in try Self.seq(of: point, db, meta) }
    }

    static func seq(of point: Point, _ db: Database, _ meta: Meta) throws -> Int64 {
        switch point {
        case .seq(let seq):
            guard (0...meta.have).contains(seq) else {
                throw AnnalsError(.notFound, "there is no entry \(seq): the log here ends at \(meta.have)", wayOut: "Sync first.")
            }
            return seq
        case .received(let instant):
            return try LogChunks(db: db).lastSeq(receivedBy: instant, have: meta.have)
        case .written:
            return meta.have
        }
    }
}

extension LogChunks {
    /// The last entry that the server had received by then: entries' times never go back, so the half that holds it is looked for.
    func lastSeq(receivedBy instant: Instant, have: Int64) throws -> Int64 {
        var (low, high) = (Int64(0), have)
        while low < high {
            let middle = low + (high - low + 1) / 2
            guard let entry = try entry(middle) else { throw DamagedState() }
            if entry.at <= instant { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
