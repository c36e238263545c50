internal import Foundation

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

    /// Looks at bytes only, as the one of Redis does: what a client costs must not hide in what is compared.
    struct Reader: AnswerReader {
        /// The beginning of a line whose end has not come.
        private var rest: [UInt8] = []
        private var acked = 0

        mutating func confirmed(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Int {
            if !rest.isEmpty {
                let joined = rest + bytes
                rest.removeAll(keepingCapacity: true)
                return try joined.withUnsafeBufferPointer { try take($0) }
            }
            return try take(bytes)
        }

        private mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Int {
            guard let base = bytes.baseAddress else { return acked }
            var start = 0
            while start < bytes.count, let found = memchr(base + start, 10, bytes.count - start) {
                let end = UnsafeRawPointer(found) - UnsafeRawPointer(base)
                try take(line: UnsafeBufferPointer(rebasing: bytes[start..<end]))
                start = end + 1
            }
            rest.append(contentsOf: bytes[start...])
            return acked
        }

        private static let ack = Array("{\"type\":\"ack\"".utf8)
        private static let ping = Array("{\"type\":\"ping\"".utf8)
        private static let n = Array("\"n\":".utf8)

        private mutating func take(line: UnsafeBufferPointer<UInt8>) throws {
            guard line.starts(with: Self.ack) else {
                if line.starts(with: Self.ping) { return }
                throw BenchFailure("instead of an ack the server said: \(String(decoding: line, as: UTF8.self).prefix(300))")
            }
            var (at, number) = (Self.ack.count, 0)
            while at < line.count, !line[at...].starts(with: Self.n) { at += 1 }
            at += Self.n.count
            while at < line.count, (48...57).contains(line[at]) {
                number = number * 10 + Int(line[at] - 48)
                at += 1
            }
            acked = number
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
