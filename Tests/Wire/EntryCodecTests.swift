import AnnalsModel
import AnnalsWire
import Testing

private func named(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("\(text) is no name") }
    return name
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

private let envelope = EntryCodec.Envelope(
    seq: 1, at: Instant(milliseconds: 1_754_742_897_000), author: named("aliya"), replica: named("r7k2m9qd"))
private let submitted =
    #"{"id":"0123456789abcdef","n":1,"prev":"","base":[0,""],"at":"2025-08-09T12:34:56.789Z","why":"café \"x\"","ops":[{"op":"retract","kind":"event","on":"0123456789abcdef-1"}]}"#

@Suite("Entry codec")
struct EntryCodecTests {
    @Test(
        "the submitted bytes stand verbatim as the last member, and are cut out again",
        arguments: [
            submitted,
            submitted.replacing("retract", with: "\\u0072etract"),
            submitted.replacing(#""why":"café \"x\"""#, with: #" "why" : ",\"change\":{,\"change\":" "#),
            submitted.replacing("café", with: #"} ] { 👩‍👧 e\#u{301} \\\" \u00e9"#),
            submitted.replacing(#""n":1"#, with: #" "later":{"change":{"refused":1}}, "n": 1"#),
        ])
    func verbatim(_ change: String) throws {
        let line = EntryCodec.encode(envelope, change: Array(change.utf8))
        let range = try #require(EntryCodec.changeRange(line))
        #expect(line[range].elementsEqual(change.utf8))
        #expect(text(line).hasPrefix(#"{"seq":1,"at":"2025-08-09T12:34:57.000Z","author":"aliya","replica":"r7k2m9qd","change":{"#))
        let entry = try EntryCodec.decode(line)
        #expect(entry.link.hash == sha256(change).short)
        #expect(entry.change == (try ChangeCodec.decode(Array(change.utf8))))
    }

    @Test("every member of the envelope comes back as it was, before the change", arguments: [false, true])
    func envelopes(_ moved: Bool) throws {
        var full = envelope
        full.common = Base(seq: 12, hash: ShortHash(word: 9))
        full.moved = moved
        let entry = try EntryCodec.decode(EntryCodec.encode(full, change: Array(submitted.utf8)))
        #expect((entry.seq, entry.at) == (1, full.at))
        #expect(entry.common == full.common)
        #expect(entry.moved == moved)
        #expect((entry.author, entry.replica) == (full.author, full.replica))
    }

    @Test("a refusal tells what was refused without its content, and has no change", arguments: [ShortHash(word: 5), nil])
    func refusals(_ prev: ShortHash?) throws {
        let refusal = Refusal(id: ChangeID(random: 1, 2), n: 3, code: "role", digest: sha256(submitted), prev: prev)
        let line = EntryCodec.encode(envelope, refusal)
        #expect(EntryCodec.changeRange(line) == nil)
        let entry = try EntryCodec.decode(line)
        #expect(entry.body == .refused(refusal))
        #expect(entry.change == nil)
        #expect(entry.link.n == 3 && entry.link.hash == sha256(submitted).short && entry.link.prev == prev)
    }

    @Test("leaves and heads are those that another program computes")
    func chain() throws {
        let line = EntryCodec.encode(envelope, change: Array(submitted.utf8))
        var second = envelope
        (second.seq, second.author, second.replica) = (2, named("bek"), named("r2"))
        let refusal = Refusal(
            id: try #require(ChangeID("0123456789abcdef")), n: 1, code: "role", digest: sha256(submitted), prev: nil)
        let other = EntryCodec.encode(second, refusal)
        // Python: hashlib.sha256; H(0) of "5eed", leaf 1, H(1), leaf 2, H(2)
        #expect(sha256("5eed").hex == "253e2c69fc07d2cf6f83c79b0bf81b9122c816573477986ca87c6ef907a52a53")
        #expect(sha256(line).hex == "1cc203f88f1e2369534354255b99dc1c9a13883e3c7c34006e28dc4b3181e96d")
        #expect(sha256(other).hex == "72591391d680b101c81e859b4ae3be21f9437175bfa1f764038fd9c40c81e29d")
        let first = chainHash(after: sha256("5eed"), line: line)
        #expect(first.hex == "4a2457365faf826497ac1c2db6a3643788a3cd2c4972378a5494372d211df45c")
        #expect(chainHash(after: first, line: other).hex == "2ea20637ab77b42c95938eed4c2f58cb946156f33a8032bbd5d25656a6b19cac")
    }

    @Test(
        "what is no entry is refused",
        arguments: [
            "", "{}", "null", #","change":{}}"#, #"{,"change":}"#, #"{"seq":1,"change":{}}"#,
            #"{"seq":1,"at":"2025-08-09T12:34:57.000Z","author":"aliya","replica":"r","refused":{}}"#,
            #"{"seq":1,"at":"2025-08-09T12:34:57.000Z","author":"Aliya","replica":"r","change":\#(submitted)}"#,
            #"{"seq":-1,"at":"2025-08-09T12:34:57.000Z","author":"aliya","replica":"r","change":\#(submitted)}"#,
            #"{"seq":1,"at":"2025-08-09T12:34:57.000Z","author":"aliya","replica":"r","change":\#(submitted)"#,
            #"{"seq":1,"at":"2025-08-09T12:34:57.000Z","author":"aliya","replica":"r","change":\#(submitted),"later":1}"#,
            #"{"seq":1,"at":"2025-08-09T12:34:57.000Z","author":"aliya","author":"bek","replica":"r","change":\#(submitted)}"#,
        ])
    func malformed(_ line: String) {
        #expect(throws: CodecError.self) { try EntryCodec.decode(Array(line.utf8)) }
    }

    @Test("a damaged line gives an error or an entry, and never stops the program")
    func damaged() {
        let line = EntryCodec.encode(envelope, change: Array(submitted.utf8))
        for end in 0..<line.count { #expect(throws: CodecError.self) { try EntryCodec.decode(Array(line[..<end])) } }
        for index in line.indices {
            for byte in [UInt8(0), 0x22, 0x2C, 0x7B, 0x7D] {
                var broken = line
                broken[index] = byte
                _ = EntryCodec.changeRange(broken)
                _ = try? EntryCodec.decode(broken)
            }
        }
    }
}

extension String {
    fileprivate func replacing(_ part: String, with other: String) -> String {
        guard let start = utf8.indices.first(where: { utf8[$0...].starts(with: part.utf8) }) else {
            preconditionFailure("\(part) is not there")
        }
        return String(self[..<start]) + other + String(self[utf8.index(start, offsetBy: part.utf8.count)...])
    }
}
