internal import AnnalsModel
public import AnnalsWire

/// A signing key for tests: the same interface as Ed25519's, made of SHA-256 alone, so that runs repeat byte for byte.
///
/// Whoever knows the name can sign; it proves nothing outside a test.
public struct SimulationKey: CheckpointSigner, CheckpointVerifier {
    public let publicKey: String

    public init(_ name: String) { publicKey = sha256("public " + name).hex }

    public func sign(_ bytes: [UInt8]) -> String { Self.signature(of: bytes, publicKey) }

    public func verifies(_ signature: String, of bytes: [UInt8], by publicKey: String) -> Bool {
        signature == Self.signature(of: bytes, publicKey)
    }

    private static func signature(of bytes: [UInt8], _ key: String) -> String {
        sha256(Array(key.utf8) + bytes).hex + sha256(bytes + Array(key.utf8)).hex
    }
}
