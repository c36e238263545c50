import AnnalsModel
import AnnalsWire
import Testing

private let id = ChangeID(random: 1, 2)
private let item = ItemID(id, 1)
private let paper = ItemID(document: sha256("words"))
private let tricky = "„é“ e\u{301} 👩‍👧 \u{1}\u{7f} \\ \" / ,\"change\":{\"sig\":\"x\"} \n\r\t \u{2028}"

private let operations: [ChangeOperation] = [
    ChangeOperation("event", .create(id: nil, fields: [.init("key", "E07"), .init("title", .string(tricky))])),
    ChangeOperation("document", .create(id: paper, fields: [.init("text", "words")])),
    ChangeOperation("event", .set(on: item, field: "when", value: ["basis": "stated", "edtf": "2025-08-08"])),
    ChangeOperation("event", .set(on: item, field: "summary", value: .null)),
    ChangeOperation("event", .code(on: item, field: "coding", value: ["type": "AID", "mode": ["a", "b"]])),
    ChangeOperation("event", .add(on: item, field: "tags", value: .string(tricky))),
    ChangeOperation("event", .remove(on: item, field: "tags", elements: [item, paper])),
    ChangeOperation("actor", .append(on: item, field: "posts", value: ["office": "minister", "n": 9_007_199_254_740_991])),
    ChangeOperation("actor", .retractElements(on: item, field: "posts", elements: [item])),
    ChangeOperation("event", .retract(on: item)),
    ChangeOperation("event", .restore(on: item)),
    ChangeOperation("event", .resolve(on: item, field: "when", value: ["edtf": "2025"], closes: [item, ItemID(id, 12)])),
    ChangeOperation("sky-hook", .set(on: item, field: "whatever", value: [[], [:], true, false, -7])),
]

private func change(_ operations: [ChangeOperation]) -> Change {
    Change(
        id: id, n: 17, prev: ShortHash(word: 0xAB), base: Base(seq: 1042, hash: ShortHash(word: 7)),
        at: Instant(milliseconds: 1_754_742_896_789), why: tricky, undoes: ChangeID(random: 3, 4), operations: operations)
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite("Change codec")
struct ChangeCodecTests {
    @Test("every operation comes back as it was", arguments: operations)
    func roundTrip(_ operation: ChangeOperation) throws {
        let original = change([operation])
        let bytes = ChangeCodec.encode(original)
        #expect(!bytes.contains(UInt8(ascii: "\n")))
        #expect(try ChangeCodec.decode(bytes) == original)
    }

    @Test("a change with all of them, and one with as little as possible, come back as they were")
    func whole() throws {
        #expect(try ChangeCodec.decode(ChangeCodec.encode(change(operations))) == change(operations))
        let least = Change(
            id: id, n: 1, prev: nil, base: Base(seq: 0, hash: nil), at: Instant(milliseconds: 0), operations: [operations[9]])
        #expect(try ChangeCodec.decode(ChangeCodec.encode(least)) == least)
        #expect(text(ChangeCodec.encode(least)).contains(#""prev":"","base":[0,""],"#))
        #expect(!text(ChangeCodec.encode(least)).contains("why"))
    }

    @Test("the bytes are those of the SPEC, and their digest is the one that another program computes")
    func bytes() throws {
        let line =
            #"{"id":"0123456789abcdef","n":1,"prev":"","base":[0,""],"at":"2025-08-09T12:34:56.789Z","why":"café \"x\"","ops":[{"op":"retract","kind":"event","on":"0123456789abcdef-1"}]}"#
        let read = try ChangeCodec.decode(Array(line.utf8))
        #expect(text(ChangeCodec.encode(read)) == line)
        // Python: hashlib.sha256(line.encode()).hexdigest()
        #expect(sha256(line).hex == "7df801fa1fc1f96bc6f39c155e386d54c4ed66fb26f232a714c55184f7c74a30")
    }

    @Test("members that this version does not know are passed over, in any order, with blanks")
    func unknownMembers() throws {
        let line =
            #"{ "ops" : [ {"kind":"event","later":{"a":1},"on":"0123456789abcdef-1","op":"restore"} ], "sealed":true, "at":"2025-08-09T12:34:56.789Z","base":[0,""],"prev":"","n":1,"id":"0123456789abcdef", "sig":"00" }"#
        let read = try ChangeCodec.decode(Array(line.utf8))
        #expect(read.operations.map(\.name) == ["restore"])
    }

    @Test(
        "a change that lacks a member, or has one of a wrong form, is refused with the member's name",
        arguments: [
            (#""n":17"#, #""n":0"#, "n"), (#""n":17"#, #""n":-1"#, "n"), (#""n":17"#, #""n":"17""#, "n"), (#""n":17,"#, "", "n"),
            (#""prev":"00000000000000ab""#, #""prev":"ab""#, "prev"), (#""prev":"00000000000000ab""#, #""prev":null"#, "prev"),
            (#""base":[1042,"0000000000000007"]"#, #""base":[1042]"#, "base"),
            (#""base":[1042,"0000000000000007"]"#, #""base":[-1,""]"#, "base"),
            (#""base":[1042,"0000000000000007"]"#, #""base":[1042,"x"]"#, "base"),
            (#""at":"2025-08-09T12:34:56.789Z""#, #""at":"2025-08-09""#, "at"),
            (#""op":"retract""#, #""op":"vanish""#, "op"), (#""op":"retract","#, "", "op"), (#""kind":"event","#, "", "kind"),
            (#""on":""#, #""on":"x"#, "on"), (#""ops":[{"#, #""ops":["x",{"#, "operation 1"), (#""ops":[{"#, #""nops":[{"#, "ops"),
            (#""why":"so""#, #""why":7"#, "why"), (#""id":""#, #""id":"x"#, "id"),
        ])
    func malformed(_ part: String, _ instead: String, _ member: String) {
        var original = change([operations[9]])
        original.why = "so"
        let line = text(ChangeCodec.encode(original))
        guard let range = line.range(of: part) else { return #expect(Bool(false), "\(part) is not in the line") }
        let broken = Array(line.replacing(range, with: instead).utf8)
        let error = #expect(throws: CodecError.self) { try ChangeCodec.decode(broken) }
        #expect(error?.description.contains(member) == true)
    }

    @Test("a line that is cut short or has a byte changed gives an error or a change, and never stops the program")
    func damaged() {
        let line = ChangeCodec.encode(change(operations))
        for end in 0..<line.count { #expect(throws: CodecError.self) { try ChangeCodec.decode(Array(line[..<end])) } }
        for index in line.indices {
            for byte in [UInt8(0), 0x22, 0x5B, 0x7D, 0xFF] {
                var broken = line
                broken[index] = byte
                _ = try? ChangeCodec.decode(broken)
            }
        }
    }

    @Test("nothing may stand around a change line: its bytes go into the log as they are")
    func around() {
        let line = ChangeCodec.encode(change([operations[9]]))
        for broken in [[0x20] + line, line + [0x20], line + [0x0D], line + line] {
            #expect(throws: CodecError.self) { try ChangeCodec.decode(broken) }
        }
    }
}

extension String {
    /// The first place of `part`, by bytes.
    fileprivate func range(of part: String) -> Range<String.Index>? {
        utf8.indices.first { utf8[$0...].starts(with: part.utf8) }.map { $0..<utf8.index($0, offsetBy: part.utf8.count) }
    }

    fileprivate func replacing(_ range: Range<String.Index>, with other: String) -> String {
        String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}
