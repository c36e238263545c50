internal import Foundation
internal import Synchronization

/// A thread of its own that does jobs in order: what may block (a commit, a read from disk) never blocks the loop.
///
/// Unchecked because all state is guarded by `condition`.
final class WorkerThread: @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [@Sendable () -> Void] = []
    private var isStopping = false
    private var hasEnded = false
    /// Raised with each job: what a thread that has just done one looks at before it sleeps.
    private let given = Atomic<Int>(0)
    private let linger: Duration
    /// Whether the next job is worth looking out for.
    private var isLingering = false

    /// - Parameter linger: how long the thread looks out for the next job before it sleeps, after a job that asked for it. To be woken
    ///   takes as long as a small commit's write, so where such jobs follow each other closely a look is cheaper; others get the
    ///   processor meanwhile.
    init(name: String, linger: Duration = .zero) {
        self.linger = linger
        let thread = Thread { [self] in run() }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Queues a job; after `stop` it does nothing.
    ///
    /// - Parameter lingers: whether the thread is to look out for the next job when this one is done.
    func perform(lingers: Bool = false, _ job: @escaping @Sendable () -> Void) {
        condition.withLock {
            if !isStopping { jobs.append(job) }
            isLingering = lingers
        }
        given.add(1, ordering: .releasing)
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
            let lingers = isLingering
            // With the jobs: one that comes from here on is seen as new.
            let seen = given.load(ordering: .acquiring)
            if batch.isEmpty {
                hasEnded = true
                condition.broadcast()
                condition.unlock()
                return
            }
            condition.unlock()
            for job in batch { job() }
            if lingers { lookOut(after: seen) }
        }
    }

    private func lookOut(after seen: Int) {
        let end = ContinuousClock.now + linger
        while given.load(ordering: .acquiring) == seen, ContinuousClock.now < end { sched_yield() }
    }
}
