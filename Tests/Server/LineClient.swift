public import AnnalsModel
import AnnalsWire
import Foundation

/// A client as simple as `nc`: blocking sockets, one line after the other.
final class LineClient {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    struct Ended: Error {}

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Ended() }
        limitWaiting()
    }

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw Ended() }
        limitWaiting()
    }

    deinit { close(descriptor) }

    /// A test that waits in vain must end.
    private func limitWaiting() {
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if sent <= 0 { return }
            rest = rest.dropFirst(sent)
        }
    }

    /// Says that nothing more will be sent.
    func end() { shutdown(descriptor, Int32(SHUT_WR)) }

    func send(_ text: String) { send(Array((text + "\n").utf8)) }

    func send(_ message: ClientMessage) { send(ClientMessageCodec.encode(message)) }

    /// The next line without its LF.
    func line() throws -> [UInt8] {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[..<end])
                buffer.removeSubrange(...end)
                return line
            }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { throw Ended() }
            buffer += chunk[..<count]
        }
    }

    func message() throws -> ServerMessage { try ServerMessageCodec.decode(try line()) }

    /// Signs in and opens a workspace.
    func enter(
        _ workspace: Name, as user: Name, replicas: [Name] = [], have: Int64 = 0, peer: Bool = false
    ) throws -> (welcome: ServerMessage.Welcome, opened: ServerMessage.Opened)? {
        send(.hello(protocols: [1], agent: "test"))
        guard case .welcome(let welcome) = try message() else { return nil }
        send(.auth(peer ? .peer(user: user) : .development(user: user)))
        guard case .ready = try message() else { return nil }
        send(.open(.init(workspace: workspace, log: nil, have: have, head: nil, replicas: replicas)))
        guard case .opened(let opened) = try message() else { return nil }
        return (welcome, opened)
    }
}

extension Name: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = Name(value) ?? Name.malformed }
    private static var malformed: Name { preconditionFailure("not a name") }
}
