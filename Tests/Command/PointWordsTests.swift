import AnnalsModel
import Testing

@testable import AnnalsCommand

@Suite("Point words") struct PointWordsTests {
    /// Four hours east of Greenwich, always.
    func read(_ word: String) -> PointWords? {
        PointWords(word) { time in
            Instant(milliseconds: time.day.daysSinceEpoch * 86_400_000 + time.milliseconds - 4 * 3_600_000)
        }
    }

    @Test(
        "a point is an entry, the end of a local day, a local time or a time with Z",
        arguments: [
            ("1043", "1043"), ("@1043", "1043"), ("2025-09-01", "2025-09-01T19:59:59.999Z"),
            ("2025-09-01T12:00", "2025-09-01T08:00:00.000Z"), ("2025-09-01 12:00:30", "2025-09-01T08:00:30.000Z"),
            ("2025-09-01T12:00Z", "2025-09-01T12:00:00.000Z"), ("2025-09-01T12:00:00.250Z", "2025-09-01T12:00:00.250Z"),
        ])
    func forms(word: String, meaning: String) {
        #expect(read(word) == (Int64(meaning).map(PointWords.entry) ?? Instant(meaning).map(PointWords.received)))
    }

    @Test(
        "anything else is no point",
        arguments: [
            "", "@", "@~3", "yesterday", "2025-02-30", "2025-09-01T", "2025-09-01T25:00", "2025-09-01T12", "2025-09-01T1:00", "-1",
            "2025-09-01Z", "e40",
        ])
    func nonsense(word: String) {
        #expect(read(word) == nil)
    }
}
