public import AnnalsCore
public import AnnalsModel
internal import AnnalsWire

/// A replica file in memory: log, checkpoint, outbox and states, changed as the real one changes them.
///
/// It is a value: a copy is what a person gets who copies the file, or a backup of it.
public struct SimulationFile: Sendable {
    public let workspace: Name
    public let user: Name
    /// The id that the file writes under.
    public let replica: Name
    public private(set) var log: String?
    public private(set) var serverKey: String?
    /// The entry lines without LF; line n is at index n − 1.
    public private(set) var lines: [[UInt8]] = []
    public private(set) var entries: [Entry] = []
    /// H(0) to H(have); empty while there is no log.
    public private(set) var hashes: [Digest] = []
    /// The checkpoint line that proves the last entry.
    public private(set) var checkpoint: [UInt8] = []
    public private(set) var outbox: [PendingRow] = []
    public private(set) var parked: [(row: PendingRow, code: String)] = []
    /// The counter and hash of the last change written here.
    public private(set) var n: Int64 = 0
    public private(set) var last: ShortHash?
    public private(set) var twin: SyncStop?
    /// What the log folds to, folded batch by batch.
    public private(set) var entities: [ItemID: Entity] = [:]
    private var lineage = Lineage()
    private let vocabulary: Vocabulary
    /// Ids of all changes written in this file.
    public private(set) var written: Set<ChangeID> = []
    /// The changes behind the outbox rows, so that looking at them needs no reading.
    private var pending: [ChangeID: Change] = [:]
    private var chain: [ShortHash: Lineage.Ancestor] = [:]

    public init(workspace: Name, user: Name, replica: Name, vocabulary: Vocabulary = .current) {
        self.workspace = workspace
        self.user = user
        self.replica = replica
        self.vocabulary = vocabulary
    }

    public var have: Int64 { Int64(lines.count) }

    public var position: ReplicaSync.Position {
        ReplicaSync.Position(
            workspace: workspace, user: user, log: log, serverKey: serverKey, have: have, head: hashes.last,
            replicas: [replica], twin: twin)
    }

    // MARK: A person records

    /// What a person has before the eyes: a base, and the state with what is pending.
    public struct Screen: Sendable {
        public var base: Base
        public var entities: [ItemID: Entity]
        /// The changes that it shows.
        public var shown: Set<ChangeID>
    }

    /// The state as it shows now.
    public func screen() -> Screen {
        var state = Fold(vocabulary: vocabulary, lineage: lineage, entities: entities.values)
        for row in outbox {
            guard let change = pending[row.id] else { continue }
            state.apply(pending: change, author: user, replica: row.replica, common: row.fork)
        }
        return Screen(
            base: Base(seq: have, hash: hashes.last?.short), entities: state.entities,
            shown: Set(entries.filter { $0.change != nil }.map(\.changeID) + outbox.map(\.id)))
    }

    /// Writes a change and its outbox row, in one transaction.
    @discardableResult
    public mutating func record(
        _ operations: [ChangeOperation], base: Base, id: ChangeID, at: Instant, moved: Bool = false, fork: Base? = nil
    ) -> Change {
        let change = Change(id: id, n: n + 1, prev: last, base: base, at: at, operations: operations)
        let bytes = ChangeCodec.encode(change)
        let hash = sha256(bytes).short
        outbox.append(
            PendingRow(
                replica: replica, n: change.n, id: id, bytes: bytes, hash: hash, state: .queued, moved: moved, fork: fork))
        (n, last) = (change.n, hash)
        written.insert(id)
        pending[id] = change
        return change
    }

    /// Loses an outbox row: damage that no rule makes.
    public mutating func lose(n: Int64) {
        outbox.removeAll { $0.n == n }
    }

    // MARK: What a sync stores

    public mutating func bind(_ binding: ReplicaSync.Binding) {
        log = binding.log
        serverKey = binding.serverKey
        if hashes.isEmpty { hashes = [ChainHash(log: binding.log).head] }
    }

