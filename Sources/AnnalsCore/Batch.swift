public import AnnalsModel
public import AnnalsWire

/// Entries that came with their proofs: pieces that follow each other, each provable by itself.
///
/// A file may store all of it in one transaction, or end a transaction at any piece.
public struct Batch: Sendable, Equatable {
    /// What the server sent as one batch: whole lines, the chain over them checked, a checkpoint that signs its end.
    public struct Piece: Sendable, Equatable {
        public var first: Int64
        public var count: Int64
        /// The lines as they came, each ended by LF.
        public var bytes: [UInt8]
        /// H(first − 1), from which the chain over the lines was computed.
        public var before: Digest
        public var checkpoint: Checkpoint
        /// The checkpoint's own line, kept verbatim: its signature covers its bytes.
        public var checkpointLine: [UInt8]

        public init(first: Int64, count: Int64, bytes: [UInt8], before: Digest, checkpoint: Checkpoint, checkpointLine: [UInt8]) {
            self.first = first
            self.count = count
            self.bytes = bytes
            self.before = before
            self.checkpoint = checkpoint
            self.checkpointLine = checkpointLine
        }

        public var last: Int64 { first + count - 1 }
        /// H(last), as computed over the lines and as the checkpoint says.
        public var head: Digest { checkpoint.head }
    }

    /// At least one.
    public private(set) var pieces: [Piece]
    /// The bytes of all lines.
    public private(set) var byteCount: Int

    public init(_ piece: Piece) {
        pieces = [piece]
        byteCount = piece.bytes.count
    }

    /// - Precondition: there is a piece, and each follows the one before.
    public init(_ pieces: some Collection<Piece>) {
        precondition(!pieces.isEmpty, "a batch has a piece")
        self.pieces = Array(pieces)
        byteCount = pieces.reduce(0) { $0 + $1.bytes.count }
    }

    public var first: Int64 { pieces[0].first }
    public var last: Int64 { end.last }
    /// The entries in all pieces.
    public var count: Int64 { last - first + 1 }
    /// The last piece, whose checkpoint proves them all.
    public var end: Piece { pieces[pieces.count - 1] }
    /// H(first − 1).
    public var before: Digest { pieces[0].before }
    /// H(last).
    public var head: Digest { end.head }

    /// Joins the piece that follows.
    mutating func join(_ next: Piece) {
        pieces.append(next)
        byteCount += next.bytes.count
    }
}
