public import AnnalsModel

/// The running hash over a workspace's log: H(0) = SHA-256(log id), H(n) = SHA-256(H(n−1) ‖ SHA-256(line n)).
///
/// All digests enter as their 32 raw bytes; a line is hashed without its LF. Two logs with the same H(n) have the same
/// first n lines, byte for byte, and are the same log.
public struct ChainHash: Sendable, Hashable {
    /// H(n) after the lines that were appended.
    public private(set) var head: Digest

    /// H(0) of the log with this id.
    public init(log id: String) {
        head = sha256(id)
    }

    /// A chain that goes on after `head`.
    public init(head: Digest) {
        self.head = head
    }

    /// Goes on by a line, given without its LF.
    public mutating func append(line: RawSpan) {
        append(leaf: sha256(line))
    }

    /// Goes on by a line, given without its LF.
    public mutating func append(line: [UInt8]) {
        append(leaf: sha256(line))
    }

    /// Goes on by the line with this digest.
    public mutating func append(leaf: Digest) {
        let (a, b) = (head.words, leaf.words)
        let joined: InlineArray<8, UInt64> = [
            a.0.bigEndian, a.1.bigEndian, a.2.bigEndian, a.3.bigEndian,
            b.0.bigEndian, b.1.bigEndian, b.2.bigEndian, b.3.bigEndian,
        ]
        head = sha256(joined.span.bytes)
    }
}

/// H(n) of the log whose H(n−1) is `head` and whose line n, without LF, is `line`.
public func chainHash(after head: Digest, line: RawSpan) -> Digest {
    var chain = ChainHash(head: head)
    chain.append(line: line)
    return chain.head
}

/// H(n) of the log whose H(n−1) is `head` and whose line n, without LF, is `line`.
public func chainHash(after head: Digest, line: [UInt8]) -> Digest {
    chainHash(after: head, line: line.span.bytes)
}

/// H(n) of the log whose H(n−1) is `head` and whose line n, without LF, is `line`.
public func chainHash(after head: Digest, line: ArraySlice<UInt8>) -> Digest {
    chainHash(after: head, line: line.span.bytes)
}
