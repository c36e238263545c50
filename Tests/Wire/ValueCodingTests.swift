import AnnalsJSON
import AnnalsModel
import AnnalsWire
import AnnalsTesting
import Testing

@Suite("Values as JSON")
struct ValueCodingTests {
    @Test("a value survives writing and parsing, and its canonical bytes do too", arguments: 1...60 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let value = Value.random(depth: 5, using: &random)
            let bytes = value.canonicalBytes
            let parsed = try Value.parse(bytes)
            #expect(parsed == value)
            #expect(parsed.canonicalBytes == bytes)
            #expect(!bytes.contains(UInt8(ascii: "\n")))
        }
    }

    @Test("equal values have equal bytes, however they were written")
    func canonical() throws {
        let one = try Value.parse(Array(#"{ "b" : [1, 2], "a": "\u00e9\/", "é":null, "Z":true }"#.utf8))
        let other = try Value.parse(Array(#"{"é":null,"Z":true,"a":"é/","\u0062":[1,2]}"#.utf8))
        #expect(one == other)
        #expect(String(decoding: one.canonicalBytes, as: UTF8.self) == #"{"Z":true,"a":"é/","b":[1,2],"é":null}"#)
        #expect(other.canonicalBytes == one.canonicalBytes)
    }

    @Test("only what must be escaped is escaped")
    func escapes() throws {
        let all = String(String.UnicodeScalarView((0...0x7F).compactMap { Unicode.Scalar($0) }))
        var writer = JSONWriter()
        writer.string(all + "é\u{2028}🕊")
        let expected =
            #""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#
            + #"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"#
            + ##" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"##
            + "\u{7F}é\u{2028}🕊\""
        #expect(sameBytes(String(decoding: writer.bytes, as: UTF8.self), expected))
        #expect(try Value.parse(writer.bytes) == .string(all + "é\u{2028}🕊"))
    }

    @Test("the writer sets commas between members and elements, and nowhere else")
    func writer() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("type", "open")
        writer.key("have")
        writer.beginArray()
        writer.integer(.min)
        writer.integer(0)
        writer.beginObject()
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.null()
        writer.endArray()
        writer.member("live", true)
        writer.member("change", raw: Array(#"{"id": 1}"#.utf8))
        writer.key("a \"key\"" as String)
        writer.bool(false)
        writer.endObject()
        writer.lineFeed()
        writer.integer(9_007_199_254_740_991)
        let expected =
            #"{"type":"open","have":[-9223372036854775808,0,{},[],null],"live":true,"change":{"id": 1},"a \"key\"":false}"#
            + "\n9007199254740991"
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test("no prefix and no flipped bit of a line makes the reader stop the program")
    func damage() throws {
        let line = Array(changeLine.utf8)
        let whole = try Value.parse(line)
        for end in 0..<line.count { #expect(throws: JSONError.self) { try Value.parse(Array(line[..<end])) } }
        var taken = 0
        var same: [UInt8] = []
        for index in line.indices {
            for bit in 0..<8 {
                var damaged = line
                damaged[index] ^= 1 << UInt8(bit)
                guard let value = try? Value.parse(damaged) else { continue }
                taken += 1
                #expect(try Value.parse(value.canonicalBytes) == value)
                if value == whole { same.append(damaged[index]) }
            }
        }
        #expect(taken > 100)
        // Of an escape's hex digits only the case may change.
        #expect(same == [UInt8(ascii: "E")])
    }

    @Test("a line longer or deeper than the limits is refused")
    func limits() {
        var limits = Limits()
        limits.changeBytes = 0
        limits.depth = 2
        let long = [UInt8(ascii: "\"")] + Array(repeating: UInt8(ascii: "a"), count: Limits.envelopeBytes) + [UInt8(ascii: "\"")]
        #expect(throws: JSONError(.tooLong, at: Limits.envelopeBytes)) { try Value.parse(long, limits: limits) }
        #expect(throws: JSONError(.tooDeep, at: 2)) { try Value.parse(Array("[[[]]]".utf8), limits: limits) }
    }

    @Test("a member's key and value are read with their own escapes, and decoding agrees with the slices")
    func agrees() throws {
        let line = Array(changeLine.utf8)
        var scanner = JSONScanner()
        let bytes = line.span.bytes
        try scanner.scan(bytes)
        let value = Value(of: scanner.tape, in: bytes)
        var members = scanner.tape.members(of: 0)
        var count = 0
        while let member = members.next(in: scanner.tape) {
            let key = scanner.tape[member.key].string(in: bytes) ?? ""
            let (decoded, raw) = (Value(at: member.value, of: scanner.tape, in: bytes), scanner.tape[member.value].raw(in: bytes))
            #expect(value[key] == decoded)
            #expect(try Value.parse(raw) == decoded)
            count += 1
        }
        #expect(count == value.object?.count)
        #expect(value["why"]?.string == "the communiqué says \"the 8th\"")
    }
}
