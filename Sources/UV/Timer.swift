import CUV

/// Calls back after some milliseconds of the monotonic clock, once or again and again.
///
///     let timer = Timer(on: loop) { … }
///     timer.start(afterMilliseconds: 250)                           // once
///     timer.start(afterMilliseconds: 0, repeatingMilliseconds: 1000)  // now, then every second
public final class Timer: Handle {
    private var onFire: (() -> Void)?

    /// For an owner inside this module that must know that the loop stops.
    var onClosed: (() -> Void)?

    public init(on loop: EventLoop, _ onFire: @escaping () -> Void) {
        self.onFire = onFire
        super.init(on: loop, UV_TIMER) { uv_timer_init($0, $1.assumingMemoryBound(to: uv_timer_t.self)) }
    }

    /// Starts, or starts anew.
    ///
    /// - Parameter repeatingMilliseconds: 0 for once. A late repetition is not made up for.
    public func start(afterMilliseconds delay: UInt64, repeatingMilliseconds interval: UInt64 = 0) {
        guard let timer = raw(as: uv_timer_t.self) else { return }
        // libuv counts from the turn's cached time, which long work in this turn has left behind.
        uv_update_time(loop.raw)
        // Its only error is a closing handle, which is excluded above.
        uv_timer_start(timer, { Timer.of($0)?.onFire?() }, delay, interval)
    }

    /// Stops until the next `start`. A timer no longer wanted is closed instead.
    public func stop() {
        guard let timer = raw(as: uv_timer_t.self) else { return }
        uv_timer_stop(timer)
    }

    override func didClose() {
        onFire = nil
        let closed = onClosed
        onClosed = nil
        closed?()
    }
}
