public import AnnalsCore
public import AnnalsModel

/// Composes the commit groups of one workspace as a server would, and knows the chain at every entry.
///
/// It is the oracle of the store's tests, and shares no code with any store. Its hash function is the caller's.
public struct LogMaker: Sendable {
    public typealias Hash = @Sendable (_ bytes: [UInt8]) -> Digest

    /// The head after the groups made so far.
    public private(set) var head: LogHead
    /// H(0), H(1) … up to the head.
    public private(set) var hashes: [Digest]
    /// The lines made so far, without LF: entry n is at n − 1.
    public private(set) var lines: [[UInt8]] = []
    private let sha256: Hash
    private var random: SeededGenerator

    public init(workspace: Name, log: String = "5ca1ab1e", seed: UInt64 = 1, sha256: @escaping Hash) {
        let start = sha256(Array(log.utf8))
        head = LogHead(workspace: workspace, log: log, head: start, at: Instant(milliseconds: 0))
        hashes = [start]
        self.sha256 = sha256
        random = SeededGenerator(seed: seed)
    }

    /// What a line says, besides its envelope.
    public enum Content: Sendable {
        /// A change, with `padding` more bytes, flagged as moved or not, its id written plainly or as a JSON escape.
        case change(ChangeID, padding: Int = 0, moved: Bool = false, undoes: ChangeID? = nil, escaped: Bool = false)
        case refusal(ChangeID)
    }

    /// A new change id.
    public mutating func changeID() -> ChangeID {
        ChangeID(random: UInt16(truncatingIfNeeded: random.next()), random.next())
    }

    /// The next group: plain changes by one replica.
    public mutating func group(_ count: Int, padding: Int = 0, replica: String = "r1") -> LogGroup {
        let contents = (0..<count).map { _ in Content.change(changeID(), padding: padding) }
        return group(contents, replica: replica)
    }

    /// The next group, of these lines, by one replica. `replica` must be a name.
    public mutating func group(_ contents: [Content], replica: String = "r1") -> LogGroup {
        let first = head.seq + 1
        guard let replica = Name(replica), let user = Name("user-" + replica.raw) else {
            preconditionFailure("\(replica) is no name")
        }
        var bytes: [UInt8] = []
        var mark = head.last[replica] ?? ReplicaMark(n: 0, hash: ShortHash(word: 0), user: user)
        var moved: Set<ChangeID> = []
        for content in contents {
            head.seq += 1
            head.at = head.at.advanced(byMilliseconds: Int64(random.next() % 3))
            mark.n += 1
            let line = Array(text(content, replica: replica, user: user).utf8)
            mark.hash = sha256(line).short
            if case .change(let id, _, true, _, _) = content { moved.insert(id) }
            lines.append(line)
            hashes.append(sha256(hashes[hashes.count - 1].bytes + sha256(line).bytes))
            bytes += line + [UInt8(ascii: "\n")]
        }
        head.head = hashes[hashes.count - 1]
        head.last[replica] = mark
        head.moved.formUnion(moved)
        return LogGroup(
            workspace: head.workspace, first: first, count: Int64(contents.count), bytes: bytes, head: head.head,
            at: head.at, last: [replica: mark], moved: moved)
    }

    private mutating func text(_ content: Content, replica: Name, user: Name) -> String {
        let envelope = #"{"seq":\#(head.seq),"at":"\#(head.at.milliseconds)","author":"\#(user)","replica":"\#(replica)","#
        switch content {
        case .refusal(let id): return envelope + #""refused":{"id":"\#(id)"}}"#
        case .change(let id, let padding, let moved, let undoes, let escaped):
            let spelled = escaped ? Self.escaped(id) : id.raw
            let flag = moved ? #""moved":true,"# : ""
            let undo = undoes.map { #","undoes":"\#($0)""# } ?? ""
            var filler: [UInt8] = []
            for _ in 0..<padding { filler.append(UInt8(ascii: "a") + UInt8(random.next() % 26)) }
            return envelope + flag + #""change":{"id":"\#(spelled)"\#(undo),"why":"\#(String(decoding: filler, as: UTF8.self))"}}"#
        }
    }

    /// Reads the id of the change in a line that a maker composed; nil for a refusal.
    public static func changeID(ofLine line: [UInt8]) -> ChangeID? {
        let key = Array(#""change":{"id":""#.utf8)
        guard line.count > key.count, let start = (0..<line.count - key.count).first(where: { line[$0...].starts(with: key) })
        else { return nil }
        let spelled = line[(start + key.count)...].prefix { $0 != UInt8(ascii: "\"") }
        if spelled.first != UInt8(ascii: "\\") { return ChangeID(String(decoding: spelled, as: UTF8.self)) }
        guard let first = UInt8(String(decoding: spelled.dropFirst(2).prefix(4), as: UTF8.self), radix: 16) else { return nil }
        return ChangeID(String(decoding: [first] + spelled.dropFirst(6), as: UTF8.self))
    }

    /// The id with its first character as an escape: another spelling of the same JSON string.
    private static func escaped(_ id: ChangeID) -> String {
        let first = id.raw.utf8.prefix(1).map { String($0, radix: 16) }.joined()
        return #"\u00"# + first + id.raw.dropFirst()
    }
}
