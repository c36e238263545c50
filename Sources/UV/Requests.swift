import CUV
import Glibc

/// A connect that libuv works on: lives until libuv reports, which it does exactly once.
final class ConnectRequest {
    private let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
    private let onEnd: (Int32) -> Void

    init(_ onEnd: @escaping (Int32) -> Void) { self.onEnd = onEnd }

    deinit { request.deallocate() }

    /// - Parameter connect: gives the request to libuv, with `callback`. Where it fails at once, nothing is reported.
    func start(_ connect: (UnsafeMutablePointer<uv_connect_t>) -> Int32) -> Int32 {
        let retained = Unmanaged.passRetained(self)
        request.pointee.data = retained.toOpaque()
        let status = connect(request)
        if status < 0 { retained.release() }
        return status
    }

    static let callback: uv_connect_cb = { request, status in
        guard let data = request?.pointee.data else { return }
        Unmanaged<ConnectRequest>.fromOpaque(data).takeRetainedValue().onEnd(status)
    }
}

/// A name that libuv's thread pool resolves: lives until libuv reports, which it does exactly once.
final class ResolveRequest {
    private let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
    private var isRunning = false
    private let onEnd: (Int32, [sockaddr_storage]) -> Void

    /// - Parameter onEnd: gets libuv's status and, where that is 0, the addresses.
    init(_ onEnd: @escaping (Int32, [sockaddr_storage]) -> Void) { self.onEnd = onEnd }

    deinit { request.deallocate() }

    func start(_ loop: EventLoop, _ host: String, _ port: UInt16) -> Int32 {
        let retained = Unmanaged.passRetained(self)
        request.pointee.data = retained.toOpaque()
        var hints = addrinfo.forStreams
        let status = uv_getaddrinfo(
            loop.raw, request,
            { request, status, first in
                guard let data = request?.pointee.data else { return }
                let resolve = Unmanaged<ResolveRequest>.fromOpaque(data).takeRetainedValue()
                resolve.isRunning = false
                let found = sockaddr_storage.list(first)
                uv_freeaddrinfo(first)
                resolve.onEnd(status, found)
            }, host, String(port), &hints)
        if status < 0 { retained.release() } else { isRunning = true }
        return status
    }

    /// Takes it out of the queue; where the resolver is at it already, its answer comes and is not wanted.
    func cancel() {
        guard isRunning else { return }
        uv_cancel(UnsafeMutableRawPointer(request).assumingMemoryBound(to: uv_req_t.self))
    }
}
