import CUV
import Glibc

/// Has the loop look out for what comes instead of sleeping, for a short while.
///
/// To be woken can take a thread as long as what it waits for. Whoever expects an answer within microseconds looks out for it:
///
///     let lookout = Lookout(on: loop)
///     lookout.begin(microsecondsMax: 200)   // posted work now comes without a wake-up
///     …
///     lookout.end()
///
/// Meanwhile everything else is served as ever, and other threads get the processor.
public final class Lookout: Handle {
    /// In the time of `uv_hrtime`; nil while the loop sleeps as ever.
    private var until: UInt64?

    public init(on loop: EventLoop) {
        super.init(on: loop, UV_IDLE) { uv_idle_init($0, $1.assumingMemoryBound(to: uv_idle_t.self)) }
    }

    /// Looks out from now on, for so long at most; again sets the time anew.
    public func begin(microsecondsMax: UInt64) {
        guard let idle = raw(as: uv_idle_t.self) else { return }
        if until == nil {
            loop.mailbox.withLock { $0.lookouts += 1 }
            // A loop with such a callback does not wait. Its only error is a missing callback.
            _ = uv_idle_start(idle) { Lookout.of($0)?.look() }
        }
        until = uv_hrtime() + microsecondsMax * 1000
    }

    /// The loop may sleep again. Again is harmless.
    public func end() {
        guard until != nil else { return }
        until = nil
        _ = raw(as: uv_idle_t.self).map { uv_idle_stop($0) }
        loop.endLookout()
    }

    private func look() {
        guard let until, uv_hrtime() < until else { return end() }
        if !loop.runPosted() { sched_yield() }
    }

    override func didClose() { end() }
}
