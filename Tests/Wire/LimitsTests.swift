import AnnalsJSON
import AnnalsWire
import Testing

@Suite("Limits")
struct LimitsTests {
    @Test("the longest envelope fits in its allowance with room to grow")
    func envelope() {
        let name = String(repeating: "a", count: 64)
        let longest =
            #"{"seq":9007199254740991,"at":"2025-08-09T12:34:56.789Z","author":"\#(name)","replica":"\#(name)","#
            + #""common":[9007199254740991,"9f3a5c99deadbeef"],"moved":true,"change":}"#
        #expect(longest.utf8.count * 2 <= Limits.envelopeBytes)
        #expect(Limits().lineBytes == Limits().changeBytes + Limits.envelopeBytes)
    }

    @Test("a document of a megabyte fits in a change even where every byte needs an escape of two")
    func document() {
        var writer = JSONWriter()
        writer.string(String(repeating: "\n", count: 1_000_000))
        #expect(writer.bytes.count + 4096 < Limits().changeBytes)
    }

    @Test("what is announced are the limits themselves, all of them positive")
    func announced() {
        let limits = Limits()
        #expect(limits.announced["line_bytes"] == Int64(limits.lineBytes))
        #expect(limits.announced.values.allSatisfy { $0 > 0 })
        #expect(limits.bytesBeforeAuthentication < limits.lineBytes)
        #expect(limits.depth <= JSONScanner.greatestDepth)
    }
}
