import EDTF
import Testing

private let faults: [(String, EDTFError.Code, Int)] = [
    ("", .empty, 0),
    (String(repeating: "2", count: 1025), .tooLong, 0),
    ("yesterday", .unexpected, 0),
    ("198", .unexpected, 3),
    ("20250807", .unexpected, 0),
    ("12345", .unexpected, 0),
    ("2025-8", .unexpected, 6),
    ("2025-08-7", .unexpected, 9),
    ("2025-8-7", .unexpected, 6),
    ("2025-", .unexpected, 5),
    ("2025-08-", .unexpected, 8),
    ("2025-08-07 ", .unexpected, 10),
    (" 2025", .unexpected, 0),
    ("2025/08/07", .unexpected, 7),
    ("2025–08", .unexpected, 4),
    ("٢٠٢٥", .unexpected, 0),
    ("2025-13", .noSuchDate, 5),
    ("2025-00", .noSuchDate, 5),
    ("2025-20", .noSuchDate, 5),
    ("2025-25", .levelTwo, 5),
    ("2025-02-29", .noSuchDate, 8),
    ("1900-02-29", .noSuchDate, 8),
    ("2025-04-31", .noSuchDate, 8),
    ("2025-04-00", .noSuchDate, 8),
    ("2025-21-01", .unexpected, 7),
    ("-0000", .noSuchDate, 0),
    ("+2025", .unexpected, 0),
    ("Y2025", .unexpected, 5),
    ("Y02025", .unexpected, 1),
    ("Y1234567890123456", .unexpected, 16),
    ("Y170000002-12", .unexpected, 10),
    ("Y17E7", .unexpected, 3),
    ("Y17000E3", .levelTwo, 6),
    ("y170000002", .unexpected, 0),
    ("2X25", .unexpected, 1),
    ("2XXX", .levelTwo, 1),
    ("XXXX", .levelTwo, 0),
    ("20xx", .unexpected, 2),
    ("201X-05", .levelTwo, 4),
    ("2004-XX-05", .levelTwo, 8),
    ("2004-1X", .unexpected, 6),
    ("2004-06-1X", .unexpected, 9),
    ("2004?-06", .levelTwo, 5),
    ("2004-06?~", .unexpected, 8),
    ("?2004", .unexpected, 0),
    ("2025-08-07T14:00", .unexpected, 16),
    ("2025-08-07T24:00:00", .noSuchDate, 11),
    ("2025-08-07T23:60:00", .noSuchDate, 14),
    ("2025-08-07T23:20:30.5", .unexpected, 19),
    ("2025-08-07T23:20:30z", .unexpected, 19),
    ("2025-08-07T23:20:30-00:00", .noSuchDate, 19),
    ("2025-08T23:20:30", .unexpected, 7),
    ("2025-08-XXT23:20:30", .unexpected, 10),
    ("/", .unbounded, 0),
    ("../..", .unbounded, 0),
    ("../", .unbounded, 0),
    ("2025/2024", .reversed, 0),
    ("2025-08-08/2025-08-07", .reversed, 0),
    ("2024/2025/2026", .unexpected, 9),
    ("2025-08-07T10:00:00/2025-08-08", .unexpected, 10),
    ("2025-08-07/P1D", .unexpected, 11),
    ("2025-08-07..2025-08-08", .unexpected, 10),
    ("[2025-08-07..2025-08-08", .unexpected, 23),
    ("[]", .unexpected, 1),
    ("[..]", .unexpected, 3),
    ("[2025-08-08..2025-08-07]", .reversed, 1),
    ("[2025,..2026]", .unexpected, 6),
    ("[2025..,2026]", .unexpected, 8),
    ("[2025, 2026]", .unexpected, 6),
    ("[2025-08-07T10:00:00]", .unexpected, 11),
    ("[2025]?", .unexpected, 6),
    ("{2025,2026}", .levelTwo, 0),
]

@Test("what is no date is refused, with its place and what is allowed there", arguments: faults)
func refusals(_ text: String, _ code: EDTFError.Code, _ offset: Int) throws {
    let error = try #require(throws: EDTFError.self) { try EDTF(text) }
    #expect(error.code == code)
    #expect(error.offset == offset)
    #expect(!error.message.isEmpty)
    #expect(error.description.hasPrefix("at character \(offset + 1): "))
}

@Test("an error never repeats what was written")
func errorsAreSilentAboutTheText() throws {
    let error = try #require(throws: EDTFError.self) { try EDTF("secret meeting") }
    #expect(!error.description.contains("secret"))
}
