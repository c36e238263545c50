public import AnnalsModel
public import AnnalsWire

/// Entries that came with a proof: whole lines, the chain over them checked, a checkpoint that signs its end.
public struct Batch: Sendable, Equatable {
    public var first: Int64
    public var count: Int64
    /// The lines as they came, each ended by LF.
    public var bytes: [UInt8]
    public var checkpoint: Checkpoint
    /// The checkpoint's own line, kept verbatim: its signature covers its bytes.
    public var checkpointLine: [UInt8]

    public init(first: Int64, count: Int64, bytes: [UInt8], checkpoint: Checkpoint, checkpointLine: [UInt8]) {
        self.first = first
        self.count = count
        self.bytes = bytes
        self.checkpoint = checkpoint
        self.checkpointLine = checkpointLine
    }

    public var last: Int64 { first + count - 1 }
    /// H(last), as computed over the lines and as the checkpoint says.
    public var head: Digest { checkpoint.head }

    /// Joins the batch that follows.
    mutating func join(_ next: Batch) {
        count += next.count
        bytes += next.bytes
        checkpoint = next.checkpoint
        checkpointLine = next.checkpointLine
    }
}
