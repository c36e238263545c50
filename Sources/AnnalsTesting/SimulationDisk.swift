public import AnnalsCore
public import AnnalsModel
internal import AnnalsWire

/// The logs of a server as its disk holds them: a value, so that a copy of it is a backup.
///
/// It keeps the promises of ``LogStore``, and checks on every append what a store may rely on: the lines are counted, follow
/// the head, and hash to what the group says.
public struct SimulationDisk: Sendable {
    /// One workspace's log.
    public struct Log: Sendable {
        public var head: LogHead
        public var groups: [LogGroup] = []
        /// The entry lines without LF; line n is at index n − 1.
        public var lines: [[UInt8]] = []
        /// H(0) to H(seq).
        public var hashes: [Digest]
        public var accepted: Set<ChangeID> = []
    }

    public private(set) var logs: [Name: Log] = [:]

    public init() {}

    /// The heads of all logs, by name.
    public var heads: [LogHead] { logs.values.map(\.head).sorted { $0.workspace < $1.workspace } }

    /// Makes an empty workspace, or makes it anew.
    public mutating func create(_ workspace: Name, log id: String) {
        let start = ChainHash(log: id).head
        logs[workspace] = Log(head: LogHead(workspace: workspace, log: id, head: start), hashes: [start])
    }

    /// Appends the groups, all or none.
    public mutating func append(_ groups: [LogGroup]) throws {
        var changed = logs
        for group in groups {
            guard var log = changed[group.workspace] else { throw LogStoreError(.unknownWorkspace, "no such workspace") }
            guard group.first == log.head.seq + 1, group.count > 0 else { throw LogStoreError(.notNext, "does not follow the head") }
            for line in group.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
                let entry = try EntryCodec.decode(Array(line))
                log.lines.append(Array(line))
                log.hashes.append(AnnalsWire.chainHash(after: log.hashes[log.hashes.count - 1], line: line))
                if entry.change != nil { log.accepted.insert(entry.changeID) }
            }
            guard Int64(log.lines.count) == group.first + group.count - 1, log.hashes.last == group.head,
                group.bytes.last == UInt8(ascii: "\n"), LogCut.fit(group.cuts, count: group.count, bytes: group.bytes),
                group.cuts.allSatisfy({ $0.head == log.hashes[Int(group.first + $0.count) - 1] })
            else { throw LogStoreError(.failed, "the group's lines are not what it says") }
            log.groups.append(group)
            log.head.seq = Int64(log.lines.count)
            log.head.head = group.head
            log.head.at = group.at
            log.head.last.merge(group.last) { $1 }
            log.head.moved.formUnion(group.moved)
            changed[group.workspace] = log
        }
        logs = changed
    }

    /// Changes the stored cuts of a workspace's groups, as a damaged disk would.
    public mutating func spoilCuts(of workspace: Name, _ change: (inout LogCut) -> Void) {
        guard var log = logs[workspace] else { return }
        for group in log.groups.indices {
            for cut in log.groups[group].cuts.indices { change(&log.groups[group].cuts[cut]) }
        }
        logs[workspace] = log
    }

    /// The stored group that holds entry `seq`; nil past the head.
    public func stretch(of workspace: Name, holding seq: Int64) -> LogStretch? {
        guard let log = logs[workspace], let group = log.groups.first(where: { seq >= $0.first && seq < $0.first + $0.count })
        else { return nil }
        return LogStretch(
            first: group.first, count: group.count, bytes: group.bytes, before: log.hashes[Int(group.first) - 1],
            head: group.head, cuts: group.cuts)
    }

    /// H(seq); nil outside the log.
    public func chainHash(of workspace: Name, at seq: Int64) -> Digest? {
        guard let log = logs[workspace], log.hashes.indices.contains(Int(seq)) else { return nil }
        return log.hashes[Int(seq)]
    }

    /// Whether a change with this id was accepted.
    public func holds(_ change: ChangeID, in workspace: Name) -> Bool {
        logs[workspace]?.accepted.contains(change) ?? false
    }

    /// The entry lines of a workspace without LF.
    public func lines(of workspace: Name) -> [[UInt8]] { logs[workspace]?.lines ?? [] }
}
