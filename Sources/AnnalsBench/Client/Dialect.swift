/// How a contender is written to and answers: pushes as bytes, and how many of them an answer confirms.
protocol Dialect {
    /// The bytes that push some lines of a lane, as one unit that is durable before it is answered.
    func push(_ lane: Lane, _ lines: Range<Int>, connection: Int) -> [UInt8]
    /// A reader of one connection's answers.
    func reader() -> any AnswerReader
}

/// Reads one connection's answers.
protocol AnswerReader {
    /// How many lines have been confirmed so far, after these bytes too.
    mutating func confirmed(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Int
}

/// Annals: a `push` header and the change lines; `ack` names the last n on disk.
struct AnnalsDialect: Dialect {
    /// What the names of the replicas begin with.
    var group = "bench"

    func push(_ lane: Lane, _ lines: Range<Int>, connection: Int) -> [UInt8] {
        var text = ByteText()
        text.add("{\"type\":\"push\",\"ws\":\"bench\",\"replica\":\"")
        text.add(PushPlan.replica(connection, of: group))
        text.add("\",\"count\":")
        text.add(lines.count)
        text.add("}\n")
        text.add(lane.bytes(lines))
        return text.bytes
    }

    func reader() -> any AnswerReader { Reader() }

    struct Reader: AnswerReader {
        private var line: [UInt8] = []
        private var acked = 0

        mutating func confirmed(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Int {
            for byte in bytes {
                if byte != UInt8(ascii: "\n") {
                    line.append(byte)
                    continue
                }
                let text = String(decoding: line, as: UTF8.self)
                line.removeAll(keepingCapacity: true)
                if text.hasPrefix("{\"type\":\"ping\"") { continue }
                try AnnalsConnection.expect("ack", text)
                acked = AnnalsConnection.integer("\"n\":", in: text) ?? acked
            }
            return acked
        }
    }
}

/// Redis: one XADD for each line, in a pipeline; an id comes back for each.
struct RedisDialect: Dialect {
    func push(_ lane: Lane, _ lines: Range<Int>, connection: Int) -> [UInt8] {
        var text = ByteText()
        text.bytes.reserveCapacity(lines.count * 400)
        for line in lines {
            let bytes = lane.bytes(line..<line + 1).dropLast()
            text.add("*5\r\n$4\r\nXADD\r\n$3\r\nlog\r\n$1\r\n*\r\n$1\r\nc\r\n$")
            text.add(bytes.count)
            text.add("\r\n")
            text.add(bytes)
            text.add("\r\n")
        }
        return text.bytes
    }

    func reader() -> any AnswerReader { Reader() }

    struct Reader: AnswerReader {
        private var lines = 0
        private var failed = false

        mutating func confirmed(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Int {
            for byte in bytes {
                if byte == UInt8(ascii: "\n") { lines += 1 } else if byte == UInt8(ascii: "E") { failed = true }
            }
            // `$15`, then the id: two lines each. Ids and lengths hold no E, errors do (-ERR).
            if failed { throw BenchFailure("Redis said: \(String(decoding: bytes, as: UTF8.self).prefix(200))") }
            return lines / 2
        }
    }
}
