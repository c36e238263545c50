extension Replica {
    /// What `read` gives now, and again after every change of the replica, by this process or another.
    ///
    ///     for try await conflicts in replica.observe({ try $0.conflicts() }) { … }
    ///
    /// Changes that follow each other closely come as one.
    public func observe<T: Sendable>(_ read: @escaping @Sendable (View) throws -> T) -> AsyncThrowingStream<T, any Error> {
        AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                do {
                    var seen: Int64?
                    for await _ in store.changes() {
                        let news = try store.read(.none) { _, meta in meta.news }
                        if news == seen { continue }
                        seen = news
                        continuation.yield(try read(view()))
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
