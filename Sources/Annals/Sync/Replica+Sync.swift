internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsStore
internal import AnnalsWire
internal import Foundation
internal import GRDB
internal import UV

extension Replica {
    /// Sends what waits, receives what is new, and returns when both are done.
    ///
    ///     try await replica.sync(with: .parse("annals://desk.example/caucasus"))
    ///
    /// Nothing is lost by a sync that breaks off: what was stored stays, what waits goes out with the next one.
    ///
    /// - Parameters:
    ///   - address: the server; nil for the one that this replica last met.
    ///   - live: go on after catching up, reconnecting by itself, until the task is cancelled.
    ///   - report: called with what happens, on any thread.
    /// - Throws: ``AnnalsError``: `unreachable` where the server was not reached, `busy` where another process syncs this
    ///   file, `stopped` where a person must look (``SyncStop`` says why).
    @discardableResult
    public func sync(
        with address: ServerAddress? = nil, live: Bool = false,
        report: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws -> SyncSummary {
        let lock = try store.takeSyncLock()
        defer { lock.unlock() }
        // What an earlier sync could not show before it ended; what cannot be read is asked for anew.
        do {
            try store.showStaged()
        } catch let error as AnnalsError where error.code == .badBatch {
            // It comes again, and is stored up to the line that cannot be read.
        }
        let target = try addressOrStored(address)
        var summary = SyncSummary()
        let before = try store.syncPosition()?.have ?? 0
        let settled = try store.settledCount()
        var pause = 1
        while true {
            let started = try store.syncPosition()?.have ?? 0
            report(.connecting(target))
            let stop = try await syncOnce(target, live: live, report: report)
            do {
                try store.showStaged()
            } catch _ where stop != nil {
                // Why the sync ended is what there is to tell; the next one tries again.
            }
            summary.have = try store.syncPosition()?.have ?? 0
            summary.received = summary.have - before
            summary.settled = try store.settledCount() - settled
            if try store.syncPosition()?.log != nil { try store.met(target.description) }
            guard let stop else {
                try store.finishedSync(with: target.description)
                try store.indexTexts()
                return summary
            }
            try Task.checkCancellation()
            guard live, case .unreachable = AnnalsError(stop).code else { throw AnnalsError(stop) }
            // A connection that brought something was a good one: begin the waits anew.
            if summary.have > started { pause = 1 }
            report(.waiting(seconds: pause, because: stop))
            try await Task.sleep(for: .seconds(pause))
            pause = min(pause * 2, 30)
        }
    }

    private func addressOrStored(_ address: ServerAddress?) throws -> ServerAddress {
        if let address { return address }
        guard let stored = try store.serverAddress() else {
            throw AnnalsError(
                .usage, "this replica knows no server yet",
                wayOut: "Name one: annals sync annals://HOST[:PORT]/WORKSPACE.")
        }
        return try ServerAddress.parse(stored)
    }

    private func syncOnce(
        _ address: ServerAddress, live: Bool, report: @escaping @Sendable (SyncProgress) -> Void
    ) async throws -> SyncStop? {
        guard let position = try store.syncPosition(workspace: address.workspace) else {
            throw AnnalsError(
                .wrongView, "this replica belongs to another workspace than \(address.workspace)",
                wayOut: "Sync with its own server, or make a clone of that workspace elsewhere.")
        }
        let loop = try EventLoop()
        try loop.start()
        defer { loop.stop() }
        let machine = ReplicaSync(
            position: position, live: live, authentication: authentication(for: address, user: position.user),
            agent: "annals/\(Replica.release)", verifier: CheckpointKeyVerifier())
        let driver = SyncDriver(loop: loop, store: store, machine: machine, live: live, report: report)
        return await withTaskCancellationHandler {
            await driver.run(address.transport)
        } onCancel: {
            Task { await driver.cancel() }
        }
    }

    /// On a Unix socket the kernel vouches for the user, where the names are the same.
    private func authentication(for address: ServerAddress, user: Name) -> ClientMessage.Authentication {
        if case .unix = address.transport, NSUserName() == user.raw { return .peer(user: user) }
        return .development(user: user)
    }

    /// The release of this library, as it says to servers.
    public static let release = "0.1.0"
}

extension ReplicaStore {
    /// How many of this file's changes the stream has brought, accepted or refused.
    fileprivate func settledCount() throws -> Int {
        try read { db, _ in try Int.fetchOne(db, sql: "SELECT count(*) FROM receipt") ?? 0 }
    }
}

/// Checks checkpoints with the server's public key.
struct CheckpointKeyVerifier: CheckpointVerifier {
    func verifies(_ signature: String, of bytes: [UInt8], by publicKey: String) -> Bool {
        ServerPublicKey(hex: publicKey)?.verifies(signature, of: bytes) ?? false
    }
}
