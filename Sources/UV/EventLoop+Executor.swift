import CUV
import Glibc

/// An actor lives on the loop by naming it as its executor; its methods then run on the loop's thread, and may use
/// the loop's handles without any hop:
///
///     actor Server {
///         nonisolated let loop: EventLoop
///         nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
///     }
///
/// The actor must keep the loop alive, as here. Before `start()` its jobs wait.
extension EventLoop: SerialExecutor {
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let startsRunner = mailbox.withLock { box in
            append(.job(job), to: &box)
            guard box.phase == .stopped, !box.hasLateRunner else { return false }
            box.hasLateRunner = true
            return true
        }
        if startsRunner { startLateRunner() }
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    public func checkIsolated() { preconditionOnLoop() }

    public func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    /// Gives what came in since to a late runner, if anything did; the caller was the runner until now.
    func handOver() {
        let continues = mailbox.withLock { box in
            box.hasLateRunner = !box.items.isEmpty
            return box.hasLateRunner
        }
        if continues { startLateRunner() }
    }

    /// A task that awaits an actor of a stopped loop must not hang, so its jobs run on short-lived threads, one at a
    /// time. Handles are all closed by then, and touching them does nothing.
    private func startLateRunner() {
        var thread = uv_thread_t()
        let retained = Unmanaged.passRetained(self)
        let status = uv_thread_create(&thread, { EventLoop.taken($0)?.runLate() }, retained.toOpaque())
        precondition(status == 0, "no thread for the last jobs of an event loop")
        pthread_detach(thread)
    }

    private func runLate() {
        let items = mailbox.withLock { box in
            defer { box.items = [] }
            return box.items
        }
        asOwner {
            for case .job(let job) in items { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
        handOver()
    }
}
