import EDTF
import Testing

/// A text and the days it can mean; "-" for an end that is open or unknown.
struct Reading: Sendable, CustomTestStringConvertible {
    let text: String
    let earliest: String
    let latest: String
    let kind: EDTF.Kind

    init(_ text: String, _ earliest: String, _ latest: String, _ kind: EDTF.Kind = .instant) {
        self.text = text
        self.earliest = earliest
        self.latest = latest
        self.kind = kind
    }

    var testDescription: String { text }
}

private func dayText(_ day: EDTFDay?) -> String { day?.description ?? "-" }

/// The examples of the Library of Congress's specification, feature by feature, and neighbours of theirs.
private let examples: [Reading] = [
    // Level 0: date, date and time, interval.
    Reading("1985-04-12", "1985-04-12", "1985-04-12"),
    Reading("1985-04", "1985-04-01", "1985-04-30"),
    Reading("1985", "1985-01-01", "1985-12-31"),
    Reading("0000", "0000-01-01", "0000-12-31"),
    Reading("2024-02", "2024-02-01", "2024-02-29"),
    Reading("1900-02", "1900-02-01", "1900-02-28"),
    Reading("2000-02-29", "2000-02-29", "2000-02-29"),
    Reading("1985-04-12T23:20:30", "1985-04-12", "1985-04-12"),
    Reading("1985-04-12T23:20:30Z", "1985-04-12", "1985-04-12"),
    Reading("1985-04-12T23:20:30-04", "1985-04-12", "1985-04-12"),
    Reading("1985-04-12T23:20:30+04:30", "1985-04-12", "1985-04-12"),
    Reading("1964/2008", "1964-01-01", "2008-12-31", .interval),
    Reading("2004-06/2006-08", "2004-06-01", "2006-08-31", .interval),
    Reading("2004-02-01/2005-02-08", "2004-02-01", "2005-02-08", .interval),
    Reading("2004-02-01/2005-02", "2004-02-01", "2005-02-28", .interval),
    Reading("2004-02-01/2005", "2004-02-01", "2005-12-31", .interval),
    Reading("2005/2006-02", "2005-01-01", "2006-02-28", .interval),
    Reading("2005-06/2005", "2005-06-01", "2005-12-31", .interval),
    // Level 1: letter-prefixed year.
    Reading("Y170000002", "+170000002-01-01", "+170000002-12-31"),
    Reading("Y-170000002", "-170000002-01-01", "-170000002-12-31"),
    // Level 1: seasons.
    Reading("2001-21", "2001-03-01", "2001-05-31"),
    Reading("2001-22", "2001-06-01", "2001-08-31"),
    Reading("2001-23", "2001-09-01", "2001-11-30"),
    Reading("2003-24", "2003-12-01", "2004-02-29"),
    // Level 1: qualification of a date (complete).
    Reading("1984?", "1984-01-01", "1984-12-31"),
    Reading("2004-06~", "2004-06-01", "2004-06-30"),
    Reading("2004-06-11%", "2004-06-11", "2004-06-11"),
    // Level 1: unspecified digits from the right.
    Reading("201X", "2010-01-01", "2019-12-31"),
    Reading("20XX", "2000-01-01", "2099-12-31"),
    Reading("2004-XX", "2004-01-01", "2004-12-31"),
    Reading("1985-04-XX", "1985-04-01", "1985-04-30"),
    Reading("1985-XX-XX", "1985-01-01", "1985-12-31"),
    Reading("201X?", "2010-01-01", "2019-12-31"),
    Reading("-198X", "-1989-01-01", "-1980-12-31"),
    Reading("-000X", "-0009-01-01", "-0001-12-31"),
    // Level 1: extended interval.
    Reading("1985-04-12/..", "1985-04-12", "-", .interval),
    Reading("1985-04/..", "1985-04-01", "-", .interval),
    Reading("1985/..", "1985-01-01", "-", .interval),
    Reading("../1985-04-12", "-", "1985-04-12", .interval),
    Reading("../1985-04", "-", "1985-04-30", .interval),
    Reading("../1985", "-", "1985-12-31", .interval),
    Reading("1985-04-12/", "1985-04-12", "-", .interval),
    Reading("1985-04/", "1985-04-01", "-", .interval),
    Reading("1985/", "1985-01-01", "-", .interval),
    Reading("/1985-04-12", "-", "1985-04-12", .interval),
    Reading("/1985-04", "-", "1985-04-30", .interval),
    Reading("/1985", "-", "1985-12-31", .interval),
    Reading("1984~/2004-06", "1984-01-01", "2004-06-30", .interval),
    Reading("2004-06-11%/2004-06-XX", "2004-06-11", "2004-06-30", .interval),
    Reading("2024-24/2025-02", "2024-12-01", "2025-02-28", .interval),
    // Level 1: negative calendar year.
    Reading("-1985", "-1985-01-01", "-1985-12-31"),
    Reading("-1985-02-03", "-1985-02-03", "-1985-02-03"),
    // Of level 2: one of a set.
    Reading("[1667,1668,1670..1672]", "1667-01-01", "1672-12-31", .oneOf),
    Reading("[..1760-12-03]", "-", "1760-12-03", .oneOf),
    Reading("[1760-12..]", "1760-12-01", "-", .oneOf),
    Reading("[1760-01,1760-02,1760-12..]", "1760-01-01", "-", .oneOf),
    Reading("[1667,1760-12]", "1667-01-01", "1760-12-31", .oneOf),
    Reading("[1760-12,1667]", "1667-01-01", "1760-12-31", .oneOf),
    Reading("[2025-08-07..2025-08-08]", "2025-08-07", "2025-08-08", .oneOf),
]

