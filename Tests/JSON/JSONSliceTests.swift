import AnnalsModel
@testable import AnnalsJSON
import AnnalsWire
import AnnalsTesting
import Testing

@Suite("JSON slices")
struct JSONSliceTests {
    private func root(_ bytes: [UInt8]) throws -> JSONSlice {
        var scanner = JSONScanner()
        return try scanner.scan(bytes.span.bytes)
    }

    @Test("a member's range is its value's bytes exactly")
    func ranges() throws {
        let line = Array(#" { "seq" : 7 ,"moved":true, "x":null,"s":"a\"}", "change" : {"id":"k","ops":[ {} ]} } "#.utf8)
        let root = try root(line)
        let bytes = line.span.bytes
        var values: [String: String] = [:]
        var members = root.members
        while let member = members.next(in: bytes) {
            values[member.key.string(in: bytes) ?? ""] = String(decoding: line[member.value.range], as: UTF8.self)
        }
        let change = #"{"id":"k","ops":[ {} ]}"#
        #expect(values == ["seq": "7", "moved": "true", "x": "null", "s": #""a\"}""#, "change": change])
        let (raw, missing, count) = (
            root.member("change", in: bytes)?.raw(in: bytes), root.member("id", in: bytes), root.count(in: bytes)
        )
        #expect(raw == Array(change.utf8))
        #expect(missing == nil)
        #expect(count == 5)
    }

    @Test("a slice gives what its kind has, and nil for the rest")
    func kinds() throws {
        let line = Array(#"[null,true,false,-9007199254740991,"\u0061\n🕊","plain",[1,[2]],{"a":1}]"#.utf8)
        var elements = try root(line).elements
        let bytes = line.span.bytes
        var slices: [JSONSlice] = []
        while let element = elements.next(in: bytes) { slices.append(element) }
        var bools: [Bool?] = []
        var integers: [Int64?] = []
        var texts: [String?] = []
        var counts: [Int] = []
        for slice in slices {
            bools.append(slice.bool(in: bytes))
            integers.append(slice.int64(in: bytes))
            texts.append(slice.string(in: bytes))
            counts.append(slice.count(in: bytes))
        }
        #expect(slices.map(\.kind) == [.null, .bool, .bool, .integer, .string, .string, .array, .object])
        #expect(bools == [nil, true, false, nil, nil, nil, nil, nil])
        #expect(integers == [nil, nil, nil, -9_007_199_254_740_991, nil, nil, nil, nil])
        #expect(texts == [nil, nil, nil, nil, "a\n🕊", "plain", nil, nil])
        #expect(counts == [0, 0, 0, 0, 0, 0, 2, 1])
        #expect(slices.map(\.isPlain) == [false, false, false, false, false, true, false, false])
    }

    @Test("text equals a name by its unescaped bytes, whole")
    func equality() throws {
        let line = Array(#"["id","\u0069d","i","idx","\u0069dx","é","e\u0301"]"#.utf8)
        var elements = try root(line).elements
        let bytes = line.span.bytes
        var equal: [Bool] = []
        var accented: [Bool] = []
        while let element = elements.next(in: bytes) {
            equal.append(element.equals("id", in: bytes))
            accented.append(element.equals("é", in: bytes))
        }
        #expect(equal == [true, true, false, false, false, false, false])
        #expect(accented == [false, false, false, false, false, true, false])
    }

    @Test("reading bytes that were never scanned stops at their end", arguments: 0..<40 as Range<UInt64>)
    func unscanned(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array(#"{}[]",:\u0tfn-19 a"#.utf8) + [0xC3, 0x80, 0x0A]
        for _ in 0..<200 {
            let line = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            let bytes = line.span.bytes
            let slice = JSONSlice(at: 0, in: bytes)
            _ = slice.string(in: bytes)
            _ = slice.int64(in: bytes)
            _ = slice.count(in: bytes)
            _ = slice.raw(in: bytes)
            _ = slice.member("a", in: bytes)
            do throws(JSONError) {
                _ = try Value(decoding: slice, in: bytes)
            } catch {
                #expect(error.code == .duplicateKey || error.code == .tooDeep)
            }
        }
    }
}
