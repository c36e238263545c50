/// One date of levels 0 and 1: a day, a month, a season or a year, with what is known about how well it is known.
public struct EDTFDate: Hashable, Sendable {
    /// The smallest unit that was written, known or `XX`.
    public enum Precision: Hashable, Sendable {
        case year, season, month, day
    }

    public let precision: Precision
    /// The first day that it can mean.
    public let earliest: EDTFDay
    /// The last day that it can mean.
    public let latest: EDTFDay
    /// It has digits that are not known (`X`).
    public let hasUnspecifiedDigits: Bool
    /// Marked `?` or `%`.
    public internal(set) var isUncertain = false
    /// Marked `~` or `%`.
    public internal(set) var isApproximate = false

    /// All days of some years.
    init(years: ClosedRange<Int>, unspecified: Bool) {
        self.init(.year, EDTFDay(existing: years.lowerBound, 1, 1), EDTFDay(existing: years.upperBound, 12, 31), unspecified)
    }

    /// All days of a month of one year, or of any month where it is nil.
    init(year: Int, month: Int?) {
        let last = month ?? 12
        self.init(
            .month, EDTFDay(existing: year, month ?? 1, 1),
            EDTFDay(existing: year, last, EDTFDay.length(ofMonth: last, year: year)), month == nil)
    }

    /// A season of level 1, 21 (spring) to 24 (winter).
    ///
    /// The standard ties it to no place. The days are the meteorological seasons of the northern hemisphere, three whole
    /// months each, and winter begins in December of its year.
    init(year: Int, season: Int) {
        let end = season == 24 ? (year: year + 1, month: 2) : (year: year, month: (season - 20) * 3 + 2)
        self.init(
            .season, EDTFDay(existing: year, (season - 20) * 3, 1),
            EDTFDay(existing: end.year, end.month, EDTFDay.length(ofMonth: end.month, year: end.year)), false)
    }

    /// One day.
    init(day: EDTFDay) {
        self.init(.day, day, day, false)
    }

    init(_ precision: Precision, _ earliest: EDTFDay, _ latest: EDTFDay, _ unspecified: Bool) {
        self.precision = precision
        self.earliest = earliest
        self.latest = latest
        hasUnspecifiedDigits = unspecified
    }

    /// A day that is not known, of a month or a year.
    var ofDayPrecision: EDTFDate { EDTFDate(.day, earliest, latest, true) }
}
