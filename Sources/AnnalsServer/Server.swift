internal import AnnalsModel
internal import AnnalsCore
internal import AnnalsStore
internal import AnnalsWire
internal import Foundation
public import Logging
internal import UV

/// A running Annals server: one event-loop thread for all sockets, a writer thread, a reader thread.
///
///     let server = try await Server.start(ServerConfiguration(dataDirectory: "data", tcp: ("127.0.0.1", 7414), …))
///     …
///     await server.stop()
public final class Server: Sendable {
    /// The TCP port that was bound; nil without TCP.
    public let port: UInt16?
    /// The server's public key in hex: its identity.
    public let publicKey: String
    private let loop: EventLoop
    private let serverLoop: ServerLoop
    private let store: SQLiteLogStore
    private let folder: DataFolder

    private init(
        port: UInt16?, publicKey: String, loop: EventLoop, serverLoop: ServerLoop, store: SQLiteLogStore,
        folder: DataFolder
    ) {
        self.folder = folder
        self.port = port
        self.publicKey = publicKey
        self.loop = loop
        self.serverLoop = serverLoop
        self.store = store
    }

    /// Opens the store, makes what is missing (folder, key, workspaces), and listens.
    ///
    /// - Throws: ``ServerError``, naming what is in the way and the way out.
    public static func start(_ configuration: ServerConfiguration, logger: Logger) async throws -> Server {
        guard configuration.tcp != nil || configuration.socketPath != nil else {
            throw ServerError(.nowhereToListen, "nothing to listen on: give --listen HOST:PORT or --socket PATH")
        }
        guard configuration.allowsDevelopmentUsers || configuration.socketPath != nil else {
            throw ServerError(
                .noSignIn,
                "nobody could sign in over TCP: switch on --dev-users (loopback only), or serve a Unix socket with --socket")
        }
        let folder: DataFolder
        let store: SQLiteLogStore
        let key: ServerKey
        do {
            folder = try DataFolder(path: configuration.dataDirectory)
            store = try SQLiteLogStore(in: folder) { line in
                // A line that does not decode is no entry that this server wrote.
                (try? EntryCodec.decode(line))?.change?.id
            }
            guard try ServerKey.exists(in: folder) || store.workspaces().isEmpty else {
                throw ServerError(
                    .store,
                    "\(folder.path) holds logs but no server-key. With another key every replica would see another server: put the old key file back."
                )
            }
            key = try ServerKey(in: folder)
            for name in configuration.workspaces where try store.head(of: name) == nil {
                let log = randomHex(bytes: 16)
                try store.create(LogHead(workspace: name, log: log, head: ChainHash(log: log).head))
            }
        } catch {
            throw ServerError(.store, "\(error)")
        }
        let heads = try store.workspaces().compactMap { try store.head(of: $0) }
        let core = ServerCore(
            configuration: .init(
                limits: configuration.limits, allowsDevelopmentUsers: configuration.allowsDevelopmentUsers,
                roles: configuration.roles, nonce: randomHex(bytes: 16)), signer: ServerSigner(key: key), heads: heads)
        let loop = try EventLoop()
        let serverLoop = ServerLoop(loop: loop, core: core, logger: logger)
        do {
            try loop.start()
            let port = try await serverLoop.start(configuration, store: store)
            logger.info(
                "listening",
                metadata: [
                    "port": "\(port.map(String.init) ?? "-")", "socket": "\(configuration.socketPath ?? "-")",
                    "workspaces": "\(heads.map { "\($0.workspace)@\($0.seq)" }.joined(separator: " "))",
                ])
            return Server(port: port, publicKey: key.publicKey.hex, loop: loop, serverLoop: serverLoop, store: store, folder: folder)
        } catch {
            let threads = await serverLoop.stop()
            for thread in threads { thread.stop() }
            loop.stop()
            try? store.close()  // The error that stopped the start is the one to tell.
            folder.unlock()
            if let error = error as? ServerError { throw error }
            throw ServerError(.network, "\(error)")
        }
    }

    /// Finishes the commit under way, says goodbye to every peer, and closes the store.
    ///
    /// - Throws: where the store's file could not be closed in order; what was acknowledged is on disk all the same.
    public func stop() async throws {
        let threads = await serverLoop.stop()
        // Off the loop: the last commit still reports to it.
        for thread in threads { thread.stop() }
        loop.stop()
        try store.close()
        folder.unlock()
    }
}

/// Gives the core the server's key without the key.
private struct ServerSigner: CheckpointSigner {
    let key: ServerKey
    var publicKey: String { key.publicKey.hex }

    func sign(_ bytes: [UInt8]) -> String {
        do {
            return try key.sign(bytes)
        } catch {
            // Ed25519 signs any bytes (RFC 8032): a failure means that the process can no longer be trusted to.
            preconditionFailure("the server's key does not sign: \(error)")
        }
    }
}

private func randomHex(bytes: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<bytes).map { _ in
        let byte = UInt8.random(in: 0...255, using: &generator)
        return (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
}
