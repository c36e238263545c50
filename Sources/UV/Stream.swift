import CUV

/// A connection, over TCP or a Unix socket.
///
/// Set the callbacks, then `startReading()`:
///
///     stream.onRead = { bytes in parser.feed(bytes) }
///     stream.onClosed = { error in … }
///     stream.startReading()
///     stream.write(Array("hello\n".utf8))
///
/// Callbacks are dropped once the stream is closed, so they may hold the stream.
public final class Stream: Handle {
    enum Transport {
        case tcp, pipe
    }

    let transport: Transport

    /// What came in. The buffer is the loop's: copy what is to be kept, it is gone when the callback returns.
    public var onRead: ((UnsafeRawBufferPointer) -> Void)?

    /// The peer will send no more, but may still read. Where this is set, closing is up to the callback's owner;
    /// where it is not, the stream flushes what is queued and closes.
    public var onEnd: (() -> Void)?

    /// The write queue has fallen to `lowWaterBytes` or below, having been above.
    public var onDrained: (() -> Void)?

    /// Called exactly once, when the stream has closed: with nil after the peer's orderly end and after a `close()`
    /// or `shutdownThenClose()` of ours, with the error otherwise. Not while `close()` is still on the stack.
    public var onClosed: ((UVError?) -> Void)?

    /// See `onDrained`. Bytes.
    public var lowWaterBytes = 0

    /// Whether the queue has been above `lowWaterBytes` since `onDrained` was last called.
    var isAboveLowWater = false

    /// Whether no more may be written, because the end was or will be sent.
    var hasEndedSending = false

    /// Whether all that was queued and the end after it have left.
    var isEndSent = false

    /// Whether the peer's end has come.
    var hasPeerEnded = false

    /// The deadline that `shutdownThenClose` sets; from then on what comes in is thrown away.
    var lingering: Timer?

    private var closingError: UVError?

    init(on loop: EventLoop, _ transport: Transport) {
        self.transport = transport
        switch transport {
        case .tcp:
            super.init(on: loop, UV_TCP) { uv_tcp_init($0, $1.assumingMemoryBound(to: uv_tcp_t.self)) }
        case .pipe:
            super.init(on: loop, UV_NAMED_PIPE) { uv_pipe_init($0, $1.assumingMemoryBound(to: uv_pipe_t.self), 0) }
        }
    }

    /// Small messages are not held back to be sent together: the writer above groups them itself.
    func disableDelay() throws(UVError) {
        guard transport == .tcp, let socket = raw(as: uv_tcp_t.self) else { return }
        try check(uv_tcp_nodelay(socket, 1), "set TCP_NODELAY")
    }

    /// Closes because of an error, which `onClosed` then gets. The first one counts.
    func fail(_ error: UVError) {
        guard isOpen else { return }
        closingError = error
        close()
    }

    override func didClose() {
        lingering?.close()
        lingering = nil
        let closed = onClosed
        (onRead, onEnd, onDrained, onClosed) = (nil, nil, nil, nil)
        closed?(closingError)
    }
}
