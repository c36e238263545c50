internal import AnnalsJSON

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }

    public func advanced(byMilliseconds delta: Int64) -> Instant { Instant(milliseconds: milliseconds + delta) }

    /// The one written form, always with milliseconds and `Z`: `2025-08-09T12:34:56.789Z`.
    public var description: String {
        let day = milliseconds.flooredQuotient(86_400_000)
        let rest = milliseconds - day * 86_400_000
        let (year, month, date) = CivilDay(daysSinceEpoch: day).civil
        // Beyond four digits a year is written as it is, and no reader takes it.
        guard (0...9999).contains(year) else { return "\(year)-\(month)-\(date)T" }
        return String(unsafeUninitializedCapacity: 24) { text in
            var at = 0
            func write(_ number: Int64, _ width: Int, _ after: Unicode.Scalar) {
                var rest = number
                for index in stride(from: at + width - 1, through: at, by: -1) {
                    text[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
                text[at + width] = UInt8(ascii: after)
                at += width + 1
            }
            write(year, 4, "-")
            write(month, 2, "-")
            write(date, 2, "T")
            write(rest / 3_600_000, 2, ":")
            write(rest / 60_000 % 60, 2, ":")
            write(rest / 1000 % 60, 2, ".")
            write(rest % 1000, 3, "Z")
            return at
        }
    }

    /// Reads the form that `description` writes, and no other; nil for anything else.
    public init?(_ text: String) {
        let utf8 = text.utf8.span
        self.init(utf8.bytes, 0..<utf8.count)
    }

    /// Reads the form that `description` writes where it stands; nil for anything else.
    package init?(_ bytes: RawSpan, _ range: Range<Int>) {
        guard range.upperBound <= bytes.byteCount,
            let instant = bytes.extracting(range).withUnsafeBytes({ Instant(text: $0) })
        else { return nil }
        self = instant
    }

    /// Reads that form from its bytes; nil for anything else.
    init?(text: UnsafeRawBufferPointer) {
        guard let parts = Parts(text), let date = CivilDay(year: parts.year, month: parts.month, day: parts.day) else { return nil }
        milliseconds = date.daysSinceEpoch * 86_400_000 + parts.millisecondsOfDay
    }

    /// Whether bytes are in that form, for who does not need the time.
    static func isSpelled(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let parts = Parts(text) else { return false }
        return CivilDay.isDay(year: parts.year, month: parts.month, day: parts.day)
    }

    /// What stands in the form's places. Whether there is such a day is not said.
    private struct Parts {
        let year: Int64
        let month: Int64
        let day: Int64
        let millisecondsOfDay: Int64

        @inline(__always)
        init?(_ text: UnsafeRawBufferPointer) {
            guard text.count == 24 else { return nil }
            let (first, second) = (Digits(text, 0, Digits.Form("0000-00-")), Digits(text, 8, Digits.Form("00T00:00")))
            let third = Digits(text, 16, Digits.Form(":00.000Z"))
            let (hour, minute, seconds) = (second.pair(3), second.pair(6), third.pair(1))
            guard first.isRight, second.isRight, third.isRight, hour < 24, minute < 60, seconds < 60 else { return nil }
            (year, month, day) = (first.pair(0) * 100 + first.pair(2), first.pair(5), second.pair(0))
            millisecondsOfDay = (hour * 60 + minute) * 60_000 + seconds * 1000 + third.pair(3) * 100 + third.pair(5)
        }
    }
}

/// Eight bytes of a form in which digits stand at fixed places, read at once.
private struct Digits {
    /// The digits' values, each in its byte, and 0 in the others.
    private let values: UInt64
    /// Whether there were digits where the form has them, and nothing else than the form elsewhere.
    let isRight: Bool

    private static var ones: UInt64 { @inline(__always) get { 0x0101_0101_0101_0101 } }

    /// What the eight bytes look like, with `0` for each digit.
    struct Form {
        let text: UInt64
        /// All bits of the bytes that are no digits.
        let fixed: UInt64

        @inline(__always)
        init(_ form: StaticString) {
            var text: UInt64 = 0
            for index in 0..<form.utf8CodeUnitCount { text = text >> 8 | UInt64(form.utf8Start[index]) << 56 }
            self.text = text
            // All are ASCII, so that what differs from `0` reaches the highest bit by adding.
            let others = ((text ^ (0x30 &* Digits.ones)) &+ 0x7F &* Digits.ones) >> 7 & Digits.ones
            fixed = others &* 0xFF
        }
    }

    @inline(__always)
    init(_ text: UnsafeRawBufferPointer, _ at: Int, _ form: Form) {
        // A digit differs from `0` by its value, in the lower four bits, and what is fixed by nothing from itself.
        values = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: at, as: UInt64.self)) ^ form.text
        let isAboveNine = (values &+ 0x76 &* Self.ones | values) & (0x80 &* Self.ones)
        isRight = isAboveNine | values & form.fixed == 0
    }

    /// The number that two digits spell.
    @inline(__always)
    func pair(_ at: Int) -> Int64 {
        let pair = values >> UInt64(truncatingIfNeeded: 8 * at)
        return Int64(truncatingIfNeeded: (pair & 0xFF) * 10 + (pair >> 8 & 0xFF))
    }
}

