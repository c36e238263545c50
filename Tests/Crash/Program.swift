import Foundation

/// The built `annals`, run beside the test.
final class Program {
    private let process = Process()
    private let output = Pipe()

    static let url: URL = {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return own.deletingLastPathComponent().appending(path: "annals")
    }()

    init(_ words: [String]) throws {
        process.executableURL = Self.url
        process.arguments = words
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    /// A server, and the address that it says it serves.
    static func server(data: String) throws -> (program: Program, address: String) {
        let program = try Program(["serve", "--data", data, "--listen", "127.0.0.1:0", "--dev-users"])
        let text = String(decoding: program.output.fileHandleForReading.availableData, as: UTF8.self)
        guard let address = text.split(separator: " ").first(where: { $0.hasPrefix("annals://") }) else {
            throw CocoaError(.fileReadUnknown)
        }
        return (program, String(address))
    }

    /// Kills it in this many microseconds, if it still runs then: no handler runs, no buffer is flushed.
    func kill(afterMicroseconds delay: Int) {
        let pid = process.processIdentifier
        DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(delay)) { [process] in
            if process.isRunning { Foundation.kill(pid, SIGKILL) }
        }
    }

    func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

    func terminate() { process.terminate() }

    /// Waits for its end.
    ///
    /// - Returns: its exit status; nil where a signal ended it.
    @discardableResult
    func wait() -> Int32? {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : nil
    }
}
