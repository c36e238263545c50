internal import AnnalsModel

/// What one connection sends: change lines in the order of their replica, ready before the clock starts.
struct Lane {
    /// The lines with LF, one after the other.
    var bytes: [UInt8] = []
    /// Where each line ends, LF included.
    var ends: [Int] = []

    var count: Int { ends.count }

    func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// The bytes of the lines from one to before another.
    func bytes(_ lines: Range<Int>) -> ArraySlice<UInt8> {
        if lines.isEmpty { return [] }
        return bytes[range(lines.lowerBound).lowerBound..<ends[lines.upperBound - 1]]
    }
}

/// A workload divided among connections. Every contender of a row gets the same bytes.
struct PushPlan {
    var lanes: [Lane]

    var count: Int { lanes.reduce(0) { $0 + $1.count } }
    var byteCount: Int { lanes.reduce(0) { $0 + $1.bytes.count } }

    /// `changes` acts of `connections` writers, each writing from the point `base` of the log.
    static func make(connections: Int, changes: Int, base: (seq: Int, hash: UInt64?) = (0, nil), seed: UInt64 = Workload.seed) -> PushPlan {
        var workload = Workload(writers: connections, seed: seed)
        var writers = [ChangeWriter](repeating: ChangeWriter(), count: connections)
        var texts = [ByteText](repeating: ByteText(), count: connections)
        var lanes = [Lane](repeating: Lane(), count: connections)
        var body = ByteText()
        for index in 0..<changes {
            body.bytes.removeAll(keepingCapacity: true)
            let act = workload.next(into: &body)
            writers[act.writer].write(
                act, body: body, base: base, milliseconds: ChangeWriter.start + Int64(index) * 137, into: &texts[act.writer])
            texts[act.writer].add("\n")
            lanes[act.writer].ends.append(texts[act.writer].bytes.count)
        }
        for index in lanes.indices { lanes[index].bytes = texts[index].bytes }
        return PushPlan(lanes: lanes)
    }

    /// The user who writes on a connection: at most 16, as on a real desk.
    static func user(_ connection: Int) -> String { "coder-\(connection % 16)" }

    static func replica(_ connection: Int, of group: String = "bench") -> String { "\(group)-\(connection)" }
}
