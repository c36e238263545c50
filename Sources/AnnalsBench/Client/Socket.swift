internal import Foundation

/// A TCP connection to a server on this machine: blocking until the load begins.
final class Socket {
    let descriptor: Int32
    private var buffer: [UInt8] = []

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw BenchFailure.system("no socket") }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard code == 0 else {
            let failure = BenchFailure.system("no connection to port \(port)")
            close(descriptor)
            throw failure
        }
    }

    deinit { close(descriptor) }

    func setNonBlocking() { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) }

    /// Writes all of it, waiting where the socket is full.
    func send(_ bytes: some Collection<UInt8>) throws {
        let bytes = Array(bytes)
        var at = 0
        while at < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + at, bytes.count - at) }
            guard count > 0 else { throw BenchFailure.system("sending failed") }
            at += count
        }
    }

    func send(_ text: String) throws { try send(text.utf8) }

    /// The next line, without LF.
    func line() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return line
            }
            try fill()
        }
    }

    /// Exactly so many bytes.
    func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        let bytes = Array(buffer.prefix(count))
        buffer.removeFirst(count)
        return bytes
    }

    private func fill() throws {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &chunk, chunk.count)
        guard count > 0 else {
            throw BenchFailure(count == 0 ? "the server closed the connection" : BenchFailure.system("reading").description)
        }
        buffer += chunk[..<count]
    }
}
