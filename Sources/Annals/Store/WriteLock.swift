/// The right to write a replica file, which its processes take in turn.
///
/// A process that writes batch after batch would mostly win the lock again before a waiting one has woken up. So whoever
/// wants it first passes a turnstile, and waits for the lock inside: the writer before cannot overtake, and nobody waits
/// longer than for one transaction of each of the others.
final class WriteLock: Sendable {
    private let turnstile: FileLock
    private let inner: FileLock

    init(_ paths: ReplicaPaths) throws(AnnalsError) {
        turnstile = try FileLock(path: paths.turnLock)
        inner = try FileLock(path: paths.writeLock)
    }

    /// Waits for its turn.
    func lock() throws(AnnalsError) {
        try turnstile.lock()
        defer { turnstile.unlock() }
        try inner.lock()
    }

    func unlock() { inner.unlock() }

    /// Sets the lock file's time, for those who watch the folder.
    func touch() { inner.touch() }
}
