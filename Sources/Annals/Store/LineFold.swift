internal import AnnalsJSON
internal import AnnalsModel
internal import AnnalsWire
internal import Glibc

/// Reads lines of the log into a fold, as they stand: no entry is made of a plain one.
struct LineFold: ~Copyable {
    var fold: Fold
    /// The entries of some replicas, this file's own: what they mean for the outbox is asked of them.
    private(set) var own: [Entry] = []
    /// First changes of replicas that continue others.
    private(set) var firsts: [First] = []

    struct First {
        var replica: Name
        var prev: ShortHash
        var seq: Int64
    }

    private var scanner = JSONScanner()
    private let names: [[UInt8]]

    /// - Parameter entries: how many will be folded, as far as that is known.
    init(_ vocabulary: Vocabulary, own replicas: [Name] = [], lineage: Lineage = Lineage(), expecting entries: Int = 0) {
        fold = Fold(vocabulary: vocabulary, lineage: lineage, expecting: entries)
        names = replicas.map { Array($0.raw.utf8) }
    }

    /// Reads lines, each ended by LF, and prepares to fold them.
    ///
    /// - Parameter last: where to stop.
    /// - Returns: the seq after the last line that was read, and how many bytes were.
    mutating func prepare(
        _ lines: UnsafeRawBufferPointer, from first: Int64, through last: Int64 = .max
    ) throws(AnnalsError) -> (next: Int64, bytes: Int) {
        var (seq, start) = (first, 0)
        guard let base = lines.baseAddress else { return (first, 0) }
        while seq <= last, start < lines.count, let end = memchr(base + start, 10, lines.count - start) {
            let stop = UnsafeRawPointer(end) - base
            try prepare(UnsafeRawBufferPointer(rebasing: lines[start..<stop]).bytes, seq)
            (seq, start) = (seq + 1, stop + 1)
        }
        return (seq, start)
    }

    private mutating func prepare(_ line: RawSpan, _ seq: Int64) throws(AnnalsError) {
        if (try? scanner.scan(line)) != nil, let plain = fold.prepare(scanner.tape, line, seq: seq) {
            if isOwn(plain.replica, line) { own.append(try decodeEntry(line.withUnsafeBytes { Array($0) }, seq: seq)) }
            if plain.n == 1, let prev = plain.prev, let name = plain.replica.string(in: line).flatMap({ Name($0) }) {
                firsts.append(First(replica: name, prev: prev, seq: seq))
            }
            return
        }
        let entry = try decodeEntry(line.withUnsafeBytes { Array($0) }, seq: seq)
        fold.prepare(entry)
        if names.contains(where: { $0.elementsEqual(entry.replica.raw.utf8) }) { own.append(entry) }
        let link = entry.link
        if link.n == 1, let prev = link.prev { firsts.append(First(replica: entry.replica, prev: prev, seq: seq)) }
    }

    consuming func takeFold() -> Fold { fold }

    private func isOwn(_ replica: JSONSlice, _ line: RawSpan) -> Bool {
        guard !names.isEmpty else { return false }
        return line.extracting(replica.content).withUnsafeBytes { bytes in names.contains { $0.elementsEqual(bytes) } }
    }
}
