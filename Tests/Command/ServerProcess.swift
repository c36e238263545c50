import Foundation
import Testing

/// `annals serve` as a process of its own, on a port that the system chose.
final class ServerProcess: Sendable {
    let address: String
    private let process: Process

    init(_ bench: Bench, words: [String] = ["serve", "--data", "server", "--workspace", "caucasus", "--dev-users"]) throws {
        process = Process()
        process.executableURL = Bench.program
        process.arguments = words + ["--listen", "127.0.0.1:0"]
        process.currentDirectoryURL = bench.folder
        let out = Pipe()
        process.standardOutput = out
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = ""
        while !line.contains("\n") {
            let data = out.fileHandleForReading.availableData
            if data.isEmpty { break }
            line += String(decoding: data, as: UTF8.self)
        }
        let word = try #require(line.split(separator: " ").first { $0.hasPrefix("annals://") }, "\(line)")
        address = word.trimmingCharacters(in: CharacterSet(charactersIn: ",\n"))
    }

    /// Asks it to stop as a person does, and waits.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit {
        if process.isRunning { _ = stop() }
    }
}
