public import AnnalsModel
internal import AnnalsWire

/// A commit group on its way to the disk, with the chain over its lines still to be computed.
///
/// Two of a change's three hashes are the chain's. Nobody needs them before the group is on disk, so whoever writes it computes
/// them, beside the loop.
public struct UnchainedGroup: Sendable {
    /// The group, with H(first − 1) as its head and none at its cuts.
    public let log: LogGroup
    /// Where each line's LF stands.
    let lineEnds: [Int]

    /// The group as the store takes it, and H at each cut and at the end.
    public func chained() -> (group: LogGroup, heads: [Digest]) {
        var chain = ChainHash(head: log.head)
        var group = log
        var passed = 0
        let bytes = log.bytes.span.bytes
        var start = 0
        for (index, end) in lineEnds.enumerated() {
            chain.append(line: bytes.extracting(start..<end))
            start = end + 1
            if passed < group.cuts.count, group.cuts[passed].count == Int64(index + 1) {
                group.cuts[passed].head = chain.head
                passed += 1
            }
        }
        group.head = chain.head
        return (group, group.cuts.map(\.head) + [chain.head])
    }
}
