/// The grammar: levels 0 and 1, and one of a set.
///
///     form     = date | datetime | interval | oneOf
///     interval = end "/" end                end    = date | ".." | ""       (at least one date)
///     oneOf    = "[" member *("," member) "]"
///     member   = date | date ".." date | ".." date (first only) | date ".." (last only)
///     datetime = year "-" month "-" day "T" hh ":" mm ":" ss ["Z" | ("+" | "-") hh [":" mm]]
///     date     = (year ["-" (season | month ["-" day])] | unspecified | "Y" ["-"] 5*15 digit) ["?" | "~" | "%"]
extension EDTFCursor {
    mutating func form() throws(EDTFError) -> EDTF.Form {
        let form: EDTF.Form
        if take("[") {
            form = .oneOf(try members())
        } else if sees("{") {
            throw error(.levelTwo, "all of a set, {…}, is not supported; one of a set is written [2025-08-07..2025-08-08]")
        } else if hasAhead(UInt8(ascii: "/")) {
            form = try interval()
        } else {
            let date = try date()
            let time = try time(of: date)
            form = .date(time == nil ? try qualified(date) : date, time)
        }
        guard atEnd else { throw unexpectedRest() }
        return form
    }

    // MARK: Intervals and sets

    private mutating func interval() throws(EDTFError) -> EDTF.Form {
        let start = try end()
        guard take("/") else { throw unexpectedRest() }
        let end = try end()
        switch (start.date, end.date) {
        case (nil, nil):
            throw error(.unbounded, at: 0, "an interval has a date at one end at least, for example 2025-08-07/.. or ../2025-08-08")
        case (let first?, let last?) where first.earliest > last.latest:
            throw error(.reversed, at: 0, "an interval begins no later than it ends")
        default:
            return .interval(start, end)
        }
    }

    private mutating func end() throws(EDTFError) -> EDTFEnd {
        if take("..") { return .open }
        if atEnd || sees("/") { return .unknown }
        let date = try qualified(try date())
        if sees("T") { throw error(.unexpected, "the ends of an interval are dates without a time of day") }
        return .date(date)
    }

    private mutating func members() throws(EDTFError) -> [EDTFMember] {
        var members: [EDTFMember] = []
        var openEnd = false
        repeat {
            if openEnd { throw error(.unexpected, "only the last member of a set is open at its end") }
            let place = offset
            if take("..") {
                guard members.isEmpty else {
                    throw error(.unexpected, at: place, "only the first member of a set is open at its start")
                }
                members.append(.range(nil, try memberDate()))
                continue
            }
            let first = try memberDate()
            if !take("..") {
                members.append(.date(first))
            } else if sees("]") || sees(",") {
                members.append(.range(first, nil))
                openEnd = true
            } else {
                let last = try memberDate()
                guard first.earliest <= last.latest else {
                    throw error(.reversed, at: place, "a range a..b begins no later than it ends")
                }
                members.append(.range(first, last))
            }
        } while take(",")
        guard take("]") else {
            throw seesSpace
                ? unexpectedRest()
                : error(.unexpected, "a set is written [2025-08-07..2025-08-08] or [2025-08-07,2025-08-09] and ends with ]")
        }
        return members
    }

    private mutating func memberDate() throws(EDTFError) -> EDTFDate {
        let date = try qualified(try date())
        if sees("T") { throw error(.unexpected, "the members of a set are dates without a time of day") }
        return date
    }

    // MARK: Dates

    private mutating func date() throws(EDTFError) -> EDTFDate {
        if take("Y") { return try longYear() }
        let place = offset
        let negative = take("-")
        let (low, high) = try year()
        if negative, high == 0 { throw error(.noSuchDate, at: place, "the year before 0001 is 0000, without a sign") }
        // -000X holds no year -0000.
        let years = negative ? -high...(-max(low, 1)) : low...high
        guard low == high else {
            if sees("-") { throw error(.levelTwo, "a year with X has no month or day in level 1: 201X or 20XX alone") }
            return EDTFDate(years: years, unspecified: true)
        }
        guard take("-") else { return EDTFDate(years: years, unspecified: false) }
        return try withinYear(years.lowerBound)
    }

    private mutating func year() throws(EDTFError) -> (low: Int, high: Int) {
        let digits = digitsAhead
        let masked = ahead(4).dropFirst(digits)
        guard digits <= 4, ahead(4).count == 4, masked.allSatisfy({ $0 == UInt8(ascii: "X") }) else {
            throw digits > 4
                ? error(.unexpected, "years have four digits; longer ones are written Y170000002")
                : error(.unexpected, at: offset + digits, seesSpace ? Self.noSpaces : Self.yearForm)
        }
        guard digits >= 2 else {
            throw error(.levelTwo, at: offset + digits, "a year has at most two X, at its right: 201X or 20XX")
        }
        let number = ahead(digits).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        skip(4)
        return switch masked.count {
        case 0: (number, number)
        case 1: (number * 10, number * 10 + 9)
        default: (number * 100, number * 100 + 99)
        }
    }

