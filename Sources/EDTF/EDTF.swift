/// A date that may be uncertain: EDTF of levels 0 and 1, and one of a set.
///
/// ```swift
/// let visit = try EDTF("2025-08-07/2025-08-08")      // it lasted two days
/// let signing = try EDTF("[2025-08-07..2025-08-08]") // one day, not known which
/// ```
///
/// Equality is that of the text: two ways to write the same days are two values.
///
/// Source: Library of Congress, Extended Date/Time Format Specification (2019), which is a profile of ISO 8601-1 and
/// 8601-2. Level 0, level 1, and of level 2 the feature "one of a set".
public struct EDTF: Hashable, Sendable, CustomStringConvertible {
    /// What the date says about time.
    public enum Kind: Hashable, Sendable {
        /// One date or date-time, of any precision.
        case instant
        /// It lasted from one date to another.
        case interval
        /// It is one of some dates, not known which.
        case oneOf
    }

    /// The parts that were written.
    public enum Form: Hashable, Sendable {
        /// One date, with its time of day where one was written.
        case date(EDTFDate, EDTFTime?)
        case interval(EDTFEnd, EDTFEnd)
        /// The members in the order they were written: at least one.
        case oneOf([EDTFMember])
    }

    /// The text as it was given.
    public let description: String
    public let form: Form
    /// The first day that it can mean; nil where the start is open or unknown.
    ///
    /// A date-time counts as the day that was written, in the zone that was written.
    public let earliest: EDTFDay?
    /// The last day that it can mean; nil where the end is open or unknown.
    public let latest: EDTFDay?

    /// The longest text, in bytes: about 90 days of a set.
    public static let lengthMax = 1024

    /// - Throws: ``EDTFError`` that says where the text leaves the format and what is allowed there.
    public init(_ text: String) throws(EDTFError) {
        var cursor = try EDTFCursor(text)
        form = try cursor.form()
        description = text
        switch form {
        case .date(let date, _):
            earliest = date.earliest
            latest = date.latest
        case .interval(let start, let end):
            earliest = start.date?.earliest
            latest = end.date?.latest
        case .oneOf(let members):
            earliest = members.contains { $0.first == nil } ? nil : members.compactMap { $0.first?.earliest }.min()
            latest = members.contains { $0.last == nil } ? nil : members.compactMap { $0.last?.latest }.max()
        }
    }

    public var kind: Kind {
        switch form {
        case .date: .instant
        case .interval: .interval
        case .oneOf: .oneOf
        }
    }

    /// The time of day of a date-time.
    public var time: EDTFTime? { if case .date(_, let time) = form { time } else { nil } }

    /// Whether any part is marked `?` or `%`.
    public var isUncertain: Bool { dates.contains { $0.isUncertain } }

    /// Whether any part is marked `~` or `%`.
    public var isApproximate: Bool { dates.contains { $0.isApproximate } }

    /// Every date that was written, in order.
    public var dates: [EDTFDate] {
        switch form {
        case .date(let date, _): [date]
        case .interval(let start, let end): [start.date, end.date].compactMap(\.self)
        case .oneOf(let members): members.flatMap(\.dates)
        }
    }

    public static func == (a: EDTF, b: EDTF) -> Bool { a.description == b.description }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

/// One end of an interval.
public enum EDTFEnd: Hashable, Sendable {
    case date(EDTFDate)
    /// `..`: it is open; no start or end is set.
    case open
    /// Nothing is written: there is a start or end, and it is not known.
    case unknown

    public var date: EDTFDate? { if case .date(let date) = self { date } else { nil } }
}

/// What one of a set can be: a date, or any date of a range.
public enum EDTFMember: Hashable, Sendable {
    case date(EDTFDate)
    /// `a..b`; nil where the range is open. At least one of the two is a date.
    case range(EDTFDate?, EDTFDate?)

    var first: EDTFDate? {
        switch self {
        case .date(let date): date
        case .range(let first, _): first
        }
    }

    var last: EDTFDate? {
        switch self {
        case .date(let date): date
        case .range(_, let last): last
        }
    }

    var dates: [EDTFDate] {
        switch self {
        case .date(let date): [date]
        case .range(let first, let last): [first, last].compactMap(\.self)
        }
    }
}
