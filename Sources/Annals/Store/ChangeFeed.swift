internal import UV

/// Tells that the replica's files may have changed, by whatever process: a hint, after which one looks.
///
/// One loop watches the writers' lock file while anybody listens: a writer touches it when its commit can be seen. Not the folder: a
/// commit writes dozens of times to the files there, and each would wake everybody. The system may lose events under load, and other
/// programs may write, so everybody is told once a second too.
final class ChangeFeed: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextKey = 0
        var loop: EventLoop?
    }

    private let lockFile: String
    private let safetyPollMilliseconds: UInt64
    private let state = Locked(State())

    init(lockFile: String, safetyPollMilliseconds: UInt64 = 1000) {
        self.lockFile = lockFile
        self.safetyPollMilliseconds = safetyPollMilliseconds
    }

    /// An element now, and one whenever something may have changed; those that nobody took yet are one.
    func listen() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            continuation.yield()
            let key = state.withLock { state in
                state.nextKey += 1
                state.listeners[state.nextKey] = continuation
                return state.nextKey
            }
            continuation.onTermination = { [weak self] _ in self?.remove(key) }
            startWatching()
        }
    }

    /// Ends all streams.
    func finish() {
        let (listeners, loop) = state.withLock { state in
            defer { state = State(nextKey: state.nextKey) }
            return (Array(state.listeners.values), state.loop)
        }
        for listener in listeners { listener.finish() }
        loop?.stop()
    }

    private func startWatching() {
        // A loop or watcher that the system refuses leaves the listener with what it was told; the loop is tried again by the next.
        let fresh = state.withLock { state -> EventLoop? in
            guard state.loop == nil, let loop = try? EventLoop(), (try? loop.start()) != nil else { return nil }
            state.loop = loop
            return loop
        }
        guard let loop = fresh else { return }
        loop.post { [weak self, lockFile, safetyPollMilliseconds] in
            let timer = Timer(on: loop) { [weak self] in self?.tell() }
            timer.start(
                afterMilliseconds: safetyPollMilliseconds, repeatingMilliseconds: safetyPollMilliseconds)
            // Where watching is not possible, the look once a second remains.
            _ = try? FileWatcher(on: loop, path: lockFile) { [weak self] _ in self?.tell() }
            // What changed between the first look and the watching, nobody was told of.
            self?.tell()
        }
    }

    private func tell() {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield() }
    }

    private func remove(_ key: Int) {
        let loop = state.withLock { state -> EventLoop? in
            state.listeners[key] = nil
            guard state.listeners.isEmpty else { return nil }
            defer { state.loop = nil }
            return state.loop
        }
        // A loop cannot stop itself, and the last listener may end on it.
        if let loop { Task.detached { loop.stop() } }
    }
}
