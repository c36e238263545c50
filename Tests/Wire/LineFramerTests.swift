@testable import AnnalsWire
import AnnalsTesting
import Testing

@Suite("Line framer")
struct LineFramerTests {
    private func frames(_ chunks: [[UInt8]], limit: Int = 1000) -> (lines: [[UInt8]], failure: LineFramer.Failure?) {
        var framer = LineFramer(maximumLineBytes: limit)
        var lines: [[UInt8]] = []
        for chunk in chunks {
            do throws(LineFramer.Failure) {
                try framer.feed(chunk) { lines.append($0) }
            } catch {
                return (lines, error)
            }
        }
        return (lines, nil)
    }

    @Test("any way of cutting the stream into chunks gives the same lines", arguments: 1...50 as ClosedRange<UInt64>)
    func splits(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var lines: [[UInt8]] = []
        for _ in 0..<40 {
            lines.append((0..<Int.random(in: 0...60, using: &random)).map { _ in .random(in: 11...255, using: &random) })
        }
        let stream = Array(lines.map { $0 + [10] }.joined()) + [1, 2, 3]
        var chunks: [[UInt8]] = []
        var rest = stream[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...90, using: &random)
            chunks.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        #expect(frames(chunks).lines == lines)
        #expect(frames([stream]).lines == lines)
        #expect(frames(stream.map { [$0] }).lines == lines)
        #expect(framesWithKnownEnds(chunks) == lines)
    }

    private func framesWithKnownEnds(_ chunks: [[UInt8]]) -> [[UInt8]] {
        var framer = LineFramer(maximumLineBytes: 1000)
        var lines: [[UInt8]] = []
        for chunk in chunks {
            let ends = chunk.indices.filter { chunk[$0] == 10 }
            try? framer.feed(chunk.span.bytes, lineEnds: ends) { line in lines.append(line.withUnsafeBytes { Array($0) }) }
        }
        return lines
    }

    @Test("empty lines are handed on, a CR stays, and what has no LF is no line")
    func edges() throws {
        #expect(frames([Array("\n\na\r\nb".utf8)]).lines == [[], [], Array("a\r".utf8)])
        var framer = LineFramer(maximumLineBytes: 10)
        try framer.feed(Array("a\nbcd".utf8)) { _ in }
        #expect(framer.pendingBytes == 3)
    }

    @Test("a line of the limit is taken; one byte more fails, after the lines before it, however it is cut")
    func oversize() {
        let fits = Array(repeating: UInt8(ascii: "x"), count: 20) + [10]
        let long = Array(repeating: UInt8(ascii: "x"), count: 21)
        #expect(frames([fits], limit: 20).lines.count == 1)
        for tail in [long + [10], long] {
            let stream = Array("ab\n".utf8) + fits + tail
            for chunks in [[stream], stream.map { [$0] }, [Array(stream[..<30]), Array(stream[30...])]] {
                let result = frames(chunks, limit: 20)
                #expect(result.lines.map(\.count) == [2, 20])
                #expect(result.failure == .oversize(limit: 20))
            }
        }
    }

    @Test("after it failed a framer hands on nothing more")
    func staysFailed() {
        var framer = LineFramer(maximumLineBytes: 2)
        var lines = 0
        for _ in 0..<3 {
            #expect(throws: LineFramer.Failure.oversize(limit: 2)) { try framer.feed(Array("abc\nd\n".utf8)) { _ in lines += 1 } }
        }
        #expect(lines == 0)
        #expect(framer.pendingBytes == 0)
    }

    @Test("a line within one chunk is handed on where it lies, and a split one leaves no memory behind")
    func memory() throws {
        var framer = LineFramer(maximumLineBytes: 1 << 20)
        let chunk = Array("{\"a\":1}\n{\"b\":2}\n".utf8)
        let span = chunk.span.bytes
        var offsets: [Int?] = []
        try framer.feed(span) { line in offsets.append(span.byteOffsets(of: line)?.lowerBound) }
        #expect(offsets == [0, 8])
        #expect(framer.pending.capacity == 0)
        let long = Array(repeating: UInt8(ascii: "x"), count: 200_000)
        var counts: [Int] = []
        for byte in long { try framer.feed([byte]) { counts.append($0.count) } }
        #expect(framer.pendingBytes == 200_000)
        try framer.feed([10]) { counts.append($0.count) }
        #expect(counts == [200_000])
        #expect(framer.pending.capacity == 0)
    }

    @Test("the limit may be raised between chunks")
    func raised() throws {
        var framer = LineFramer(maximumLineBytes: 3)
        var lines: [[UInt8]] = []
        try framer.feed(Array("abc".utf8)) { lines.append($0) }
        framer.maximumLineBytes = 6
        try framer.feed(Array("def\n".utf8)) { lines.append($0) }
        #expect(lines == [Array("abcdef".utf8)])
    }
}
