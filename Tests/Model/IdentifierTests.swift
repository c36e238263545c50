import AnnalsModel
import Testing

@Suite("Names and handles")
struct IdentifierTests {
    @Test(
        "a change id is 16 characters of the alphabet",
        arguments: [
            ("0123456789abcdef", true), ("zzzzzzzzzzzzzzzz", true), ("0123456789abcde", false), ("0123456789abcdeff", false),
            ("0123456789ABCDEF", false), ("0123456789abcdei", false), ("0123456789abcdel", false), ("", false),
        ])
    func changeIDs(_ text: String, _ valid: Bool) {
        #expect((ChangeID(text) != nil) == valid)
    }

    @Test("all 80 bits of randomness are in a change id")
    func randomBits() {
        var ids: Set<ChangeID> = [ChangeID(random: 0, 0)]
        for bit in 0..<64 { ids.insert(ChangeID(random: 0, 1 << UInt64(bit))) }
        for bit in 0..<16 { ids.insert(ChangeID(random: 1 << UInt16(bit), 0)) }
        #expect(ids.count == 81)
        #expect(ids.allSatisfy { ChangeID($0.raw) == $0 })
    }

    @Test(
        "an item id is a change id with the operation's number, or a document's digest",
        arguments: [
            ("0123456789abcdef-1", true), ("0123456789abcdef-999999", true),
            ("sha256:" + String(repeating: "0a", count: 32), true),
            ("0123456789abcdef-0", false), ("0123456789abcdef-01", false), ("0123456789abcdef-+1", false), ("0123456789abcdef--1", false),
            ("0123456789abcdef-", false), ("0123456789abcdef", false), ("0123456789abcdef-1x", false), ("0123456789abcdef-\u{661}", false),
            ("0123456789abcdef-\u{301}12", false), ("0123456789abcdef-1\u{301}", false), ("0123456789abcdef\u{301}-1", false),
            ("sha256:" + String(repeating: "0A", count: 32), false), ("sha256:0a", false),
            ("SHA256:" + String(repeating: "0a", count: 32), false),
        ])
    func itemIDs(_ text: String, _ valid: Bool) {
        #expect((ItemID(text) != nil) == valid)
    }

    @Test("a document's id with another byte at any place is refused, or is another id that is written so")
    func otherBytes() {
        let valid = "sha256:0123456789abcdef" + String(repeating: "5e", count: 24)
        for (place, byte) in everyOtherByte(in: valid) {
            var text = Array(valid.utf8)
            text[place] = byte
            let read = ItemID(String(decoding: text, as: UTF8.self))
            let mayBeRead = place >= 7 && "0123456789abcdef".utf8.contains(byte)
            #expect((read != nil) == mayBeRead)
            #expect(read.map { Array($0.raw.utf8) } ?? text == text)
        }
    }

    @Test("an item id knows its change, and a document's has none")
    func changeOfItem() {
        let change = ChangeID(random: 3, 4)
        #expect(ItemID(change, 12).change == change)
        #expect(ItemID("sha256:" + String(repeating: "0a", count: 32))?.change == nil)
    }

    @Test(
        "a name is 1 to 64 of its characters",
        arguments: [
            ("a", true), ("r7k2m9qd~f00.x_-", true), (String(repeating: "n", count: 64), true), ("", false), ("A", false),
            ("caf\u{E9}", false), ("a b", false), ("a\n", false), (String(repeating: "n", count: 65), false),
        ])
    func names(_ text: String, _ valid: Bool) {
        #expect((Name(text) != nil) == valid)
    }

    @Test(
        "a handle reads back as it is written",
        arguments: [
            "e40", "e40.2", "e~3", "e~3.2", "e40.when", "e40.2.about-places", "@1043", "@~7",
        ])
    func handles(_ text: String) {
        #expect(Handle(text)?.description == text)
    }

    @Test(
        "what is no handle is not read as one",
        arguments: [
            "", "e", "E40", "40", "e0", "e-1", "e+4", "e4x", "e40.", "e40..when", "e40.when.basis", "@1043.2", "@1043.when", "\u{E9}40",
            "e~", "e 40", "e~9223372036854775807", "@9007199254740992",
        ])
    func noHandles(_ text: String) {
        #expect(Handle(text) == nil)
    }
}

private func everyOtherByte(in text: String) -> [(place: Int, byte: UInt8)] {
    text.utf8.enumerated().flatMap { place, own in (UInt8(0)...127).filter { $0 != own }.map { (place, $0) } }
}

