internal import Foundation

/// The real `annals serve`, as a process of its own. One configuration serves all rows.
final class AnnalsServerProcess {
    let child: Child
    let port: Int
    let folder: String
    /// From the start of the process to the first answer to `open`, in milliseconds.
    let startMilliseconds: Double

    /// - Parameter data: its data folder; nil for an empty one that is deleted afterwards.
    init(_ options: Options, data: String? = nil) throws {
        folder = data ?? options.folder + "/run/server"
        isOwn = data == nil
        if isOwn { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: options.folder + "/run", withIntermediateDirectories: true)
        port = try Ports.free()
        let start = Clock.nanoseconds()
        child = try Child(
            [
                options.annals, "serve", "--listen", "127.0.0.1:\(port)", "--data", folder, "--workspace", AnnalsConnection.workspace,
                "--dev-users",
            ], log: options.folder + "/run/server.log")
        var first: AnnalsConnection?
        while first == nil {
            guard child.isRunning, Clock.seconds(since: start) < 60 else {
                throw BenchFailure("annals serve did not start; see \(options.folder)/run/server.log")
            }
            first = try? AnnalsConnection(port: port, user: "coder-0", replica: "probe")
            if first == nil { usleep(500) }
        }
        startMilliseconds = Clock.seconds(since: start) * 1e3
    }

    private let isOwn: Bool

    func stop() {
        child.stop()
        if isOwn { try? FileManager.default.removeItem(atPath: folder) }
    }

    var cpu: Double { Child.cpu(of: [child.pid]) }
}

enum Ports {
    /// A port on which nothing listens, as the system chooses it.
    static func free() throws -> Int {
        let (descriptor, port) = try bound()
        close(descriptor)
        return port
    }

    /// A socket that listens on a port as the system chooses it.
    static func listening() throws -> (descriptor: Int32, port: Int) {
        let (descriptor, port) = try bound()
        guard listen(descriptor, 128) == 0 else { throw BenchFailure.system("cannot listen") }
        return (descriptor, port)
    }

    private static func bound() throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) | getsockname(descriptor, $0, &length)
            }
        }
        guard code == 0 else { throw BenchFailure.system("no free port") }
        return (descriptor, Int(in_port_t(bigEndian: address.sin_port)))
    }
}
