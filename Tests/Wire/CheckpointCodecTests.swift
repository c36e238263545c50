import AnnalsModel
import AnnalsWire
import Testing

/// Signs with the digest of what it is given: enough to see which bytes are covered.
private struct DigestSigner: CheckpointSigner {
    var publicKey: String { "d16e57" }
    func sign(_ bytes: [UInt8]) -> String { sha256(bytes).hex }
}

private func checkpoint(log: String = "5eed") throws -> Checkpoint {
    Checkpoint(
        workspace: try #require(Name("desk")), log: log, epoch: 1, seq: 2,
        head: try #require(Digest(hex: "2ea20637ab77b42c95938eed4c2f58cb946156f33a8032bbd5d25656a6b19cac")),
        at: Instant(milliseconds: 1_754_742_897_000))
}

@Suite("Checkpoint codec")
struct CheckpointCodecTests {
    @Test("the signature is the last member and covers all bytes before it")
    func signed() throws {
        let line = CheckpointCodec.encode(try checkpoint(), signer: DigestSigner())
        let signed = try #require(CheckpointCodec.signedBytes(line))
        #expect(line.starts(with: signed))
        #expect(line.dropFirst(signed.count).elementsEqual(#","sig":"\#(sha256(signed).hex)"}"#.utf8))
        // Python: hashlib.sha256 of the bytes up to ,"sig"
        #expect(sha256(signed).hex == "cbc74fe430c4de97f214790e5f015a7fe4c480e6d54c179d67bfba90c133130b")
    }

    @Test("a checkpoint comes back as it was", arguments: ["5eed", "a log \",\"sig\":\"x\"}"])
    func roundTrip(_ log: String) throws {
        var expected = try checkpoint(log: log)
        let line = CheckpointCodec.encode(expected, signer: DigestSigner())
        expected.signature = sha256(try #require(CheckpointCodec.signedBytes(line))).hex
        #expect(try CheckpointCodec.decode(line) == expected)
        guard case .checkpoint(let read) = try ServerMessageCodec.decode(line) else { return #expect(Bool(false), "a checkpoint") }
        #expect(read == expected)
    }

    @Test("every other byte before the signature makes another signature")
    func everyByte() throws {
        let line = CheckpointCodec.encode(try checkpoint(), signer: DigestSigner())
        let signature = try CheckpointCodec.decode(line).signature
        let count = try #require(CheckpointCodec.signedBytes(line)).count
        for index in 0..<count {
            var broken = line
            broken[index] ^= 1
            #expect(CheckpointCodec.signedBytes(broken).map { sha256($0).hex } != signature)
        }
    }

    @Test(
        "a line whose last member is no signature has no signed bytes",
        arguments: [
            "", "{}", #"{"sig":"00"}"#, #"{"seq":1,"sig":"00","later":1}"#, #"{"seq":1,"sig":0}"#, #"{"seq":1,"sig":"00"} "#, #""}"#,
            #","sig":""#,
            #"{"seq":1,"sig":["00"]}"#, #"{"seq":1,"xsig":"00"}"#,
        ])
    func unsigned(_ line: String) {
        #expect(CheckpointCodec.signedBytes(Array(line.utf8)) == nil)
    }

    @Test("a signature has no quote in it, so that its member is found from the end")
    func quotes() {
        #expect(CheckpointCodec.signedBytes(Array(#"{"seq":1,"sig":"a\"b"}"#.utf8)) == nil)
    }
}