/// A day of the proleptic Gregorian calendar, years 0000 to 9999.
///
/// Day arithmetic after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil, civil_from_days).
public struct CivilDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let daysSinceEpoch: Int64

    public init(daysSinceEpoch: Int64) { self.daysSinceEpoch = daysSinceEpoch }

    /// nil where there is no such day.
    public init?(year: Int64, month: Int64, day: Int64) {
        guard Self.isDay(year: year, month: month, day: day) else { return nil }
        // From March on, and an era later, so that nothing is below zero: such divisions take no more than a multiplication.
        let (years, months) = (UInt32(year) + (month > 2 ? 400 : 399), UInt32(month) + (month > 2 ? 0 : 12) - 3)
        let dayOfYear = (153 * months + 2) / 5 + UInt32(day) - 1
        daysSinceEpoch = Int64(years * 365 + years / 4 - years / 100 + years / 400 + dayOfYear) - 719_468 - 146_097
    }

    /// Whether there is such a day.
    static func isDay(year: Int64, month: Int64, day: Int64) -> Bool {
        (0...9999).contains(year) && (1...12).contains(month) && day >= 1 && (day <= 28 || day <= days(in: month, of: year))
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Reads `YYYY-MM-DD`; nil for anything else and for days that do not exist.
    public init?(_ text: String) {
        let utf8 = text.utf8.span
        self.init(utf8.bytes, 0..<utf8.count)
    }

    /// Reads `YYYY-MM-DD` where it stands; nil for anything else and for days that do not exist.
    package init?(_ bytes: RawSpan, _ range: Range<Int>) {
        let start = range.lowerBound
        guard range.count == 10, bytes.byte(start + 4) == UInt8(ascii: "-"), bytes.byte(start + 7) == UInt8(ascii: "-"),
            let year = digits(bytes, start, 4), let month = digits(bytes, start + 5, 2), let day = digits(bytes, start + 8, 2)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    public var civil: (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = shifted.flooredQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    public var description: String {
        let (year, month, day) = civil
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
    }

    public static func < (a: CivilDay, b: CivilDay) -> Bool { a.daysSinceEpoch < b.daysSinceEpoch }
}

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : (self - divisor + 1) / divisor
    }
}

private func digits(_ bytes: RawSpan, _ start: Int, _ count: Int) -> Int64? {
    var number: Int64 = 0
    for at in start..<start + count {
        let digit = bytes.byte(at) &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        number = number &* 10 &+ Int64(digit)
    }
    return number
}

private func padded(_ number: Int64, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
