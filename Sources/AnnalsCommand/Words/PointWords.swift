import AnnalsModel

/// A point of the log as a person names it: `--as-of 1043`, `--as-of 2025-09-01`, `--as-of 2025-09-01T12:00`.
enum PointWords: Equatable {
    /// The log up to and with this entry.
    case entry(Int64)
    /// What the server had received by this instant.
    case received(Instant)

    /// A day of a calendar and a time of that day, in the reader's zone.
    struct LocalTime: Equatable {
        var day: CivilDay
        /// Since midnight by the clock on the wall.
        var milliseconds: Int64
    }

    static let expectation =
        "an entry (1043), a day (2025-09-01: its end, local time), a local time (2025-09-01T12:00) or one with Z"

    /// - Parameter instant: the instant of a local time; the zone is the caller's.
    init?(_ word: String, instant: (LocalTime) -> Instant?) {
        let number = word.utf8.first == UInt8(ascii: "@") ? String(word.dropFirst()) : word
        if number.utf8.allSatisfy({ (48...57).contains($0) }), let seq = Int64(number), seq >= 0 {
            self = .entry(seq)
        } else if let exact = Instant(word) ?? Self.zulu(word) {
            self = .received(exact)
        } else if let time = Self.local(word), let instant = instant(time) {
            self = .received(instant)
        } else {
            return nil
        }
    }

    /// The last millisecond of a day, the minute or second that is written at its start.
    private static func local(_ word: String) -> LocalTime? {
        if let day = CivilDay(word) { return LocalTime(day: day, milliseconds: 86_400_000 - 1) }
        guard let day = CivilDay(String(word.prefix(10))), word.utf8.count > 11 else { return nil }
        let separator = word.utf8[word.utf8.index(word.startIndex, offsetBy: 10)]
        guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: " ") else { return nil }
        let parts = word.dropFirst(11).split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        let numbers = parts.compactMap { Int64($0) }
        guard numbers[0] < 24, numbers[1] < 60, numbers.count < 3 || numbers[2] < 60 else { return nil }
        let seconds = numbers[0] * 3600 + numbers[1] * 60 + (numbers.count > 2 ? numbers[2] : 0)
        return LocalTime(day: day, milliseconds: seconds * 1000)
    }

    /// Universal time to the minute or second, without the milliseconds that the record writes.
    private static func zulu(_ word: String) -> Instant? {
        guard word.utf8.last == UInt8(ascii: "Z"), let time = local(String(word.dropLast())), word.utf8.count > 11 else { return nil }
        return Instant(milliseconds: time.day.daysSinceEpoch * 86_400_000 + time.milliseconds)
    }
}
