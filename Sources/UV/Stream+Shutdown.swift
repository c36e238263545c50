import CUV

extension Stream {
    /// Tells the peer, after all that is queued, that no more comes; reading goes on. `onEnd` tells when the peer
    /// has ended too. From here on `write` does nothing.
    public func endSending() {
        guard lingering == nil, !hasEndedSending else { return }
        hasEndedSending = true
        sendEnd()
    }

    /// Sends what is queued, tells the peer that no more comes, waits for the peer's end, and closes.
    ///
    /// It waits, throwing away what still arrives, because a socket closed with unread input resets the connection,
    /// and the reset can overtake the last bytes sent (RFC 1122, 4.2.2.13). Nothing is read or written any more;
    /// `onClosed` follows.
    ///
    /// - Parameter limit: after so many milliseconds it closes whatever the peer does, and `onClosed` gets `ETIMEDOUT`:
    ///   the last bytes may not have arrived.
    public func shutdownThenClose(withinMilliseconds limit: UInt64 = 10_000) {
        guard lingering == nil, isOpen else { return }
        if hasPeerEnded, writeQueueSize == 0 { return close() }
        let deadline = Timer(on: loop) { [weak self] in
            self?.fail(UVError(.timedOut, "see the peer end the connection"))
        }
        deadline.start(afterMilliseconds: limit)
        lingering = deadline
        if !hasEndedSending {
            hasEndedSending = true
            sendEnd()
        } else if isEndSent, hasPeerEnded {
            return close()
        }
        startReading()
    }

    private func sendEnd() {
        guard let stream = raw(as: uv_stream_t.self) else { return }
        let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
        let status = uv_shutdown(request, stream) { request, status in
            guard let request else { return }
            let stream = Stream.of(request.pointee.handle)
            request.deallocate()
            stream?.finishedShutdown(status)
        }
        guard status == 0 else {
            request.deallocate()
            return fail(UVError(status: status, "shut the connection down"))
        }
    }

    private func finishedShutdown(_ status: Int32) {
        guard isOpen else { return }  // Broken off by close().
        guard status == 0 else { return fail(UVError(status: status, "shut the connection down")) }
        isEndSent = true
        if lingering != nil, hasPeerEnded { close() }
    }
}
