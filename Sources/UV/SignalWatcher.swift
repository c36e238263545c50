import CUV
import Glibc

/// Calls back on the loop when the process receives a signal, which then no longer does what it does by itself.
public final class SignalWatcher: Handle {
    public struct Signal: RawRepresentable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// Control-C.
        public static let interrupt = Signal(rawValue: SIGINT)
        /// What service managers send first.
        public static let terminate = Signal(rawValue: SIGTERM)
        public static let hangUp = Signal(rawValue: SIGHUP)
    }

    private var onSignal: (() -> Void)?

    /// Watches from now until closed. Several signals at once may come as one call.
    public init(on loop: EventLoop, _ signal: Signal, _ onSignal: @escaping () -> Void) throws(UVError) {
        self.onSignal = onSignal
        super.init(on: loop, UV_SIGNAL) { uv_signal_init($0, $1.assumingMemoryBound(to: uv_signal_t.self)) }
        let action = "watch for signal \(signal.rawValue)"
        try check(birthStatus, action)
        let status = uv_signal_start(
            raw(as: uv_signal_t.self), { handle, _ in SignalWatcher.of(handle)?.onSignal?() }, signal.rawValue)
        if status < 0 { close() }
        try check(status, action)
    }

    override func didClose() { onSignal = nil }
}
