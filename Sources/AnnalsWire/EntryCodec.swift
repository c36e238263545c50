public import AnnalsModel

/// An entry as a line, without its LF: composed once by the server, and then the same bytes everywhere.
///
/// The submitted change stands verbatim as the last member, so its bytes can be cut out without a JSON parser.
public enum EntryCodec {
    /// What the server says of a change.
    public struct Envelope: Sendable, Hashable {
        public var seq: Int64
        public var at: Instant
        public var author: Name
        public var replica: Name
        public var common: Base?
        public var moved: Bool

        public init(seq: Int64, at: Instant, author: Name, replica: Name, common: Base? = nil, moved: Bool = false) {
            self.seq = seq
            self.at = at
            self.author = author
            self.replica = replica
            self.common = common
            self.moved = moved
        }
    }

    /// Who speaks in an entry, composed once for all changes of a push.
    public struct Author: Sendable {
        fileprivate let members: [UInt8]

        public init(_ author: Name, replica: Name) {
            // Names need no escapes.
            members = Array("\",\"author\":\"\(author)\",\"replica\":\"\(replica)\"".utf8)
        }
    }

    /// A time as entries spell it, composed once for all that came in the same millisecond.
    public struct Time: Sendable {
        public let at: Instant
        fileprivate let member: [UInt8]

        public init(_ at: Instant) {
            self.at = at
            member = Array(",\"at\":\"\(at)".utf8)
        }
    }

    /// Appends the line of an accepted change, whose bytes stay as they were submitted.
    public static func append(
        seq: Int64, _ time: Time, _ author: Author, common: Base?, moved: Bool, change: RawSpan, to bytes: inout [UInt8]
    ) {
        open(seq, time, author, &bytes)
        if let common {
            bytes.append(",\"common\":")
            bytes += common.value.canonicalBytes
        }
        if moved { bytes.append(",\"moved\":true") }
        bytes.append(",\"change\":")
        change.withUnsafeBytes { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Appends the line of a refusal.
    public static func append(seq: Int64, _ time: Time, _ author: Author, _ refusal: Refusal, to bytes: inout [UInt8]) {
        open(seq, time, author, &bytes)
        var inner = OrderedObject()
        inner.add("id", .string(refusal.id.raw))
        inner.add("n", .integer(refusal.n))
        inner.add("code", .string(refusal.code))
        inner.add("sha256", .string(refusal.digest.hex))
        inner.add("prev", .string(refusal.prev?.hex ?? ""))
        bytes.append(",\"refused\":")
        bytes += inner.finished()
        bytes.append(UInt8(ascii: "}"))
    }

    private static func open(_ seq: Int64, _ time: Time, _ author: Author, _ bytes: inout [UInt8]) {
        bytes.append("{\"seq\":")
        bytes.appendDecimal(seq)
        bytes += time.member
        bytes += author.members
    }

    /// The line of an accepted change, whose bytes stay as they were submitted.
    public static func encode(_ envelope: Envelope, change: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        append(
            seq: envelope.seq, Time(envelope.at), Author(envelope.author, replica: envelope.replica), common: envelope.common,
            moved: envelope.moved, change: change.span.bytes, to: &bytes)
        return bytes
    }

    /// The line of a refusal.
    public static func encode(_ envelope: Envelope, _ refusal: Refusal) -> [UInt8] {
        var bytes: [UInt8] = []
        append(
            seq: envelope.seq, Time(envelope.at), Author(envelope.author, replica: envelope.replica), refusal, to: &bytes)
        return bytes
    }

    /// Where the submitted change stands in an entry line; nil for a refusal.
    ///
    /// The members before it hold no free text, so the first `,"change":` is the member's name.
    public static func changeRange(_ line: [UInt8]) -> Range<Int>? {
        let name = Array(",\"change\":".utf8)
        guard line.last == UInt8(ascii: "}"), line.count > name.count else { return nil }
        var start = 0
        while start + name.count < line.count {
            if line[start] == name[0], line[start..<start + name.count].elementsEqual(name) {
                return start + name.count..<line.count - 1
            }
            // A refusal's object comes before anything that could be mistaken for it.
            if line[start] == UInt8(ascii: "{"), start > 0 { return nil }
            start += 1
        }
        return nil
    }

    /// Reads an entry line.
    public static func decode(_ line: [UInt8]) throws(CodecError) -> Entry {
        guard let range = changeRange(line) else { return try decodeRefused(line) }
        // The envelope by itself, closed where the change begins.
        let head = try parseObject(Array(line[..<(range.lowerBound - 10)]) + [UInt8(ascii: "}")], "entry")
        let bytes = Array(line[range])
        return try entry(head, .change(try ChangeCodec.decode(bytes), hash: sha256(bytes).short))
    }

    private static func decodeRefused(_ line: [UInt8]) throws(CodecError) -> Entry {
        let reader = try parseObject(line, "entry")
        let refused = try MemberReader(try reader.value("refused"), "refused")
        return try entry(
            reader,
            .refused(
                Refusal(
                    id: try refused.changeID("id"), n: try refused.integer("n"), code: try refused.string("code"),
                    digest: try refused.digest("sha256"), prev: try refused.previous("prev"))))
    }

    private static func entry(_ reader: MemberReader, _ body: Entry.Body) throws(CodecError) -> Entry {
        Entry(
            seq: try reader.integer("seq"), at: try reader.instant("at"), author: try reader.name("author"),
            replica: try reader.name("replica"),
            common: reader.optional("common") == nil ? nil : try reader.base("common"), moved: try reader.flag("moved"),
            body: body)
    }
}
