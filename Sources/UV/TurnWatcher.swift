import CUV

/// Calls back in each turn of the loop, at its moment: the place for what is better done once for all that came.
///
///     let watcher = TurnWatcher(on: loop, .afterEvents) { … }
public final class TurnWatcher: Handle {
    public enum Moment: Sendable {
        /// Before the loop waits for sockets and posted work.
        case beforeWaiting
        /// After it has called back for all of them that had something.
        case afterEvents
    }

    private var onTurn: (() -> Void)?

    public init(on loop: EventLoop, _ moment: Moment, _ onTurn: @escaping () -> Void) {
        self.onTurn = onTurn
        switch moment {
        case .beforeWaiting:
            super.init(on: loop, UV_PREPARE) { uv_prepare_init($0, $1.assumingMemoryBound(to: uv_prepare_t.self)) }
            // Their only error is a missing callback.
            _ = raw(as: uv_prepare_t.self).map { uv_prepare_start($0) { TurnWatcher.of($0)?.onTurn?() } }
        case .afterEvents:
            super.init(on: loop, UV_CHECK) { uv_check_init($0, $1.assumingMemoryBound(to: uv_check_t.self)) }
            _ = raw(as: uv_check_t.self).map { uv_check_start($0) { TurnWatcher.of($0)?.onTurn?() } }
        }
    }

    override func didClose() { onTurn = nil }
}
