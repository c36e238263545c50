@testable import AnnalsJSON
import AnnalsModel
import AnnalsWire
import AnnalsTesting
import Testing

@Suite("JSON keys")
struct JSONKeysTests {
    private func code(_ text: String) -> JSONError.Code? {
        var scanner = JSONScanner()
        do throws(JSONError) {
            _ = try scanner.scan(Array(text.utf8).span.bytes)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        "a key given twice is refused, however it is written",
        arguments: [
            #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"\u0061":3}"#, #"{"\u0061b":1,"a\u0062":2}"#, #"{"":1,"":2}"#,
            #"{"/":1,"\/":2}"#, #"{"é":1,"\u00E9":2}"#, #"{"🕊":1,"\ud83d\udd4a":2}"#, #"{"a":{"b":1,"b":2}}"#,
            #"[{"a":{"x":1},"b":[{}],"a":0}]"#, #"{"a long key of many bytes":1,"a long key of many b\u0079tes":2}"#,
            #"{"exactly8":1,"exactly\u0038":2}"#,
        ])
    func duplicates(text: String) {
        #expect(code(text) == .duplicateKey)
    }

    @Test(
        "keys of different bytes are different keys, also where Swift's strings would be equal",
        arguments: [
            #"{"é":1,"e\u0301":2}"#, #"{"a":1,"A":2}"#, #"{"a":1,"a\u0000":2}"#, #"{"a":1,"":2,"aa":3}"#,
            #"{"12345678":1,"12345678\u0000":2}"#, #"{"a":{"a":{"a":1}}}"#,
        ])
    func distinct(text: String) {
        #expect(code(text) == nil)
    }

    @Test("a duplicate is found among any number of keys", arguments: [2, 23, 24, 25, 26, 63, 64, 65, 66, 300, 5000])
    func many(count: Int) {
        let keys = (0..<count).map { #""key \#($0)":[{"key \#($0)":1}]"# }
        #expect(code("{" + keys.joined(separator: ",") + "}") == nil)
        for (place, other) in [(0, count - 1), (count / 2, count - 1), (0, 1)] where place != other {
            var twice = keys
            twice[other] = #""k\u0065y \#(place)":2"#
            #expect(code("{" + twice.joined(separator: ",") + "}") == .duplicateKey, "\(place), \(other)")
        }
    }

    @Test("an object's keys do not count for the objects in it or beside it")
    func scopes() {
        let inner = "{" + (0..<40).map { #""k\#($0)":0"# }.joined(separator: ",") + "}"
        let text = "{" + (0..<40).map { #""k\#($0)":\#(inner)"# }.joined(separator: ",") + "}"
        #expect(code(text) == nil)
        #expect(code(#"{"a":\#(inner),"b":\#(inner),"a":0}"#) == .duplicateKey)
    }

    @Test("different keys with one fingerprint are told apart, few or many of them")
    func collisions() {
        var random = SeededGenerator(seed: 7)
        func word() -> UInt64 {
            (0..<8).reduce(UInt64(0)) { word, _ in word << 8 | UInt64.random(in: 0x61...0x7A, using: &random) }
        }
        func text(_ words: [UInt64]) -> String {
            String(decoding: words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }, as: UTF8.self)
        }
        func isPlain(_ word: UInt64) -> Bool {
            (0..<8).allSatisfy { index in
                let byte = UInt8(truncatingIfNeeded: word >> UInt64(8 * index))
                return (0x23...0x7E).contains(byte) && byte != UInt8(ascii: "\\")
            }
        }
        // The second word makes up for the first one, so all these keys have the fingerprint of the first.
        let target = JSONKeys.mix(0, word()) ^ word()
        var keys: [String] = []
        while keys.count < 80 {
            let first = word()
            let second = target ^ JSONKeys.mix(0, first)
            if isPlain(second) { keys.append(text([first, second])) }
        }
        for count in [2, 20, 80] {
            let members = keys.prefix(count).map { "\"\($0)\":0" }
            #expect(code("{" + members.joined(separator: ",") + "}") == nil)
            #expect(code("{" + (members + [members[count / 2]]).joined(separator: ",") + "}") == .duplicateKey)
        }
    }
}
