import CUV

/// A value that is only reached while holding its lock.
///
/// libuv's mutex, which is the platform's own, because ThreadSanitizer understands it: it reports
/// `Synchronization.Mutex` falsely on Linux.
///
/// Unchecked because the compiler cannot see the lock: `value` is private and touched only inside `withLock`.
package final class Locked<Value>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<uv_mutex_t>
    private var value: Value

    package init(_ value: sending Value) {
        mutex = .allocate(capacity: 1)
        let status = uv_mutex_init(mutex)
        precondition(status == 0, "no memory for a mutex")
        self.value = value
    }

    deinit {
        uv_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Do little inside, and never take another lock that takes this one.
    package func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        uv_mutex_lock(mutex)
        defer { uv_mutex_unlock(mutex) }
        return try body(&value)
    }
}
