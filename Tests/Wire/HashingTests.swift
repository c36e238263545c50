import AnnalsModel
import AnnalsWire
import Testing

// The expected digests were computed with Python's hashlib.
@Suite("Hashing")
struct HashingTests {
    @Test(
        "SHA-256 gives the published digests",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ("Қазақстан — “8 тамыз”", "833fa47c02b0b77514dff9fbb12a7a52a263def7e45d93b90892781ce00eb298"),
        ])
    func texts(text: String, hex: String) {
        #expect(sha256(text).hex == hex)
        #expect(sha256(Array(text.utf8)).hex == hex)
    }

    @Test("SHA-256 takes bytes that are no text")
    func bytes() {
        let bytes = (0..<5).flatMap { _ in UInt8.min...UInt8.max }
        #expect(sha256(bytes).hex == "d414b085826eb06778483ba35564dc849e643359f69ed9747878ba6e54985bed")
    }

    private static let lines = [#"{"seq":1,"at":"2025-08-09T12:34:56.789Z"}"#, #"{"seq":2,"why":"é\u00e9"}"#, ""]
    private static let heads = [
        "438449655ac0006ac1c6d486bffd5dd99ca28d18259a812590de2637b479f6c5",
        "14a3a94f39f36a2c10ac59af0afbcd45a78d7689669cec23979d0b014607085a",
        "1291fa26f430ea7add2ab088c687b89506804de8022daaec253a3a49c2043cea",
        "40219aa66e912a7107ef59d21b6c8e45db14430969961f17689dc664d5c9046a",
    ]

    @Test("H(0) is the log id's digest, and H(n) covers H(n−1) and the line's digest")
    func chain() throws {
        var chain = ChainHash(log: "5f1c9a7e")
        var heads = [chain.head.hex]
        for line in Self.lines {
            chain.append(line: Array(line.utf8))
            heads.append(chain.head.hex)
        }
        #expect(heads == Self.heads)
    }

    @Test("a chain goes on from any head, by lines, slices or leaves alike")
    func goesOn() throws {
        for (index, line) in Self.lines.enumerated() {
            let before = try #require(Digest(hex: Self.heads[index]))
            let bytes = Array(line.utf8)
            var byLeaf = ChainHash(head: before)
            byLeaf.append(leaf: sha256(bytes))
            #expect(byLeaf.head.hex == Self.heads[index + 1])
            #expect(chainHash(after: before, line: bytes).hex == Self.heads[index + 1])
            #expect(chainHash(after: before, line: ([0] + bytes + [10])[1..<bytes.count + 1]).hex == Self.heads[index + 1])
        }
    }
}
