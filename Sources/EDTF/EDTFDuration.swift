/// A length of time in calendar units, as ISO 8601 writes it: `P6M`, `P30D`, `P1Y6M`, `P2W`.
///
/// ```swift
/// EDTFDay(year: 2025, month: 8, day: 31)?.adding(try EDTFDuration("P6M")) // 2026-02-28
/// ```
///
/// `P12M` and `P1Y` are the same length but not equal: what was written is kept.
public struct EDTFDuration: Hashable, Sendable, CustomStringConvertible {
    /// Years and months together, in months.
    public let months: Int
    /// Weeks and days together, in days.
    public let days: Int
    /// The text as it was given.
    public let description: String

    /// Digits of one number: more than any deadline needs, few enough that no sum overflows.
    static let digitsMax = 6

    /// Reads `P`, then years `Y`, months `M`, weeks `W` and days `D`: at least one of them, in this order.
    /// - Throws: ``EDTFError`` for anything else; times of day (`PT1H`) are not allowed.
    public init(_ text: String) throws(EDTFError) {
        var cursor = try EDTFCursor(text)
        guard cursor.take("P") else {
            throw cursor.error(.unexpected, "a duration begins with P, for example P6M, P30D or P1Y")
        }
        var months = 0
        var days = 0
        var units: [(StaticString, inMonths: Int, inDays: Int)] = [("Y", 12, 0), ("M", 1, 0), ("W", 0, 7), ("D", 0, 1)]
        repeat {
            let number = try cursor.number(digits: 1...Self.digitsMax, "P is followed by numbers with Y, M, W or D, for example P1Y6M")
            guard let index = units.firstIndex(where: { cursor.take($0.0) }) else {
                throw cursor.error(.unexpected, "a number is followed by Y, M, W or D, each once and in this order")
            }
            months += number * units[index].inMonths
            days += number * units[index].inDays
            units.removeFirst(index + 1)
        } while !cursor.atEnd
        self.months = months
        self.days = days
        description = text
    }
}

extension EDTFDay {
    /// The day that lies a duration later: first the months, keeping the day of the month or, where the month is too
    /// short, taking its last day; then the days.
    public func adding(_ duration: EDTFDuration) -> EDTFDay {
        shifted(months: duration.months, days: duration.days)
    }

    /// The day that lies a duration earlier, by the same rule.
    public func subtracting(_ duration: EDTFDuration) -> EDTFDay {
        shifted(months: -duration.months, days: -duration.days)
    }

    private func shifted(months: Int, days: Int) -> EDTFDay {
        let total = year * 12 + month - 1 + months
        let newYear = total.flooredQuotient(12)
        let newMonth = total - newYear * 12 + 1
        let clamped = EDTFDay(existing: newYear, newMonth, min(day, Self.length(ofMonth: newMonth, year: newYear)))
        return days == 0 ? clamped : EDTFDay(daysSinceEpoch: clamped.daysSinceEpoch + days)
    }
}
