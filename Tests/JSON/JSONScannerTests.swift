import AnnalsModel
@testable import AnnalsJSON
import AnnalsWire
import AnnalsTesting
import Testing

private func scan(_ bytes: [UInt8], depth: Int = 32) throws(JSONError) -> JSONSlice {
    var scanner = JSONScanner(depth: depth)
    return try scanner.scan(bytes.span.bytes)
}

private func refusal(_ text: String) -> JSONError? {
    do throws(JSONError) {
        _ = try scan(Array(text.utf8))
        return nil
    } catch {
        return error
    }
}

@Suite("JSON scanner")
struct JSONScannerTests {
    @Test(
        "what is not strict JSON is refused, with its reason and its place",
        arguments: [
            ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("{", .unexpectedEnd, 1), ("[1,", .unexpectedEnd, 3),
            (#""abc"#, .unexpectedEnd, 4), (#""abcdefgh\"#, .unexpectedEnd, 10), (#""\u12"#, .unexpectedEnd, 5),
            ("tru", .unexpectedEnd, 3), ("-", .unexpectedEnd, 1),
            ("[1 2]", .unexpectedByte, 3), ("{1:2}", .unexpectedByte, 1), (#"{"a" 1}"#, .unexpectedByte, 5),
            (#"{"a":1,}"#, .unexpectedByte, 7), ("[1,]", .unexpectedByte, 3), ("[,1]", .unexpectedByte, 1),
            ("nul1", .unexpectedByte, 3), ("+1", .unexpectedByte, 0), ("\u{FEFF}1", .unexpectedByte, 0),
            ("\u{A0}1", .unexpectedByte, 0), ("'a'", .unexpectedByte, 0), ("NaN", .unexpectedByte, 0),
            ("1 1", .trailingBytes, 2), ("{}}", .trailingBytes, 2), ("\"a\"\u{0}", .trailingBytes, 3),
            ("1\n", .lineFeed, 1), ("[1,\n2]", .lineFeed, 3), ("\n1", .lineFeed, 0), ("\"a\nb\"", .lineFeed, 2),
            ("\"a\tb\"", .controlCharacter, 2), ("\"abcdefghi\u{0}\"", .controlCharacter, 10),
            (#""a\x""#, .badEscape, 2), (#""\u12g4""#, .badEscape, 1), (#""\U0041""#, .badEscape, 1),
            (#""\ud800""#, .loneSurrogate, 1), (#""\udc00\ud800""#, .loneSurrogate, 1), (#""\ud800\u0041""#, .loneSurrogate, 1),
            (#""\uD800x""#, .loneSurrogate, 1), (#""\ud800\ud800\udc00""#, .loneSurrogate, 1),
            ("01", .leadingZero, 0), ("-00", .leadingZero, 1), ("[00]", .leadingZero, 1),
            ("-0", .negativeZero, 0), ("[1,-0]", .negativeZero, 3),
            ("1.0", .notInteger, 1), ("1e3", .notInteger, 1), ("0E0", .notInteger, 1), ("-0.5", .notInteger, 2),
            ("9007199254740992", .integerRange, 0), ("-9007199254740992", .integerRange, 0),
            ("[99999999999999999999999999]", .integerRange, 1),
        ] as [(String, JSONError.Code, Int)])
    func refuses(text: String, code: JSONError.Code, offset: Int) {
        #expect(refusal(text) == JSONError(code, at: offset))
    }

    @Test(
        "what is strict JSON is taken",
        arguments: [
            "0", "-1", "9007199254740991", "-9007199254740991", " {} ", "\t[\r]\r", "true", "false", "null", #""""#,
            #""\"\\\/\b\f\n\r\t\u0000\uD83D\uDD4A\ud83d\udd4a""#, "\"\u{7F}\u{10FFFF}\u{2028}\"",
            #"{"":{"":{"":[]}}}"#, #"[{"a":1},{"a":1}]"#, #"{"a":{"a":{"a":1}},"b":{"a":2}}"#, changeLine,
        ])
    func takes(text: String) {
        #expect(refusal(text) == nil)
    }

    @Test("blanks around the value are no part of it")
    func trimmed() throws {
        #expect(try scan(Array(" \t{\"a\":1}\r".utf8)).range == 2..<9)
    }

    @Test("nesting is taken down to the limit and refused beyond it", arguments: [1, 2, 32, 128])
    func depth(limit: Int) throws {
        func nested(_ levels: Int) -> [UInt8] {
            Array(
                ((0..<levels).map { $0 % 2 == 0 ? "[" : #"{"k":"# }.joined() + "1"
                    + (0..<levels).reversed().map { $0 % 2 == 0 ? "]" : "}" }.joined()).utf8)
        }
        #expect(throws: Never.self) { try scan(nested(limit), depth: limit) }
        #expect { try scan(nested(limit + 1), depth: limit) } throws: { ($0 as? JSONError)?.code == .tooDeep }
        #expect { try scan(Array(repeating: UInt8(ascii: "["), count: 1_000_000), depth: limit) } throws: {
            ($0 as? JSONError)?.code == .tooDeep
        }
    }

    @Test("a string is taken exactly when it is well-formed UTF-8")
    func utf8() {
        // Bytes at the edges of every row of the Unicode Standard's table 3-7.
        let edges: [UInt8] = [0x22, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        var differences: [[UInt8]] = []
        func compare(_ content: [UInt8]) {
            guard !content.contains(0x22) else { return }
            let isText = String(validating: content, as: UTF8.self) != nil
            if isText != ((try? scan([0x22] + content + [0x22])) != nil) { differences.append(content) }
        }
        for lead in UInt8(0x80)...0xFF {
            compare([lead])
            for second in edges {
                compare([lead, second])
                compare([0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, lead, second])
                for third in edges {
                    compare([lead, second, third])
                    for fourth in edges[2...9] where fourth != 0x8F { compare([lead, second, third, fourth]) }
                }
            }
        }
        #expect(differences == [])
    }

    @Test("an error never shows the text")
    func discreet() throws {
        let error = try #require(refusal(#"{"secret name":"secret","secret name":1}"#))
        #expect(error.code == .duplicateKey)
        #expect(!error.description.contains("secret"))
        for code in JSONError.Code.allCases { #expect(!code.explanation.isEmpty) }
    }

    @Test("one scanner reads any number of lines, whatever the one before was")
    func reuse() throws {
        var scanner = JSONScanner()
        let many = "{" + (0..<500).map { #""key\#($0)":0"# }.joined(separator: ",") + "}"
        for text in [changeLine, "{\"a\":1,\"b\":{\"c\":", many, #"{"a":1,"a":2}"#, changeLine] {
            let bytes = Array(text.utf8)
            let taken = (try? scanner.scan(bytes.span.bytes)) != nil
            #expect(taken == (refusal(text) == nil))
        }
    }
}
