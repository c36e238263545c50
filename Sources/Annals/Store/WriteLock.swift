internal import UV

/// The right to write a replica file, which its processes take in turn.
///
/// A process that writes batch after batch would mostly win the lock again before a waiting one has woken up. So whoever
/// wants it first passes a turnstile, and waits for the lock inside: the writer before cannot overtake, and nobody waits
/// longer than for one transaction of each of the others.
final class WriteLock: Sendable {
    private let turnstile: FileLock
    private let inner: FileLock
    /// Those of this process who want to write and do not have the lock. They wait for each other before the turnstile.
    private let coming = Locked(0)
    /// Whether somebody of this process has it.
    private let isHeld = Locked(false)

    init(_ paths: ReplicaPaths) throws(AnnalsError) {
        turnstile = try FileLock(path: paths.turnLock)
        inner = try FileLock(path: paths.writeLock)
    }

    /// Waits for its turn.
    func lock() throws(AnnalsError) {
        try turnstile.lock()
        defer { turnstile.unlock() }
        try inner.lock()
        isHeld.withLock { $0 = true }
    }

    /// Takes it where nobody has it or waits for it. Asked where nobody else of this process can take it meanwhile.
    func tryLock() throws(AnnalsError) -> Bool {
        guard try turnstile.tryLock() else { return false }
        defer { turnstile.unlock() }
        guard try inner.tryLock() else { return false }
        isHeld.withLock { $0 = true }
        return true
    }

    func unlock() {
        isHeld.withLock { $0 = false }
        inner.unlock()
    }

    /// Whether somebody of this process has it or waits for it.
    var isTakenHere: Bool { isHeld.withLock { $0 } || coming.withLock { $0 } > 0 }

    /// Sets the lock file's time, for those who watch it.
    func touch() { inner.touch() }

    /// Counts one of this process who is about to wait for its turn.
    func announce() { coming.withLock { $0 += 1 } }

    /// The one that was announced has its turn, or gave up.
    func arrived() { coming.withLock { $0 -= 1 } }

    /// Whether somebody waits, in this process or another. Asked by whoever has the lock, and so not the one in the turnstile.
    var isWanted: Bool {
        if coming.withLock({ $0 }) > 0 { return true }
        guard (try? turnstile.tryLock()) == true else { return true }
        turnstile.unlock()
        return false
    }
}
