import CUV

extension Stream {
    /// Sends all of `bytes`, now or as the peer takes them, without copying them.
    ///
    /// On a stream that is closed, or whose end is sent, it does nothing: `onClosed` tells of that once.
    /// Nothing bounds the queue but the caller: watch `writeQueueSize`, go on at `onDrained`.
    public func write(_ bytes: [UInt8]) {
        write(bytes[...])
    }

    /// As ``write(_:)-([UInt8])``.
    public func write(_ bytes: ArraySlice<UInt8>) {
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
        if sent < bytes.count { start(WriteRequest([bytes.dropFirst(sent)], of: self), on: stream) }
    }

    /// Sends these one after the other, in one call of the system where it takes them, and copies none but small ones.
    public func write(pieces: [ArraySlice<UInt8>]) {
        let count = pieces.reduce(0) { $0 + $1.count }
        if pieces.count == 1 { return write(pieces[0]) }
        if count <= Self.joinedMax { return write(Array(pieces.joined())) }
        guard !hasEndedSending, let stream = raw(as: uv_stream_t.self) else { return }
        let request = WriteRequest(pieces, of: self)
        if uv_stream_get_write_queue_size(stream) == 0 {
            let status = request.tryNow(stream)
            guard status >= 0 || status == UV_EAGAIN.rawValue else {
                return fail(UVError(status: status, "write to the peer"))
            }
        }
        if !request.isDone { start(request, on: stream) }
    }

    /// Up to how many bytes pieces are rather joined than named to the system one by one.
    private static let joinedMax = 16 << 10

    private func start(_ request: WriteRequest, on stream: UnsafeMutablePointer<uv_stream_t>) {
        let status = request.start(stream)
        guard status == 0 else { return fail(UVError(status: status, "write to the peer")) }
        if writeQueueSize > lowWaterBytes { isAboveLowWater = true }
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

/// A write, which may have to wait for the peer: keeps the bytes and libuv's request where they are until libuv is done.
private final class WriteRequest {
    private var request: UnsafeMutablePointer<uv_write_t>?
    private let pieces: [ArraySlice<UInt8>]
    private let stream: Stream
    /// What is still to be sent.
    private var buffers: [uv_buf_t]

    init(_ pieces: [ArraySlice<UInt8>], of stream: Stream) {
        self.pieces = pieces
        self.stream = stream
        // The pointers outlive the closure. That holds because a native array's elements stay in one heap buffer as
        // long as the array is neither changed nor released, and `pieces` is a constant of this object, which is kept
        // until libuv is done.
        buffers = pieces.compactMap { $0.isEmpty ? nil : $0.withUnsafeBytes { uv_buf_t($0) } }
    }

    deinit { request?.deallocate() }

    var isDone: Bool { buffers.isEmpty }

    /// Sends what the system takes now.
    ///
    /// - Returns: the number of bytes, or an error of libuv.
    func tryNow(_ raw: UnsafeMutablePointer<uv_stream_t>) -> Int32 {
        let status = withExtendedLifetime(self) { uv_try_write(raw, &buffers, UInt32(buffers.count)) }
        var sent = max(0, Int(status))
        let whole = buffers.prefix { buffer in
            guard sent >= buffer.len else { return false }
            sent -= buffer.len
            return true
        }.count
        buffers.removeFirst(whole)
        if sent > 0 { buffers[0] = uv_buf_t(base: buffers[0].base + sent, len: buffers[0].len - sent) }
        return status
    }

    /// Sends the rest as the peer takes it.
    func start(_ raw: UnsafeMutablePointer<uv_stream_t>) -> Int32 {
        let request = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)
        self.request = request
        let retained = Unmanaged.passRetained(self)
        request.pointee.data = retained.toOpaque()
        let status = uv_write(request, raw, &buffers, UInt32(buffers.count)) { request, status in
            guard let data = request?.pointee.data else { return }
            Unmanaged<WriteRequest>.fromOpaque(data).takeRetainedValue().stream.finishedWrite(status)
        }
        if status != 0 { retained.release() }
        return status
    }
}
