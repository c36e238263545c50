import AnnalsStore
import AnnalsTesting
import Foundation
import Testing

@Suite struct ServerKeyTests {
    private let temporary: TemporaryFolder
    private let folder: DataFolder
    private var file: String { folder.path + "/server-key" }

    init() throws {
        temporary = try TemporaryFolder()
        folder = try DataFolder(path: temporary.file("data"))
    }

    @Test("the key is made once, for its owner alone, and is the same after a restart")
    func madeOnce() throws {
        let first = try ServerKey(in: folder)
        let second = try ServerKey(in: folder)
        #expect(first.publicKey == second.publicKey)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["lock", "server-key"])
    }

    @Test("a signature holds for its bytes, its key and nothing else")
    func signatures() throws {
        let key = try ServerKey(in: folder)
        let other = try ServerKey(in: DataFolder(path: temporary.file("other")))
        let bytes = Array("a checkpoint".utf8)
        let signature = try key.sign(bytes)
        #expect(signature.utf8.count == 128)
        #expect(key.publicKey.verifies(signature, of: bytes))
        #expect(ServerPublicKey(hex: key.publicKey.hex)?.verifies(signature, of: bytes) == true)
        #expect(!key.publicKey.verifies(signature, of: bytes + [0]))
        #expect(!other.publicKey.verifies(signature, of: bytes))
        for bad in ["", "zz", signature.uppercased(), String(signature.dropLast(2)), signature + "00"] {
            #expect(!key.publicKey.verifies(bad, of: bytes))
        }
        #expect(ServerPublicKey(hex: "12") == nil)
    }

    @Test("a signature is that of RFC 8032, test 2")
    func standard() throws {
        let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
        try write("annals-server-key ed25519 \(seed)\n")
        let key = try ServerKey(in: folder)
        #expect(key.publicKey.hex == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        let expected =
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        #expect(key.publicKey.verifies(expected, of: [0x72]))
        let signature = try key.sign([0x72])
        #expect(key.publicKey.verifies(signature, of: [0x72]))
    }

    @Test("nothing printed shows the private half")
    func neverPrinted() throws {
        let key = try ServerKey(in: folder)
        let kept = try String(contentsOfFile: file, encoding: .utf8)
        let secret = try #require(kept.split(separator: " ").last).dropLast()
        #expect(secret.utf8.count == 64)
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains(secret))
            #expect(text.contains(key.publicKey.hex))
        }
    }

    @Test("a damaged key is never replaced by a new one", arguments: ["", "annals-server-key ed25519 12\n", "x"])
    func damaged(text: String) throws {
        try write(text)
        let error = #expect(throws: ServerKeyError.self) { try ServerKey(in: folder) }
        #expect(error?.code == .damaged)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
    }

    @Test("a key that others may read is refused, with the way out")
    func exposed() throws {
        _ = try ServerKey(in: folder)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        let error = #expect(throws: ServerKeyError.self) { try ServerKey(in: folder) }
        #expect(error?.code == .exposed)
        #expect(error?.description.contains("chmod 600") == true)
    }

    private func write(_ text: String) throws {
        let made = FileManager.default.createFile(
            atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        #expect(made)
    }
}
