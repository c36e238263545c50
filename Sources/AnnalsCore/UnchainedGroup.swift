public import AnnalsModel
internal import AnnalsWire

/// A commit group on its way to the disk, with the chain over its lines still to be computed.
///
/// Two of a change's three hashes are the chain's. Nobody needs them before the group is on disk, so whoever writes it computes
/// them, beside the loop.
public struct UnchainedGroup: Sendable {
    /// The group, with H(first − 1) as its head.
    public let log: LogGroup
    /// Where each line's LF stands.
    let lineEnds: [Int]
    /// After how many lines a batch ends when the group is sent; the last batch ends with the group and is not named.
    let cuts: [Int64]

    /// The group as the store takes it, and H at each cut and at the end.
    public func chained() -> (group: LogGroup, heads: [Digest]) {
        var chain = ChainHash(head: log.head)
        var heads: [Digest] = []
        let bytes = log.bytes.span.bytes
        var start = 0
        for (index, end) in lineEnds.enumerated() {
            chain.append(line: bytes.extracting(start..<end))
            start = end + 1
            if heads.count < cuts.count, cuts[heads.count] == Int64(index + 1) { heads.append(chain.head) }
        }
        heads.append(chain.head)
        var group = log
        group.head = chain.head
        return (group, heads)
    }
}