@Suite("Time")
struct TimeTests {
    @Test(
        "an instant has one written form",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"), (1_754_742_896_789, "2025-08-09T12:34:56.789Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ])
    func instants(_ milliseconds: Int64, _ text: String) {
        #expect(Instant(milliseconds: milliseconds).description == text)
        #expect(Instant(text) == Instant(milliseconds: milliseconds))
    }

    @Test(
        "another form is not read",
        arguments: [
            "2025-08-09T12:34:56Z", "2025-08-09T12:34:56.789", "2025-08-09T12:34:56.789+00:00", "2025-08-09t12:34:56.789Z",
            "2025-08-09 12:34:56.789Z", "2025-02-29T00:00:00.000Z", "2025-08-09T24:00:00.000Z", "2025-08-09T23:60:00.000Z",
            "2025-08-09T23:59:60.000Z", "+025-08-09T23:59:59.000Z", "2025-08-09T23:59:59,000Z", "",
        ])
    func otherForms(_ text: String) {
        #expect(Instant(text) == nil)
    }

    @Test("an instant with another byte at any place is refused, or is another instant that is written so")
    func otherBytes() {
        for (place, byte) in everyOtherByte(in: "2011-11-11T11:11:11.111Z") {
            var text = Array("2011-11-11T11:11:11.111Z".utf8)
            text[place] = byte
            let read = Instant(String(decoding: text, as: UTF8.self))
            #expect(read.map { Array($0.description.utf8) } ?? text == text)
            let mayBeRead = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            #expect(mayBeRead || read == nil)
        }
    }

    @Test(
        "days that do not exist are refused",
        arguments: [
            (Int64(2025), Int64(2), Int64(29)), (1900, 2, 29), (2025, 4, 31), (2025, 13, 1), (2025, 0, 1), (2025, 1, 0), (10_000, 1, 1),
            (-1, 1, 1),
        ])
    func noDays(_ year: Int64, _ month: Int64, _ day: Int64) {
        #expect(CivilDay(year: year, month: month, day: day) == nil)
    }

    @Test("day arithmetic goes there and back over four centuries, one day at a time")
    func days() {
        var expected = (year: Int64(1999), month: Int64(12), day: Int64(31))
        guard let start = CivilDay(year: 1999, month: 12, day: 31) else { return #expect(Bool(false), "a day") }
        let lengths: [Int64] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        for offset in 0..<Int64(146_097 + 2) {
            let day = CivilDay(daysSinceEpoch: start.daysSinceEpoch + offset)
            guard day.civil == expected, CivilDay(day.description) == day else {
                return #expect(Bool(false), "\(day) where \(expected) was next")
            }
            let isLeap = expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0)
            let length = lengths[Int(expected.month) - 1] + (isLeap && expected.month == 2 ? 1 : 0)
            expected.day += 1
            if expected.day > length { (expected.day, expected.month) = (1, expected.month + 1) }
            if expected.month > 12 { (expected.month, expected.year) = (1, expected.year + 1) }
        }
    }
}

private func object(_ members: [(String, Value)]) -> Value { Value.object(members) }

@Suite("Values")
struct ValueTests {
    @Test("strings and keys compare by their bytes, never by how they look")
    func bytes() {
        let (one, other) = ("\u{E9}", "e\u{301}")
        #expect(Value.string(one) != Value.string(other))
        #expect(object([(one, 1)]) != object([(other, 1)]))
        #expect(object([(one, 1), (other, 2)]).object?.count == 2)
        #expect(object([(one, 1)])[other] == nil)
        #expect(Set([Value.string(one), Value.string(other)]).count == 2)
        #expect(sameBytes(one, one) && !sameBytes(one, other))
        #expect(precedes(other, one) && !precedes(one, other))
    }

    @Test("objects compare by members, whatever their order; of a key given twice the last one stays")
    func objects() {
        let value: Value = ["b": 1, "a": ["d": true, "c": .null]]
        #expect(value == ["a": ["c": .null, "d": true], "b": 1])
        #expect(value.hashValue == object([("a", ["c": .null, "d": true]), ("b", 1)]).hashValue)
        #expect(object([("a", 1), ("a", 2)]) == ["a": 2])
        #expect(value.object?.map(\.key) == ["a", "b"])
    }

    @Test("values of different types differ")
    func types() {
        let values: [Value] = [.null, false, 0, "", [], [:], "0", "null"]
        #expect(Set(values).count == values.count)
    }
}
