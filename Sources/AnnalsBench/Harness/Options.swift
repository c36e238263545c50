internal import Foundation

/// What was asked for, in the environment: `ROWS=push8,clone QUICK=1 PEERS=1`.
struct Options {
    var rows: Set<String>
    var isQuick: Bool
    var hasPeers: Bool
    /// Where everything is kept, on the disk that is measured.
    var folder: String
    /// The program that is measured.
    var annals: String
    /// This program, for its workers.
    let itself: String

    init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        func flag(_ name: String) -> Bool { !["", "0"].contains(environment[name] ?? "") }
        rows = Set((environment["ROWS"] ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init))
        isQuick = flag("QUICK")
        hasPeers = flag("PEERS")
        runs = environment["RUNS"].flatMap(Int.init).map { max(1, $0) } ?? (isQuick ? 3 : Self.runsUsual)
        let here = FileManager.default.currentDirectoryPath
        folder = here + "/.build/bench"
        itself = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        annals = environment["ANNALS"] ?? (itself as NSString).deletingLastPathComponent + "/annals"
    }

    /// Counted runs, after one that warms up.
    let runs: Int

    static let runsUsual = 5

    /// The usual size, or the one of a quick run.
    func size(_ usual: Int, quick: Int) -> Int { isQuick ? quick : usual }
}
