import CUV
import Glibc

/// An IP address and a port.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// As numbers: `127.0.0.1`, `::1`.
    public let host: String
    public let port: UInt16
    /// Whether it is this machine speaking to itself.
    public let isLoopback: Bool

    /// `127.0.0.1:4400`, `[::1]:4400`.
    public var description: String { Self.text(host: host, port: port) }

    static func text(host: String, port: UInt16) -> String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// nil for what is not an IP address.
    init?(_ storage: sockaddr_storage) {
        let name = storage.withSocketAddress { address in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer -> String? in
                guard let base = buffer.baseAddress, uv_ip_name(address, base, buffer.count) == 0 else { return nil }
                return String(cString: base)
            }
        }
        guard let name else { return nil }
        host = name
        port = storage.withSocketAddress { cuv_port($0) }
        isLoopback = storage.withSocketAddress { cuv_is_loopback($0) } != 0
    }
}

extension sockaddr_storage {
    /// An address written as numbers; nil where `host` is a name.
    init?(numeric host: String, port: UInt16) {
        self.init()
        let status = withUnsafeMutablePointer(to: &self) { storage in
            let memory = UnsafeMutableRawPointer(storage)
            let four = uv_ip4_addr(host, Int32(port), memory.assumingMemoryBound(to: sockaddr_in.self))
            return four == 0 ? four : uv_ip6_addr(host, Int32(port), memory.assumingMemoryBound(to: sockaddr_in6.self))
        }
        guard status == 0 else { return nil }
    }

    /// Asks libuv for one of a socket's two addresses.
    init?(
        of socket: UnsafeMutablePointer<uv_tcp_t>,
        _ ask: (UnsafePointer<uv_tcp_t>?, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<Int32>?) -> Int32
    ) {
        self.init()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &self) {
            ask(socket, UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self), &length)
        }
        guard status == 0 else { return nil }
    }

    /// All the IP addresses of a resolver's answer, in its order.
    static func list(_ first: UnsafeMutablePointer<addrinfo>?) -> [sockaddr_storage] {
        sequence(first: first) { $0?.pointee.ai_next }.prefix { $0 != nil }.compactMap { entry in
            guard let address = entry?.pointee.ai_addr else { return nil }
            let count = cuv_address_bytes(address)
            guard count > 0 else { return nil }
            var storage = sockaddr_storage()
            withUnsafeMutableBytes(of: &storage) {
                $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: count))
            }
            return storage
        }
    }

    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>) -> Result) -> Result {
        withUnsafePointer(to: self) { body(UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self)) }
    }
}

extension addrinfo {
    /// What to ask the resolver for: addresses that a stream socket can use.
    static var forStreams: addrinfo {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        return hints
    }
}
