import AnnalsStore
import AnnalsTesting
import Testing

@Suite struct BytePatternTests {
    @Test("a pattern is found where a plain search finds it")
    func asPlainSearch() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            let text = (0..<Int(random.next() % 40)).map { _ in UInt8(random.next() % 3) }
            let bytes = (0..<Int(1 + random.next() % 5)).map { _ in UInt8(random.next() % 3) }
            let start = text.isEmpty ? 0 : Int(random.next() % UInt64(text.count))
            let plain = (start..<max(start, text.count - bytes.count + 1)).first { text[$0...].starts(with: bytes) }
            let found = text.withUnsafeBytes { BytePattern(bytes).firstIndex(in: $0, from: start) }
            #expect(found == plain, "\(bytes) in \(text) from \(start)")
        }
    }
}
