public import AnnalsModel
internal import struct Crypto.SHA256

/// The SHA-256 digest of some bytes.
public func sha256(_ bytes: RawSpan) -> Digest {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    return Digest(hash.finalize())
}

/// The SHA-256 digest of some bytes.
public func sha256(_ bytes: [UInt8]) -> Digest {
    sha256(bytes.span.bytes)
}

/// The SHA-256 digest of a text's UTF-8 bytes.
public func sha256(_ text: String) -> Digest {
    sha256(Array(text.utf8))
}

extension Digest {
    /// The one place where swift-crypto's digest becomes ours.
    fileprivate init(_ digest: SHA256.Digest) {
        guard let ours = digest.withUnsafeBytes({ Digest(bytes: $0) }) else {
            preconditionFailure("SHA-256 gives 32 bytes")
        }
        self = ours
    }
}
