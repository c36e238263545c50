import Testing

@testable import AnnalsServer

@Suite("Looking out for the writer's answer")
struct AnswerWaitTests {
    @Test("a fast disk's answer is looked out for, never for longer than the limit")
    func fast() throws {
        var wait = AnswerWait()
        for took: UInt64 in [80, 120, 200, 390, 60, 380] {
            let microseconds = try #require(wait.microseconds)
            #expect(microseconds > 0 && microseconds <= AnswerWait.microsecondsMax)
            wait.took(microseconds: took)
        }
    }

    @Test("a slow disk's answer is slept for, and looked out for again when the disk has become fast")
    func slow() {
        var wait = AnswerWait()
        for _ in 0..<20 { wait.took(microseconds: 5_000) }
        #expect(wait.microseconds == nil)
        for _ in 0..<40 { wait.took(microseconds: 100) }
        #expect(wait.microseconds != nil)
    }

    @Test("one answer that took a minute changes nothing for long")
    func once() {
        var wait = AnswerWait()
        wait.took(microseconds: 60_000_000)
        for _ in 0..<10 { wait.took(microseconds: 100) }
        #expect(wait.microseconds != nil)
    }
}
