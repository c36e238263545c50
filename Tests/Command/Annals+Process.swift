import Foundation
import Testing

/// How one run of the program ended.
struct Run {
    var status: Int32
    var out: String
    var err: String

    var lines: [String] { out.split(separator: "\n").map(String.init) }
}

/// A temporary folder to run the built program in, as a person does.
final class Bench: Sendable {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "annals-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The program that was built with these tests: it stands beside them.
    static let program: URL = {
        let here = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        let beside = here.appending(path: "annals")
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        return URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "annals")
    }()

    /// Runs `annals` with these words and waits for its end.
    @discardableResult
    func annals(_ words: String..., input: String? = nil, environment: [String: String] = [:]) throws -> Run {
        try annals(words, input: input, environment: environment)
    }

    @discardableResult
    func annals(_ words: [String], input: String? = nil, environment: [String: String] = [:]) throws -> Run {
        try run(Self.program, words, input: input, environment: environment)
    }

    /// Runs a line as a shell does, with `annals` on the path.
    @discardableResult
    func shell(_ line: String) throws -> Run {
        try run(URL(filePath: "/bin/sh"), ["-c", line], input: nil, environment: [:])
    }

    /// The output of a command that must succeed.
    @discardableResult
    func done(_ words: String..., input: String? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let run = try annals(words, input: input)
        #expect(run.status == 0, "\(words.joined(separator: " ")): \(run.err)", sourceLocation: sourceLocation)
        return run.out
    }

    private func run(_ program: URL, _ words: [String], input: String?, environment: [String: String]) throws -> Run {
        let files = ["in", "out", "err"].map { folder.appending(path: ".\(UUID().uuidString).\($0)") }
        defer { files.forEach { try? FileManager.default.removeItem(at: $0) } }
        for file in files { try Data((input ?? "").utf8).write(to: file) }
        let handles = [try FileHandle(forReadingFrom: files[0])] + (try files.dropFirst().map { try FileHandle(forWritingTo: $0) })
        for handle in handles.dropFirst() { try handle.truncate(atOffset: 0) }
        let child = try Child(
            program.path, words, in: folder.path, environment: Self.environment(folder).merging(environment) { $1 },
            descriptors: handles.map(\.fileDescriptor))
        let status = child.wait()
        let texts = try files.dropFirst().map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        return Run(status: status, out: texts[0], err: texts[1])
    }

    /// Nothing of the environment that the tests run in, but what the sanitizers were told.
    static func environment(_ folder: URL) -> [String: String] {
        let path = program.deletingLastPathComponent().path + ":/usr/bin:/bin"
        let sanitizers = ProcessInfo.processInfo.environment.filter { ["ASAN_OPTIONS", "TSAN_OPTIONS"].contains($0.key) }
        return ["PATH": path, "TZ": "UTC", "HOME": folder.path, "LANG": "C.UTF-8"].merging(sanitizers) { $1 }
    }

    /// Starts `annals` and goes on; what it says goes to these descriptors.
    func start(_ words: [String], out: Int32, error: Int32) throws -> Child {
        let null = try FileHandle(forUpdating: URL(filePath: "/dev/null"))
        return try Child(
            Self.program.path, words, in: folder.path, environment: Self.environment(folder),
            descriptors: [null.fileDescriptor, out, error], secondsMax: Child.serviceSecondsMax)
    }

    func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }
    func write(_ data: Data, to name: String) throws { try data.write(to: folder.appending(path: name)) }
    func read(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: name).path) }

    /// How many changes the record holds, confirmed or not.
    func changes() throws -> Int { try done("log", "--json").split(separator: "\n").count }

    /// An article in the style of the first corpus; 14 of its words are quoted in the tests.
    static let article = """
        On August 7–8, 2025, President Aliyev paid an official visit to Washington. Furthermore, the draft Agreement on the \
        Establishment of Peace was initialed by the foreign ministers of both countries. A joint letter was also sent to the OSCE.

        The Ministry described this as the removal of a “negative legacy of the past.” The Ministry also noted the signing of a \
        Memorandum of Cooperation, and the opening of transport links to the Nakhchivan Autonomous Republic.

        """

    /// A replica of aliya with a document (@~1, d~1), an event (@~2, e~2), a citation for it (@~3, q~3) and a note on it (@~4, n~4).
    static func desk() throws -> Bench {
        let bench = try Bench()
        try bench.write(article, to: "azernews.txt")
        try bench.done("init", "--user", "aliya", "-q")
        try bench.done("import", "azernews.txt", "--publisher", "AzerNews", "--published", "2025-08-09")
        try bench.done("new", "event", "Draft peace agreement initialed", "--when", "[2025-08-07..2025-08-08]")
        try bench.done("cite", "d~1", "initialed by the foreign ministers", "--of", "e~2")
        try bench.done("note", "e~2", "Check who signed for Armenia")
        return bench
    }
}
