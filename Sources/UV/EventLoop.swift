import CUV
import Glibc
import Synchronization

/// One libuv loop and the one thread that runs it: a home for sockets, timers and for an actor.
///
///     let loop = try EventLoop()
///     try loop.start()
///     loop.post { Timer(on: loop) { print("tick") }.start(afterMilliseconds: 1000) }
///     …
///     loop.stop()
///
/// Everything that lives on the loop (``Handle`` and its kinds) is made, used and called back on its thread only;
/// reach it with ``post(_:)``, or put an actor on the loop by giving it the loop's executor. `README.md` has the
/// whole contract.
///
/// Unchecked because two kinds of state live here: what any thread may touch is behind `mailbox`, `lifecycle` or
/// atomic, and the rest is touched by the loop's thread alone, which every handle asserts.
public final class EventLoop: @unchecked Sendable {
    /// Bytes that one read takes at most.
    public static let readBytesMax = 65_536

    let mailbox = Locked(Mailbox())
    let raw = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)

    /// The thread that may touch the loop, as `pthread_self()` names it; 0 where there is none.
    let owner = Atomic<UInt>(0)

    /// One buffer for all streams: a read's bytes are handed over before the next read begins.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readBytesMax, alignment: 16)

    /// False from the moment the loop winds down: handles made then are closed from birth. Loop thread only.
    private(set) var acceptsHandles = true

    /// Handles not yet closed. Loop thread only.
    public internal(set) var openHandleCount = 0

    private enum Lifecycle {
        /// Next: `running`, `stopped`.
        case idle
        /// Next: `stopped`.
        case running(uv_thread_t)
        case stopped
    }

    private let lifecycle = Locked(Lifecycle.idle)
    private let wakeUp = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
    private var wakeUpHandle: UnsafeMutablePointer<uv_handle_t> {
        UnsafeMutableRawPointer(wakeUp).assumingMemoryBound(to: uv_handle_t.self)
    }

    /// Items being run, kept for its capacity. Loop thread only.
    private var batch: [Mailbox.Item] = []

    /// Makes the loop, not yet running. Also has the whole process ignore SIGPIPE: a peer that hangs up must be an
    /// error of one write.
    public init() throws(UVError) {
        Self.ignoreBrokenPipeSignal
        let status = uv_loop_init(raw)
        guard status == 0 else {
            free()
            throw UVError(status: status, "make an event loop")
        }
        uv_loop_set_data(raw, Unmanaged.passUnretained(self).toOpaque())
        let wakeUpStatus = uv_async_init(raw, wakeUp) { handle in
            guard let handle else { return }
            EventLoop.of(uv_handle_get_loop(UnsafeRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self))).drain()
        }
        guard wakeUpStatus == 0 else {
            uv_loop_close(raw)
            free()
            throw UVError(status: wakeUpStatus, "make an event loop")
        }
        // libuv leaves the field as it was; Handle.of tells this handle from ours by it.
        uv_handle_set_data(wakeUpHandle, nil)
    }

    deinit {
        // A running thread retains the loop, so this is a loop that never started or has stopped.
        lifecycle.withLock { if case .idle = $0 { closeLoop() } }
        free()
    }

    private func free() {
        raw.deallocate()
        wakeUp.deallocate()
        readBuffer.deallocate()
    }

    private static let ignoreBrokenPipeSignal: Void = { signal(SIGPIPE, SIG_IGN) }()

    /// The loop a C callback came from.
    static func of(_ raw: UnsafeMutablePointer<uv_loop_t>?) -> EventLoop {
        guard let data = uv_loop_get_data(raw) else { preconditionFailure("a libuv loop that is none of ours") }
        return Unmanaged<EventLoop>.fromOpaque(data).takeUnretainedValue()
    }

    /// The loop a new thread was given, with the reference that it was given.
    static func taken(_ data: UnsafeMutableRawPointer?) -> EventLoop? {
        data.map { Unmanaged<EventLoop>.fromOpaque($0).takeRetainedValue() }
    }

    // MARK: - From any thread

    /// Starts the thread. Work posted before runs first. Once only: a stopped loop does not start again.
    public func start() throws(UVError) {
        try lifecycle.withLock { (state) throws(UVError) in
            guard case .idle = state else { preconditionFailure("an event loop starts once") }
            var thread = uv_thread_t()
            let retained = Unmanaged.passRetained(self)
            let status = uv_thread_create(&thread, { EventLoop.taken($0)?.runThread() }, retained.toOpaque())
            if status != 0 { retained.release() }
            try check(status, "start the event loop's thread")
            state = .running(thread)
        }
    }

    /// Closes every handle (each stream hears `onClosed`), runs what was posted before, and waits for the thread's end.
    ///
    /// From any thread but the loop's own; again is harmless. A name being resolved cannot be broken off: `stop`
    /// waits for the resolver.
    public func stop() {
        precondition(!isOnLoop, "stop() waits for the loop's thread, so that thread cannot call it")
        lifecycle.withLock { state in
            switch state {
            case .idle:
                asOwner {
                    closeLoop()
                    finish()
                }
                handOver()
            case .running(var thread):
                mailbox.withLock {
                    $0.phase = .stopping
                    uv_async_send(wakeUp)
                }
                uv_thread_join(&thread)
            case .stopped: return
            }
            state = .stopped
        }
    }

    /// Has the loop's thread run `work`: everything posted runs, in order per posting thread, and never before this
    /// returns where the loop's own thread posts.
    ///
    /// - Returns: false where the loop has stopped, and `work` will not run.
    @discardableResult
    public func post(_ work: @escaping @Sendable () -> Void) -> Bool {
        mailbox.withLock { box in
            guard box.phase != .stopped else { return false }
            append(.work(work), to: &box)
            return true
        }
    }

    /// With the lock held, because the wake-up handle is closed under it: signalling a closed one is undefined.
    func append(_ item: Mailbox.Item, to box: inout Mailbox) {
        box.items.append(item)
        if box.items.count == 1, box.lookouts == 0, box.phase != .stopped { uv_async_send(wakeUp) }
    }

    /// Whether the caller is on the loop's thread.
    public var isOnLoop: Bool {
        // Relaxed suffices: only this very thread can have stored its own name.
        owner.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// Stops the program where the caller is not on the loop's thread; stays in release builds.
    public func preconditionOnLoop() {
        precondition(isOnLoop, "a handle is touched off its event loop's thread; use post(_:) or an actor on the loop")
    }

    // MARK: - On the loop's thread

    /// Milliseconds of the monotonic clock that timers use, as of this turn of the loop.
    public var now: UInt64 {
        preconditionOnLoop()
        return uv_now(raw)
    }

    private func runThread() {
        asOwner {
            uv_run(raw, UV_RUN_DEFAULT)
            // Nothing new opens from here on, so the run below ends when the last handle has closed.
            acceptsHandles = false
            uv_unref(wakeUpHandle)
            uv_walk(raw, { handle, _ in Handle.of(handle)?.close() }, nil)
            uv_run(raw, UV_RUN_DEFAULT)
            finish()
            closeLoop()
        }
        handOver()
    }

    /// Makes the calling thread the one that may touch the loop, for as long as `body` runs.
    func asOwner(_ body: () -> Void) {
        owner.store(UInt(pthread_self()), ordering: .relaxed)
        body()
        owner.store(0, ordering: .relaxed)
    }

    private func drain() {
        let phase = mailbox.withLock { box in
            swap(&box.items, &batch)
            return box.phase
        }
        runBatch()
        // Once only: winding down has a run of its own, which must reach its end.
        if phase == .stopping, acceptsHandles { uv_stop(raw) }
    }

    /// Runs what was posted, where somebody on the loop's thread looks for it before the loop itself does. What was posted does not look.
    ///
    /// - Returns: whether there was any.
    @discardableResult
    public func runPosted() -> Bool {
        preconditionOnLoop()
        guard batch.isEmpty, mailbox.withLock({ !$0.items.isEmpty }) else { return false }
        drain()
        return true
    }

    /// One who looked out does no longer; what came since wakes the loop as ever.
    func endLookout() {
        mailbox.withLock { box in
            box.lookouts -= 1
            if box.lookouts == 0, !box.items.isEmpty, box.phase != .stopped { uv_async_send(wakeUp) }
        }
    }

    private func runBatch() {
        for item in batch {
            switch item {
            case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
            case .work(let work): work()
            }
        }
        batch.removeAll(keepingCapacity: true)
    }

    /// Refuses work from now on and runs what is left of it.
    private func finish() {
        mailbox.withLock { box in
            box.phase = .stopped
            box.hasLateRunner = true
            swap(&box.items, &batch)
        }
        runBatch()
    }

    private func closeLoop() {
        acceptsHandles = false
        uv_close(wakeUpHandle, nil)
        uv_run(raw, UV_RUN_DEFAULT)
        let status = uv_loop_close(raw)
        precondition(status == 0, "a handle outlived its event loop")
    }
}
