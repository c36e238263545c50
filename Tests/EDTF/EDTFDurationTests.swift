import EDTF
import Testing

@Test(
    "a duration moves a day: months first, clamped to the end of the month, then days",
    arguments: [
        ("2025-08-07", "P6M", "2026-02-07"),
        ("2025-08-08", "P6M", "2026-02-08"),
        ("2025-08-31", "P6M", "2026-02-28"),
        ("2027-08-31", "P6M", "2028-02-29"),
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2024-02-29", "P4Y", "2028-02-29"),
        ("2025-08-07", "P30D", "2025-09-06"),
        ("2025-08-07", "P2W", "2025-08-21"),
        ("2025-01-31", "P1M1D", "2025-03-01"),
        ("2025-12-31", "P1Y2M3W4D", "2027-03-25"),
        ("2025-08-07", "P0D", "2025-08-07"),
        ("0000-01-31", "P1M", "0000-02-29"),
    ])
func addition(_ start: String, _ duration: String, _ end: String) throws {
    let day = try #require(try EDTF(start).earliest)
    #expect(day.adding(try EDTFDuration(duration)).description == end)
}

@Test(
    "a duration moves a day back by the same rule",
    arguments: [
        ("2026-02-07", "P6M", "2025-08-07"),
        ("2025-03-31", "P1M", "2025-02-28"),
        ("2025-01-15", "P1M", "2024-12-15"),
        ("2025-01-01", "P1D", "2024-12-31"),
        ("0000-01-01", "P1D", "-0001-12-31"),
    ])
func subtraction(_ start: String, _ duration: String, _ end: String) throws {
    let day = try #require(try EDTF(start).earliest)
    #expect(day.subtracting(try EDTFDuration(duration)).description == end)
}

@Test("a duration keeps its text, and its length in months and days")
func parts() throws {
    let duration = try EDTFDuration("P1Y6M2W3D")
    #expect(duration.description == "P1Y6M2W3D")
    #expect(duration.months == 18)
    #expect(duration.days == 17)
}

@Test(
    "what is no duration is refused",
    arguments: [
        ("", EDTFError.Code.empty, 0), ("6M", .unexpected, 0), ("P", .unexpected, 1), ("P6", .unexpected, 2),
        ("PM", .unexpected, 1), ("P6X", .unexpected, 2), ("P6M1Y", .unexpected, 4), ("P6M6M", .unexpected, 4),
        ("PT1H", .unexpected, 1), ("P-6M", .unexpected, 1), ("P1.5Y", .unexpected, 2), ("P1234567D", .unexpected, 7),
        ("p6m", .unexpected, 0), ("P6M ", .unexpected, 3),
    ])
func refusedDurations(_ text: String, _ code: EDTFError.Code, _ offset: Int) throws {
    let error = try #require(throws: EDTFError.self) { try EDTFDuration(text) }
    #expect(error.code == code)
    #expect(error.offset == offset)
}

@Test(
    "days count to and from the epoch",
    arguments: [
        ("1970-01-01", 0), ("1969-12-31", -1), ("2025-08-07", 20307), ("2000-02-29", 11016), ("0000-03-01", -719_468),
    ])
func epoch(_ text: String, _ days: Int) throws {
    let day = try #require(try EDTF(text).earliest)
    #expect(day.daysSinceEpoch == days)
    #expect(EDTFDay(daysSinceEpoch: days) == day)
}

@Test("every day of eight centuries has a number of its own, one after the other")
func dayNumbers() {
    var day = EDTFDay(daysSinceEpoch: -200_001)
    for number in -200_000...100_000 {
        let next = EDTFDay(daysSinceEpoch: number)
        guard next > day, next.daysSinceEpoch == number, EDTFDay(year: next.year, month: next.month, day: next.day) == next
        else {
            Issue.record("day \(number)")
            return
        }
        day = next
    }
}

@Test("there is no day beyond its month, and no year beyond 15 digits")
func impossibleDays() {
    #expect(EDTFDay(year: 2025, month: 2, day: 29) == nil)
    #expect(EDTFDay(year: 2025, month: 13, day: 1) == nil)
    #expect(EDTFDay(year: 2025, month: 1, day: 0) == nil)
    #expect(EDTFDay(year: 1_000_000_000_000_000, month: 1, day: 1) == nil)
}
