import CUV

extension Stream {
    /// Sends all of `bytes`, now or as the peer takes them, without copying them.
    ///
    /// On a stream that is closed, or whose end is sent, it does nothing: `onClosed` tells of that once.
    /// Nothing bounds the queue but the caller: watch `writeQueueSize`, go on at `onDrained`.
    public func write(_ bytes: [UInt8]) {
        guard !hasEndedSending, !bytes.isEmpty, let stream = raw(as: uv_stream_t.self) else { return }
        var sent = 0
        if uv_stream_get_write_queue_size(stream) == 0 {
            let status = bytes.withUnsafeBytes { memory in
                var buffer = uv_buf_t(memory)
                return uv_try_write(stream, &buffer, 1)
            }
            guard status >= 0 || status == UV_EAGAIN.rawValue else {
                return fail(UVError(status: status, "write to the peer"))
            }
            sent = max(0, Int(status))
        }
        guard sent < bytes.count else { return }
        let request = WriteRequest(bytes, of: self)
        let status = request.start(stream, from: sent)
        guard status == 0 else { return fail(UVError(status: status, "write to the peer")) }
        if writeQueueSize > lowWaterBytes { isAboveLowWater = true }
    }

    /// Sends these one after the other, in one call of the system where it takes them.
    public func write(pieces: [[UInt8]]) {
        write(pieces.count == 1 ? pieces[0] : Array(pieces.joined()))
    }

    /// Bytes written to the stream that the system has not taken yet.
    public var writeQueueSize: Int {
        raw(as: uv_stream_t.self).map { uv_stream_get_write_queue_size($0) } ?? 0
    }

    fileprivate func finishedWrite(_ status: Int32) {
        guard isOpen else { return }  // Broken off by close().
        guard status == 0 else { return fail(UVError(status: status, "write to the peer")) }
        guard isAboveLowWater, writeQueueSize <= lowWaterBytes else { return }
        isAboveLowWater = false
        onDrained?()
    }
}

extension uv_buf_t {
    fileprivate init(_ memory: UnsafeRawBufferPointer) {
        self.init(
            base: UnsafeMutableRawPointer(mutating: memory.baseAddress)?.assumingMemoryBound(to: CChar.self),
            len: memory.count)
    }
}

/// A write that waits for the peer: keeps the bytes and libuv's request where they are until libuv is done.
private final class WriteRequest {
    private let request = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)
    private let bytes: [UInt8]
    private let stream: Stream

    init(_ bytes: [UInt8], of stream: Stream) {
        self.bytes = bytes
        self.stream = stream
    }

    deinit { request.deallocate() }

    func start(_ raw: UnsafeMutablePointer<uv_stream_t>, from offset: Int) -> Int32 {
        let retained = Unmanaged.passRetained(self)
        request.pointee.data = retained.toOpaque()
        // The pointer outlives the closure. That holds because a native array's elements stay in one heap buffer as
        // long as the array is neither changed nor released, and `bytes` is a constant of this retained object.
        var buffer = bytes.withUnsafeBytes { uv_buf_t(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
        let status = uv_write(request, raw, &buffer, 1) { request, status in
            guard let data = request?.pointee.data else { return }
            Unmanaged<WriteRequest>.fromOpaque(data).takeRetainedValue().stream.finishedWrite(status)
        }
        if status != 0 { retained.release() }
        return status
    }
}
