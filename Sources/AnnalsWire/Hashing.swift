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
        self = digest.withUnsafeBytes { raw in
            func word(_ index: Int) -> UInt64 {
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
            }
            return Digest(words: (word(0), word(1), word(2), word(3)))
        }
    }
}
