import CUV
import Glibc

/// Accepts connections, over TCP or on a Unix socket.
///
///     let listener = try Listener(on: loop, host: "127.0.0.1", port: 0)
///     listener.onConnection = { stream in … }
///     print(listener.address)
public final class Listener: Handle {
    /// Connections that may wait to be accepted; the system may allow fewer (net.core.somaxconn).
    public static let defaultBacklog: Int32 = 1024

    /// A new connection, which stays open until it is closed: set its callbacks and start reading.
    public var onConnection: ((Stream) -> Void)?

    /// A connection that could not be accepted, for lack of open files above all. The listener goes on.
    public var onError: ((UVError) -> Void)?

    /// Where it listens, with the port that the system chose for port 0; nil for a Unix socket.
    public private(set) var address: SocketAddress?

    private let transport: Stream.Transport
    private let place: String

    /// Listens over TCP.
    ///
    /// - Parameters:
    ///   - host: an address of this machine, or a name, which is resolved before this returns; its first address
    ///     is taken. `0.0.0.0` and `::` are all addresses.
    ///   - port: 0 for one that the system chooses.
    public init(
        on loop: EventLoop, host: String, port: UInt16, backlog: Int32 = defaultBacklog
    ) throws(UVError) {
        transport = .tcp
        place = SocketAddress.text(host: host, port: port)
        super.init(on: loop, UV_TCP) { uv_tcp_init($0, $1.assumingMemoryBound(to: uv_tcp_t.self)) }
        try openOrClose { () throws(UVError) in
            let local = try resolve(host, port)
            let socket = raw(as: uv_tcp_t.self)
            try check(local.withSocketAddress { uv_tcp_bind(socket, $0, 0) }, action)
            try listen(backlog)
            address = socket.flatMap { sockaddr_storage(of: $0, uv_tcp_getsockname) }.flatMap { SocketAddress($0) }
        }
    }

    /// Listens on a Unix socket, which only this user can reach (mode 0600) and which is removed on close.
    ///
    /// A socket that a dead program left at `path` is replaced; anything else there is `EADDRINUSE`.
    public init(on loop: EventLoop, path: String, backlog: Int32 = defaultBacklog) throws(UVError) {
        transport = .pipe
        place = path
        super.init(on: loop, UV_NAMED_PIPE) { uv_pipe_init($0, $1.assumingMemoryBound(to: uv_pipe_t.self), 0) }
        try openOrClose { () throws(UVError) in
            let socketPath = try UnixSocketPath(path, action)
            try socketPath.removeIfStale(action)
            try check(uv_pipe_bind(raw(as: uv_pipe_t.self), path), action)
            // Before listening, so that nobody can have connected under wider permissions.
            guard chmod(path, 0o600) == 0 else { throw UVError(status: uv_translate_sys_error(errno), action) }
            try listen(backlog)
        }
    }

    private var action: String { "listen on \(place)" }

    private func openOrClose(_ open: () throws(UVError) -> Void) throws(UVError) {
        do {
            try check(birthStatus, action)
            try open()
        } catch {
            close()
            throw error
        }
    }

    /// Waits for the resolver: a listener is opened when a program starts, before it serves anyone.
    private func resolve(_ host: String, _ port: UInt16) throws(UVError) -> sockaddr_storage {
        if let numeric = sockaddr_storage(numeric: host, port: port) { return numeric }
        var request = uv_getaddrinfo_t()
        var hints = addrinfo.forStreams
        try check(uv_getaddrinfo(loop.raw, &request, nil, host, String(port), &hints), action)
        defer { uv_freeaddrinfo(request.addrinfo) }
        guard let first = sockaddr_storage.list(request.addrinfo).first else { throw UVError(.unknownHost, action) }
        return first
    }

    private func listen(_ backlog: Int32) throws(UVError) {
        let status = uv_listen(raw(as: uv_stream_t.self), backlog) { server, status in
            Listener.of(server)?.accept(status)
        }
        try check(status, action)
    }

    private func accept(_ status: Int32) {
        guard let server = raw(as: uv_stream_t.self) else { return }
        let stream = Stream(on: loop, transport)
        do throws(UVError) {
            try check(status, "accept a connection on \(place)")
            try check(stream.birthStatus, "accept a connection on \(place)")
            try check(uv_accept(server, stream.raw(as: uv_stream_t.self)), "accept a connection on \(place)")
            try stream.disableDelay()
        } catch {
            stream.close()
            onError?(error)
            return
        }
        guard let onConnection else { return stream.close() }
        onConnection(stream)
    }

    override func didClose() {
        onConnection = nil
        onError = nil
    }
}
