import AnnalsJSON
import AnnalsModel
import AnnalsTesting
import AnnalsWire
import Testing

@Suite("JSON tape and slices")
struct JSONSliceTests {
    private func scanned(_ bytes: [UInt8]) throws -> JSONScanner {
        var scanner = JSONScanner()
        try scanner.scan(bytes.span.bytes)
        return scanner
    }

    private func elements(_ tape: borrowing JSONTape) -> [JSONSlice] {
        var elements = tape.elements(of: 0)
        var slices: [JSONSlice] = []
        while let element = elements.next(in: tape) { slices.append(tape[element]) }
        return slices
    }

    @Test("a member's range is its value's bytes exactly")
    func ranges() throws {
        let line = Array(#" { "seq" : 7 ,"moved":true, "x":null,"s":"a\"}", "change" : {"id":"k","ops":[ {} ]} } "#.utf8)
        let scanner = try scanned(line)
        let bytes = line.span.bytes
        var values: [String: String] = [:]
        var members = scanner.tape.members(of: 0)
        while let member = members.next(in: scanner.tape) {
            values[scanner.tape[member.key].string(in: bytes) ?? ""] = String(
                decoding: line[scanner.tape[member.value].range], as: UTF8.self)
        }
        let change = #"{"id":"k","ops":[ {} ]}"#
        #expect(values == ["seq": "7", "moved": "true", "x": "null", "s": #""a\"}""#, "change": change])
        let (found, missing) = (scanner.tape.member("change", of: 0, in: bytes), scanner.tape.member("id", of: 0, in: bytes))
        let place = try #require(found)
        let (raw, inner) = (
            scanner.tape[place].raw(in: bytes),
            scanner.tape.member("id", of: place, in: bytes).flatMap { scanner.tape[$0].string(in: bytes) }
        )
        #expect(raw == Array(change.utf8))
        #expect(missing == nil)
        #expect(inner == "k")
    }

    @Test("a slice gives what its kind has, and nil for the rest")
    func kinds() throws {
        let line = Array(#"[null,true,false,-9007199254740991,"\u0061\n🕊","plain",[1,[2]],{"a":1}]"#.utf8)
        let slices = elements(try scanned(line).tape)
        let bytes = line.span.bytes
        var bools: [Bool?] = []
        var integers: [Int64?] = []
        var texts: [String?] = []
        for slice in slices {
            bools.append(slice.bool(in: bytes))
            integers.append(slice.int64(in: bytes))
            texts.append(slice.string(in: bytes))
        }
        #expect(slices.map(\.kind) == [.null, .bool, .bool, .integer, .string, .string, .array, .object])
        #expect(bools == [nil, true, false, nil, nil, nil, nil, nil])
        #expect(integers == [nil, nil, nil, -9_007_199_254_740_991, nil, nil, nil, nil])
        #expect(texts == [nil, nil, nil, nil, "a\n🕊", "plain", nil, nil])
        #expect(slices.map(\.isPlain) == [false, false, false, false, false, true, false, false])
    }

    @Test("text equals a name by its unescaped bytes, whole")
    func equality() throws {
        let line = Array(#"["id","\u0069d","i","idx","\u0069dx","é","e\u0301"]"#.utf8)
        let bytes = line.span.bytes
        var equal: [Bool] = []
        var accented: [Bool] = []
        for element in elements(try scanned(line).tape) {
            equal.append(element.equals("id", in: bytes))
            accented.append(element.equals("é", in: bytes))
        }
        #expect(equal == [true, true, false, false, false, false, false])
        #expect(accented == [false, false, false, false, false, true, false])
    }

    @Test("what the tape holds of a random value writes it again", arguments: 0..<40 as Range<UInt64>)
    func everything(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let value = Value.random(depth: 4, using: &random)
            let line = value.canonicalBytes
            let scanner = try scanned(line)
            let (read, range) = (Value(of: scanner.tape, in: line.span.bytes), scanner.tape[0].range)
            #expect(read == value)
            #expect(range == 0..<line.count)
        }
    }

    @Test("reading other bytes than those that were scanned stops at their end", arguments: 0..<40 as Range<UInt64>)
    func otherBytes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array(#"{}[]",:\u0tfn-19 a"#.utf8) + [0xC3, 0x80, 0x0A]
        for _ in 0..<50 {
            let scanner = try scanned(Value.random(depth: 3, using: &random).canonicalBytes)
            let line = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            let bytes = line.span.bytes
            for place in 0..<scanner.tape.count {
                _ = scanner.tape[place].string(in: bytes)
                _ = scanner.tape[place].int64(in: bytes)
                _ = scanner.tape[place].bool(in: bytes)
                _ = scanner.tape[place].raw(in: bytes)
                _ = scanner.tape[place].equals("a", in: bytes)
            }
        }
    }
}
