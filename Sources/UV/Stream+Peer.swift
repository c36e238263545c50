import CUV
import Glibc

extension Stream {
    /// The other end's address; nil for a Unix socket and once the connection is gone.
    public var peerAddress: SocketAddress? {
        guard transport == .tcp, let socket = raw(as: uv_tcp_t.self) else { return nil }
        return sockaddr_storage(of: socket, uv_tcp_getpeername).flatMap { SocketAddress($0) }
    }

    /// Whether the other end is on this machine: a Unix socket, or a loopback address. False once closed.
    public var isLoopbackPeer: Bool {
        switch transport {
        case .tcp: peerAddress?.isLoopback ?? false
        case .pipe: isOpen
        }
    }

    /// The user who connected to a Unix socket (or who listens, asked by the connecting side), as the kernel
    /// vouches; nil for TCP and once closed.
    public var peerUserID: UInt32? {
        guard transport == .pipe, let raw else { return nil }
        var user: UInt32 = 0
        return cuv_peer_uid(raw, &user) == 0 ? user : nil
    }
}
