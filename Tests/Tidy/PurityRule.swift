/// What the pure layers never call: clocks, chance, waiting, the process around them.
enum PurityRule {
    private static let clocks = ["Date(", "Date.now", "ContinuousClock", "SuspendingClock", "clock_gettime", "gettimeofday"]
    private static let chance = [
        "SystemRandomNumberGenerator", "random(", "randomElement", "shuffle", "shuffled", "arc4random", "UUID(", "hashValue", "Hasher(",
    ]
    private static let waiting = ["async", "await", "Task", "Thread", "sleep"]
    private static let surroundings = [
        "print(", "debugPrint(", "dump(", "getenv", "CommandLine", "FileManager", "FileHandle",
        "fopen", "stdout",
    ]

    private static let words = (clocks + chance + waiting + surroundings).map(Word.init)

    static func findings(in file: SourceFile) -> [Finding] {
        file.findings(of: words) { "\($0.text) in \(file.module), which is pure: let it come in as a value" }
    }
}