    private mutating func longYear() throws(EDTFError) -> EDTFDate {
        let form = "Y is followed by a year of 5 to 15 digits that does not begin with 0, and nothing more: Y170000002"
        let negative = take("-")
        if sees("0") { throw error(.unexpected, form) }
        let number = try number(digits: 5...15, form)
        if sees("E") || sees("S") { throw error(.levelTwo, "exponents (E) and significant digits (S) are not supported") }
        if sees("-") { throw error(.unexpected, form) }
        let year = negative ? -number : number
        return EDTFDate(years: year...year, unspecified: false)
    }

    private mutating func withinYear(_ year: Int) throws(EDTFError) -> EDTFDate {
        let place = offset
        if take("XX") {
            guard take("-") else { return EDTFDate(year: year, month: nil) }
            guard take("XX") else {
                throw error(.levelTwo, "where the month is XX the day is XX too: 1985-XX-XX")
            }
            return EDTFDate(year: year, month: nil).ofDayPrecision
        }
        let month = try number(digits: 2...2, "a month has two digits (01 to 12), a season is 21 to 24, an unknown month is XX")
        switch month {
        case 1...12: break
        case 21...24: return EDTFDate(year: year, season: month)
        case 25...41:
            throw error(.levelTwo, at: place, "seasons are 21 (spring), 22 (summer), 23 (autumn) and 24 (winter)")
        default: throw error(.noSuchDate, at: place, "months are 01 to 12, seasons 21 to 24")
        }
        guard take("-") else { return EDTFDate(year: year, month: month) }
        if take("XX") { return EDTFDate(year: year, month: month).ofDayPrecision }
        let dayPlace = offset
        let number = try number(digits: 2...2, "a day has two digits; an unknown day is XX")
        guard let day = EDTFDay(year: year, month: month, day: number) else {
            throw error(.noSuchDate, at: dayPlace, "this month has the days 01 to \(EDTFDay.length(ofMonth: month, year: year))")
        }
        return EDTFDate(day: day)
    }

    private mutating func qualified(_ date: EDTFDate) throws(EDTFError) -> EDTFDate {
        var date = date
        if take("?") {
            date.isUncertain = true
        } else if take("~") {
            date.isApproximate = true
        } else if take("%") {
            date.isUncertain = true
            date.isApproximate = true
        } else {
            return date
        }
        if sees("?") || sees("~") || sees("%") {
            throw error(.unexpected, "one mark is allowed: ? uncertain, ~ approximate, % both")
        }
        if sees("-") { throw error(.levelTwo, "a mark stands at the end and is for the whole date: 2004-06-11%") }
        return date
    }

    // MARK: Times

    private mutating func time(of date: EDTFDate) throws(EDTFError) -> EDTFTime? {
        guard sees("T") else { return nil }
        guard date.precision == .day, !date.hasUnspecifiedDigits else {
            throw error(.unexpected, "a time of day follows a full date: 1985-04-12T23:20:30")
        }
        skip(1)
        let hour = try clock(max: 23)
        guard take(":") else { throw error(.unexpected, Self.timeForm) }
        let minute = try clock(max: 59)
        guard take(":") else { throw error(.unexpected, Self.timeForm) }
        let second = try clock(max: 59)
        return EDTFTime(hour: hour, minute: minute, second: second, zone: try zone())
    }

    private mutating func zone() throws(EDTFError) -> EDTFTime.Zone {
        if take("Z") { return .utc }
        let place = offset
        let east = take("+")
        guard east || take("-") else { return .local }
        var minutes = try clock(max: 23) * 60
        if take(":") { minutes += try clock(max: 59) }
        if !east, minutes == 0 { throw error(.noSuchDate, at: place, "no difference from UTC is written Z or +00:00") }
        return .offset(minutes: east ? minutes : -minutes)
    }

    private mutating func clock(max: Int) throws(EDTFError) -> Int {
        let place = offset
        let number = try number(digits: 2...2, Self.timeForm)
        guard number <= max else { throw error(.noSuchDate, at: place, "00 to \(max) is allowed here") }
        return number
    }

    // MARK: What is said where the text goes on

    private func unexpectedRest() -> EDTFError {
        if seesSpace { return error(.unexpected, Self.noSpaces) }
        if sees("..") { return error(.unexpected, "one of a range of dates is written in brackets: [2025-08-07..2025-08-08]") }
        return error(.unexpected, "nothing more is allowed here; " + Self.examples)
    }

    private static let noSpaces = "there are no spaces in a date"
    private static let yearForm = "a year has four digits, of which the last or last two may be X; " + examples
    private static let timeForm = "a time of day is written 23:20:30, 23:20:30Z or 23:20:30+04:00"
    private static let examples = "for example 2025, 2025-08, 2025-08-07, 2025-08-07/2025-08-08 or [2025-08-07..2025-08-08]"
}