    /// Computes the states of all rows anew.
    public mutating func recompute(_ last: [Name: Int64]) {
        for index in outbox.indices {
            outbox[index].state = StreamRules.state(of: outbox[index].n, serverLast: last[outbox[index].replica] ?? 0)
        }
    }

    /// The rows up to n have got at least this far.
    public mutating func mark(_ replica: Name, upTo n: Int64, _ state: PendingState) {
        let order = PendingState.allCases
        for index in outbox.indices where outbox[index].replica == replica && outbox[index].n <= n {
            if order.firstIndex(of: outbox[index].state) ?? 0 < order.firstIndex(of: state) ?? 0 { outbox[index].state = state }
        }
    }

    /// The queued rows after one that was sent, oldest first.
    public func queued(after n: Int64, _ replica: Name?, limit: Int) -> [PendingRow] {
        Array(outbox.filter { $0.state == .queued && ($0.replica != replica || $0.n > n) }.prefix(limit))
    }

    public func hash(at seq: Int64) -> Digest? {
        hashes.indices.contains(Int(seq)) ? hashes[Int(seq)] : nil
    }

    /// What a real file would refuse to store.
    public struct Damage: Error, CustomStringConvertible {
        public var description: String
    }

    /// Stores a batch, folds it and settles what it says of the outbox, in one transaction.
    public mutating func apply(_ batch: Batch, verifier: SimulationKey) throws -> ReplicaSync.Applied {
        guard batch.first == have + 1 else { throw Damage(description: "gap: \(batch.first) after \(have)") }
        guard let serverKey else { throw Damage(description: "entries before a log was bound") }
        for piece in batch.pieces {
            guard let signed = CheckpointCodec.signedBytes(piece.checkpointLine),
                verifier.verifies(piece.checkpoint.signature, of: signed, by: serverKey), piece.checkpoint.seq == piece.last,
                piece.before == (piece.first == batch.first ? hashes.last : piece.before)
            else { throw Damage(description: "no proof of \(piece.last)") }
        }
        var settled: [Name: Int64] = [:]
        var found: SyncStop?
        let bytes = batch.pieces.flatMap(\.bytes)
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            let entry = try EntryCodec.decode(Array(line))
            guard entry.seq == have + 1, let head = hashes.last else { throw Damage(description: "entry \(entry.seq) after \(have)") }
            lines.append(Array(line))
            entries.append(entry)
            hashes.append(chainHash(after: head, line: line))
            var fold = Fold(
                vocabulary: vocabulary, lineage: lineage,
                entities: Set(entry.change?.entities ?? []).compactMap { entities[$0] })
            fold.apply(entry) { chain[$0] }
            entities.merge(fold.entities) { $1 }
            lineage = fold.lineage
            chain[entry.link.hash] = .init(replica: entry.replica, n: entry.link.n, author: entry.author)
            settle(entry, &settled, &found)
        }
        guard hashes.last == batch.head, have == batch.last else { throw Damage(description: "the chain does not fit") }
        checkpoint = batch.end.checkpointLine
        if twin == nil { twin = found }
        return ReplicaSync.Applied(have: have, settled: settled, twin: found)
    }

    private mutating func settle(_ entry: Entry, _ settled: inout [Name: Int64], _ twin: inout SyncStop?) {
        let n = entry.link.n
        let index = outbox.firstIndex { $0.replica == entry.replica && $0.n == n }
        switch StreamRules.judge(entry, row: index.map { outbox[$0] }, current: replica) {
        case .notMine: return
        case .twin:
            if twin == nil { twin = .twin(replica: entry.replica, n: n) }
            return
        case .confirmed:
            if let index { outbox.remove(at: index) }
        case .refused(let code):
            if let index { parked.append((outbox.remove(at: index), code)) }
        }
        settled[entry.replica] = max(settled[entry.replica] ?? 0, n)
    }
}
