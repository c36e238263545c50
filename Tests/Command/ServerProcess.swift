import Foundation
import Glibc
import Synchronization
import Testing

/// `annals serve` as a process of its own, on a port that the system chose.
final class ServerProcess: Sendable {
    let address: String
    private let child: Mutex<Child?>
    /// Where it says what it does; open until it stops, so that its last words have somewhere to go.
    private let output: Int32

    init(_ bench: Bench, words: [String] = ["serve", "--data", "server", "--workspace", "caucasus", "--dev-users"]) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Child.Failure(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let null = try FileHandle(forUpdating: URL(filePath: "/dev/null"))
        let child = try bench.start(words + ["--listen", "127.0.0.1:0"], out: ends[1], error: null.fileDescriptor)
        self.child = Mutex(child)
        output = ends[0]
        close(ends[1])
        var said: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !said.contains(UInt8(ascii: "\n")) {
            let count = read(ends[0], &buffer, buffer.count)
            if count <= 0 { break }
            said += buffer[..<count]
        }
        let line = String(decoding: said, as: UTF8.self)
        let word = line.split { " ,\n".contains($0) }.first { $0.hasPrefix("annals://") }
        address = try #require(word.map(String.init), "\(line)")
    }

    /// Asks it to stop as a person does, and waits.
    func stop() -> Int32 {
        child.withLock { child in
            child?.terminate()
            guard let running = child else { return 0 }
            let status = running.wait()
            close(output)
            child = nil
            return status
        }
    }

    deinit { _ = stop() }
}
