import CUV

extension Stream {
    /// Has what arrives given to `onRead`. Again is harmless.
    public func startReading() {
        guard !hasPeerEnded, let stream = raw(as: uv_stream_t.self) else { return }
        let status = uv_read_start(
            stream,
            { handle, _, buffer in
                guard let handle, let buffer else { return }
                let memory = EventLoop.of(uv_handle_get_loop(handle)).readBuffer
                buffer.pointee = uv_buf_t(
                    base: memory.baseAddress?.assumingMemoryBound(to: CChar.self), len: memory.count)
            },
            { handle, count, buffer in
                Stream.of(handle)?.received(count, buffer?.pointee.base.map { UnsafeRawPointer($0) })
            })
        if status < 0, status != UV_EALREADY.rawValue { fail(UVError(status: status, "read from the peer")) }
    }

    /// Has the peer wait: nothing more is read, so the system's buffers fill and the peer's writes stop.
    public func stopReading() {
        guard lingering == nil, let stream = raw(as: uv_stream_t.self) else { return }
        uv_read_stop(stream)
    }

    /// - Parameter base: nil at times, where libuv knows of the end without having read.
    private func received(_ count: Int, _ base: UnsafeRawPointer?) {
        // 0 is libuv's "nothing after all".
        if count > 0, lingering == nil { onRead?(UnsafeRawBufferPointer(start: base, count: count)) }
        if count == Int(UV_EOF.rawValue) {
            peerEnded()
        } else if count < 0 {
            fail(UVError(status: Int32(count), "read from the peer"))
        }
    }

    private func peerEnded() {
        hasPeerEnded = true
        if lingering != nil {
            if isEndSent { close() }
        } else if let onEnd {
            onEnd()
        } else {
            shutdownThenClose()
        }
    }
}
