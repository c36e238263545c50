internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsStore
internal import AnnalsWire
internal import Foundation

/// Makes a server's data folder with a long log as a server would have, without the sockets: lines, chain, groups, marks.
///
/// Twelve replicas write; each works from a point of the log up to 200 entries back, as analysts do who sync every few seconds.
struct LogBuilder {
    static let writers = 12
    static let workspace = "bench"

    private let name: Name
    private let log: String
    private var workload = Workload(writers: LogBuilder.writers)
    private var changes = [ChangeWriter](repeating: ChangeWriter(), count: LogBuilder.writers)
    private var bases = [Int](repeating: 0, count: LogBuilder.writers)
    private var lag = BenchRandom(seed: 4)
    private var clock = ChangeWriter()
    private var chain: ChainHash
    /// H of the last entries, in a ring.
    private var hashes = [UInt64](repeating: 0, count: 1024)
    private var seq = 0

    init() throws {
        guard let name = Name(Self.workspace) else { throw BenchFailure("no name") }
        self.name = name
        log = "be7c4000000000000000000000000001"
        chain = ChainHash(log: log)
    }

    /// Makes the folder of a log with as many entries as the last of `stops`; at each earlier one a copy is left.
    ///
    /// - Parameters:
    ///   - folder: where, by the number of entries.
    ///   - lines: a file for the entries' lines too.
    mutating func build(_ stops: [Int], folder: (Int) -> String, lines: String?) throws {
        guard let last = stops.last else { return }
        let place = folder(last) + ".making"
        try? FileManager.default.removeItem(atPath: place)
        var output: FileHandle?
        if let lines {
            _ = FileManager.default.createFile(atPath: lines, contents: nil)
            output = FileHandle(forWritingAtPath: lines)
        }
        for stop in stops {
            try extend(place, to: stop, output)
            if stop == last { break }
            try? FileManager.default.removeItem(atPath: folder(stop))
            try FileManager.default.copyItem(atPath: place, toPath: folder(stop))
        }
        try output?.close()
        try? FileManager.default.removeItem(atPath: folder(last))
        try FileManager.default.moveItem(atPath: place, toPath: folder(last))
    }

    private mutating func extend(_ path: String, to end: Int, _ output: FileHandle?) throws {
        let folder = try DataFolder(path: path)
        defer { folder.unlock() }
        _ = try ServerKey(in: folder)
        let store = try SQLiteLogStore(in: folder) { _ in nil }
        if seq == 0 { try store.create(LogHead(workspace: name, log: log, head: chain.head, at: Instant(milliseconds: 0))) }
        var reported = seq
        while seq < end {
            var groups: [LogGroup] = []
            for _ in 0..<8 where seq < end { groups.append(try group(min(500, end - seq))) }
            for group in groups { output?.write(Data(group.bytes)) }
            try store.append(groups)
            if seq - reported >= 1_000_000 {
                reported = seq
                Console.progress("    … \(seq / 1_000_000) million entries")
            }
        }
        try store.close()
    }

    /// The next entries, as one commit group.
    private mutating func group(_ count: Int) throws -> LogGroup {
        var (text, body) = (ByteText(), ByteText())
        text.bytes.reserveCapacity(count * 450)
        var (marks, wrote) = ([Name: ReplicaMark](), Set<Int>())
        let (first, limits) = (seq + 1, AnnalsWire.Limits())
        var cuts: [LogCut] = []
        var milliseconds: Int64 = 0
        for _ in 0..<count {
            body.bytes.removeAll(keepingCapacity: true)
            let act = workload.next(into: &body)
            wrote.insert(act.writer)
            milliseconds = ChangeWriter.start + Int64(seq) * 137
            let start = text.bytes.count
            let (lines, done) = (Int64(seq + 1 - first), cuts.last)
            if start - (done?.offset ?? 0) >= limits.turnBytes || lines - (done?.count ?? 0) >= Int64(limits.batchLines) {
                cuts.append(LogCut(count: lines, offset: start, head: chain.head))
            }
            text.add("{\"seq\":")
            text.add(seq + 1)
            text.add(",\"at\":\"")
            clock.time(milliseconds, into: &text)
            text.add("\",\"author\":\"")
            text.add(PushPlan.user(act.writer))
            text.add("\",\"replica\":\"")
            text.add(PushPlan.replica(act.writer))
            text.add("\",\"change\":")
            bases[act.writer] = max(bases[act.writer], seq - lag.below(200))
            let base = bases[act.writer]
            changes[act.writer].write(
                act, body: body, base: (base, base > 0 ? hashes[base & 1023] : nil), milliseconds: milliseconds, into: &text)
            text.add("}")
            chain.append(line: text.bytes.span.bytes.extracting(start..<text.bytes.count))
            text.add("\n")
            seq += 1
            hashes[seq & 1023] = chain.head.short.word
        }
        for writer in wrote {
            guard let replica = Name(PushPlan.replica(writer)), let user = Name(PushPlan.user(writer)), let hash = changes[writer].last
            else {
                throw BenchFailure("no name")
            }
            marks[replica] = ReplicaMark(n: Int64(changes[writer].n), hash: hash, user: user)
        }
        return LogGroup(
            workspace: name, first: Int64(first), count: Int64(count), bytes: text.bytes, head: chain.head, cuts: cuts,
            at: Instant(milliseconds: milliseconds), last: marks)
    }
}
