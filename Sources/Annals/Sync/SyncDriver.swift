internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsStore
internal import AnnalsWire
internal import Dispatch
internal import Foundation
internal import UV

/// One connection's sync: the machine on an event loop, the transactions on a queue of their own.
///
/// While a batch is being stored the next ones arrive and are joined, so batches grow by themselves when there is much
/// to catch up, and stay small when there is little.
actor SyncDriver {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private var machine: ReplicaSync
    private let store: ReplicaStore
    private let live: Bool
    private let report: @Sendable (SyncProgress) -> Void
    /// Transactions, in the order in which the machine asked for them.
    private let storage = DispatchQueue(label: "annals.sync.storage")
    private let ahead: LinesAhead
    /// While the first copy of a long record is made: how much of it has been stored to be shown at its end.
    private var firstCopyBytes: Int?
    private var stream: UV.Stream?
    private var connector: Connector?
    private var timer: UV.Timer?
    private var marks = LateMarks()
    private var markTimer: UV.Timer?
    private var watcher: FileWatcher?
    private var completion: CheckedContinuation<SyncStop?, Never>?
    private var ended: SyncStop??

    init(
        loop: EventLoop, store: ReplicaStore, machine: ReplicaSync, live: Bool,
        report: @escaping @Sendable (SyncProgress) -> Void
    ) {
        self.loop = loop
        self.store = store
        ahead = LinesAhead(store)
        firstCopyBytes = store.takesFirstCopy ? 0 : nil
        self.machine = machine
        self.live = live
        self.report = report
    }

    /// Connects and converses until it is over.
    ///
    /// - Returns: why it ended; nil when all is done.
    func run(_ transport: ServerAddress.Transport) async -> SyncStop? {
        let connected: (Result<UV.Stream, UVError>) -> Void = { [weak self] result in
            // Safe: a loop calls back on its own thread, which is this actor's.
            nonisolated(unsafe) let result = result
            self?.assumeIsolated { $0.connected(result) }
        }
        switch transport {
        case .tcp(let host, let port):
            connector = UV.Stream.connect(on: loop, host: host, port: port, completion: connected)
        case .unix(let path):
            connector = UV.Stream.connect(on: loop, path: path, completion: connected)
        }
        return await withCheckedContinuation { continuation in
            if let ended { continuation.resume(returning: ended) } else { completion = continuation }
        }
    }

    /// Ends it from outside: what is queued stays queued.
    func cancel() {
        connector?.cancel()
        handle(.disconnected("cancelled"))
    }

    private func connected(_ result: Result<UV.Stream, UVError>) {
        connector = nil
        switch result {
        case .failure(let error):
            handle(.disconnected("\(error)"))
        case .success(let stream):
            guard ended == nil else { return stream.close() }
            self.stream = stream
            stream.onRead = { [weak self] bytes in
                let copy = [UInt8](bytes)
                self?.assumeIsolated { $0.handle(.bytes(copy)) }
            }
            stream.onClosed = { [weak self] error in
                self?.assumeIsolated { $0.handle(.disconnected(error.map { "\($0)" } ?? "the server closed the connection")) }
            }
            startClock()
            handle(.connected)
            stream.startReading()
        }
    }

    /// Ticks once a second; while live, looks also whenever a writer has touched its lock file, for other processes' changes too.
    private func startClock() {
        let timer = UV.Timer(on: loop) { [weak self] in
            self?.assumeIsolated {
                $0.handle(.tick)
                if $0.live { $0.handle(.outboxChanged) }
            }
        }
        timer.start(afterMilliseconds: 1000, repeatingMilliseconds: 1000)
        self.timer = timer
        markTimer = UV.Timer(on: loop) { [weak self] in self?.assumeIsolated { $0.storeMarks() } }
        guard live else { return }
        // Where watching is not possible, the clock's look once a second remains.
        watcher = try? FileWatcher(on: loop, path: store.paths.writeLock) { [weak self] _ in
            self?.assumeIsolated { $0.handle(.outboxChanged) }
        }
    }

    private func handle(_ input: ReplicaSync.Input) {
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        var effects: [ReplicaSync.Effect] = []
        if case .applied(let applied) = input {
            marks.settled(applied.settled)
            // Of a twin's changes it is not known what was sent.
            if applied.twin != nil { _ = marks.take() }
        }
        machine.handle(input, now: now, into: &effects)
        for effect in effects { perform(effect) }
        if let ready = machine.ready { ahead.arrived(ready.pieces) }
    }

    private func perform(_ effect: ReplicaSync.Effect) {
        switch effect {
        case .send(let bytes): stream?.write(bytes)
        case .bind(let binding):
            inStorage {
                try $0.bind(binding); return nil
            }
        case .recompute(let last):
            inStorage {
                try $0.recomputeStates(last: last); return nil
            }
        case .mark(let replica, let n, let state):
            if marks.isEmpty { markTimer?.start(afterMilliseconds: LateMarks.delayMilliseconds) }
            marks.note(.init(replica: replica, n: n, state: state))
        case .apply(let batch): apply(batch)
        case .hash(let seq): inStorage { .hash(seq: seq, try $0.headHash(at: seq)) }
        case .loadOutbox(let after, let replica, let limit):
            inStorage { .outbox(try $0.outbox(after: after, of: replica, limit: limit)) }
        case .report(let news): tell(news)
        case .finish(let stop): finish(stop)
        }
    }

    /// Stores a batch and shows it; of a first copy only at its end.
    private func apply(_ batch: Batch) {
        let isEnd = batch.last >= machine.serverSeq || (firstCopyBytes ?? 0) + batch.byteCount >= ReplicaStore.firstCopyBytesMax
        // One batch alone is shown as it comes.
        let isStaged = firstCopyBytes.map { $0 > 0 || !isEnd } ?? false
        firstCopyBytes = isEnd || !isStaged ? nil : (firstCopyBytes ?? 0) + batch.byteCount
        if isStaged, !isEnd {
            ahead.arrived(batch.pieces)
            return store(batch) { [ahead] store in
                try store.stage(batch)
                // Else what waits to be read would grow: with the answer as much may be sent again.
                ahead.wait()
                return ReplicaSync.Applied(have: batch.last)
            }
        }
        let ahead = ahead.finish(batch) ? ahead : nil
        if isStaged { report(.showing(batch.last)) }
        store(batch) { store in
            guard isStaged else { return try store.apply(batch, ahead: ahead) }
            try store.stage(batch)
            return try store.showStaged(ahead)
        }
    }

    /// What came and does not fit is the server's; any other failure is this file's.
    private func store(_ batch: Batch, _ work: @escaping @Sendable (ReplicaStore) throws -> ReplicaSync.Applied) {
        inStorage { store in
            do {
                return .applied(try work(store))
            } catch let error as AnnalsError where error.code == .badBatch {
                return .unreadable(error.what)
            }
        }
    }

    private func storeMarks() {
        for mark in marks.take() {
            inStorage {
                try $0.mark(mark.replica, upTo: mark.n, mark.state); return nil
            }
        }
    }

    /// Does a transaction off the loop and brings its outcome back to it.
    private func inStorage(_ work: @escaping @Sendable (ReplicaStore) throws -> ReplicaSync.Input?) {
        storage.async { [self, store] in
            let outcome: ReplicaSync.Input?
            do {
                outcome = try work(store)
            } catch {
                outcome = .storageFailed("\(error)")
            }
            if let outcome { loop.post { self.assumeIsolated { $0.handle(outcome) } } }
        }
    }

    private func tell(_ news: ReplicaSync.Report) {
        switch news {
        case .signedIn(let user, _): report(.signedIn(user: user))
        case .progress(let have, let of): report(.received(have, of: of))
        case .caughtUp(let seq): report(.caughtUp(seq: seq))
        case .pushed(_, let n): report(.accepted(n: n))
        case .refused(_, let n, let code, let detail): report(.refused(n: n, code: code, detail: detail))
        case .pushStopped(let stop): report(.pushStopped(stop))
        }
    }

    private func finish(_ stop: SyncStop?) {
        guard ended == nil else { return }
        ended = .some(stop)
        timer?.close()
        markTimer?.close()
        storeMarks()
        watcher?.close()
        stream?.close()
        // After the transactions under way, so that whoever goes on finds the file at rest.
        storage.async { [self] in
            loop.post { self.assumeIsolated { $0.complete(stop) } }
        }
    }

    private func complete(_ stop: SyncStop?) {
        completion?.resume(returning: stop)
        completion = nil
    }
}