@Test("every example of the standard has its bounds, its kind and its text", arguments: examples)
func standardExamples(_ reading: Reading) throws {
    let date = try EDTF(reading.text)
    #expect(dayText(date.earliest) == reading.earliest)
    #expect(dayText(date.latest) == reading.latest)
    #expect(date.kind == reading.kind)
    #expect(date.description == reading.text)
}

@Test("a visit of two days is not a day that is not known exactly")
func intervalIsNotChoice() throws {
    let visit = try EDTF("2025-08-07/2025-08-08")
    let signing = try EDTF("[2025-08-07..2025-08-08]")
    #expect(visit.earliest == signing.earliest)
    #expect(visit.latest == signing.latest)
    #expect(visit != signing)
    #expect(visit.kind == .interval)
    #expect(signing.kind == .oneOf)
}

@Test("an open end is not an unknown end")
func openIsNotUnknown() throws {
    guard case .interval(_, let open) = try EDTF("2025/..").form, case .interval(_, let unknown) = try EDTF("2025/").form
    else {
        Issue.record("both are intervals")
        return
    }
    #expect(open == .open)
    #expect(unknown == .unknown)
}

@Test(
    "a mark says how well the date is known and moves no bound",
    arguments: [
        ("2025", false, false), ("2025?", true, false), ("2025~", false, true), ("2025%", true, true),
        ("2025/2026?", true, false), ("[2024~,2025]", false, true),
    ])
func marks(_ text: String, _ uncertain: Bool, _ approximate: Bool) throws {
    let date = try EDTF(text)
    #expect(date.isUncertain == uncertain)
    #expect(date.isApproximate == approximate)
}

@Test(
    "a time of day keeps its zone or its lack of one",
    arguments: [
        ("2025-08-08T14:05:09", EDTFTime.Zone.local), ("2025-08-08T14:05:09Z", .utc),
        ("2025-08-08T14:05:09+04:30", .offset(minutes: 270)), ("2025-08-08T14:05:09-04", .offset(minutes: -240)),
    ])
func zones(_ text: String, _ zone: EDTFTime.Zone) throws {
    let time = try #require(try EDTF(text).time)
    #expect(time.hour == 14)
    #expect(time.minute == 5)
    #expect(time.second == 9)
    #expect(time.zone == zone)
}

@Test(
    "precision is what was written, also where the digits are not known",
    arguments: [
        ("2025", EDTFDate.Precision.year, false), ("202X", .year, true), ("2025-21", .season, false), ("2025-08", .month, false),
        ("2025-XX", .month, true), ("2025-08-07", .day, false), ("2025-08-XX", .day, true), ("2025-XX-XX", .day, true),
    ])
func precision(_ text: String, _ precision: EDTFDate.Precision, _ unspecified: Bool) throws {
    let date = try #require(try EDTF(text).dates.first)
    #expect(date.precision == precision)
    #expect(date.hasUnspecifiedDigits == unspecified)
}

@Test("two ways to write the same days are two values")
func equalityIsOfText() throws {
    #expect(try EDTF("2025-08") != EDTF("[2025-08]"))
    #expect(try EDTF("2025-08") == EDTF("2025-08"))
}
