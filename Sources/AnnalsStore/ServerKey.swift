internal import AnnalsCore
internal import Crypto
internal import Foundation

/// The server's signing key (Ed25519, RFC 8032): with it the server signs its checkpoints, and replicas know it again.
///
/// It is made at the first start and kept in `server-key` in the data folder, readable by its owner alone. Whoever
/// moves a server to another machine moves this file too; without it replicas see another server.
public struct ServerKey: Sendable, CustomStringConvertible, CustomReflectable {
    static let fileName = "server-key"
    private static let heading = "annals-server-key ed25519 "

    private let key: Curve25519.Signing.PrivateKey

    /// Reads the folder's key, or makes it at the first start.
    ///
    /// - throws: ``ServerKeyError`` where the file is damaged or others may read it; `LogStoreError` on I/O errors.
    public init(in folder: DataFolder) throws {
        let path = folder.file(Self.fileName)
        guard let bytes = try folder.read(Self.fileName, limit: 1024) else {
            key = Curve25519.Signing.PrivateKey()
            try folder.write(Array((Self.heading + hex(key.rawRepresentation) + "\n").utf8), to: Self.fileName)
            return
        }
        try Self.refuseExposed(path)
        guard let text = String(validating: bytes, as: UTF8.self), text.hasPrefix(Self.heading), text.hasSuffix("\n"),
            let raw = unhex(text.dropFirst(Self.heading.count).dropLast()),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw)
        else { throw ServerKeyError(.damaged, path: path) }
        self.key = key
    }

    /// Whether the folder has a key already.
    public static func exists(in folder: DataFolder) throws -> Bool {
        try folder.read(fileName, limit: 1024) != nil
    }

    private static func refuseExposed(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw storeError(errno: errno, "\(path) cannot be read") }
        guard status.st_mode & 0o077 == 0 else { throw ServerKeyError(.exposed, path: path) }
    }

    public var publicKey: ServerPublicKey { ServerPublicKey(key.publicKey) }

    /// The signature as 128 lower-case hex digits.
    public func sign(_ bytes: [UInt8]) throws -> String {
        hex(try key.signature(for: bytes))
    }

    /// The public half only.
    public var description: String { "ServerKey(public: \(publicKey.hex))" }

    /// So that no dump shows the private half either.
    public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey.hex]) }
}

/// The public half of a server's key, by which a replica pins its server.
public struct ServerPublicKey: Hashable, Sendable, CustomStringConvertible {
    /// 64 lower-case hex digits.
    public let hex: String

    /// nil where `hex` is not 64 lower-case hex digits.
    public init?(hex: String) {
        guard let raw = unhex(hex[...]), raw.count == 32 else { return nil }
        self.hex = hex
    }

    init(_ key: Curve25519.Signing.PublicKey) { hex = AnnalsStore.hex(key.rawRepresentation) }

    /// Whether `signature`, as ``ServerKey/sign(_:)`` writes it, is this server's over these bytes.
    public func verifies(_ signature: String, of bytes: [UInt8]) -> Bool {
        guard let raw = unhex(hex[...]), let signature = unhex(signature[...]),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw)
        else { return false }
        return key.isValidSignature(signature, for: bytes)
    }

    public var description: String { hex }
}

/// Why the server's key cannot be used.
public struct ServerKeyError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The file does not hold a key.
        case damaged
        /// Others than the owner may read it.
        case exposed
    }

    public let code: Code
    public let path: String

    init(_ code: Code, path: String) {
        self.code = code
        self.path = path
    }

    public var description: String {
        switch code {
        case .damaged:
            "\(path) does not hold a server key. Restore it from a backup: with a new one, replicas see another server."
        case .exposed:
            "Others may read the server key \(path). Run `chmod 600` on it; where they may have read it, replace the server."
        }
    }
}
