internal import Foundation

/// A thread of its own that does jobs in order: what may block (a commit, a read from disk) never blocks the loop.
///
/// Unchecked because all state is guarded by `condition`.
final class WorkerThread: @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [@Sendable () -> Void] = []
    private var isStopping = false
    private var hasEnded = false

    init(name: String) {
        let thread = Thread { [self] in run() }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Queues a job; after `stop` it does nothing.
    func perform(_ job: @escaping @Sendable () -> Void) {
        condition.withLock {
            if !isStopping { jobs.append(job) }
        }
        // Not while the lock is held, for which the thread would wait as soon as it woke.
        condition.signal()
    }

    /// Does what is queued and ends the thread; returns when it has ended.
    func stop() {
        condition.withLock {
            isStopping = true
            condition.broadcast()
            while !hasEnded { condition.wait() }
        }
    }

    private func run() {
        while true {
            condition.lock()
            while jobs.isEmpty, !isStopping { condition.wait() }
            let batch = jobs
            jobs = []
            if batch.isEmpty {
                hasEnded = true
                condition.broadcast()
                condition.unlock()
                return
            }
            condition.unlock()
            for job in batch { job() }
        }
    }
}
