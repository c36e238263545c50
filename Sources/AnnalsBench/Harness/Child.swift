internal import CLinux
internal import Foundation

/// A process that the benchmark started, and so may end.
final class Child {
    let pid: pid_t
    private let output: Int32
    private var ended: (code: Int32, usage: rusage)?

    /// - Parameters:
    ///   - folder: where it runs.
    ///   - log: a file for what it says, where its output is not wanted here.
    init(_ words: [String], folder: String? = nil, log: String? = nil, environment: [String: String] = [:]) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw BenchFailure.system("no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        if let log {
            posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        } else {
            posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        }
        if let folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The benchmark blocks the signals that end it; what it starts shall not.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let merged = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = merged.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, words[0], &actions, &attributes, &arguments, &variables)
        close(ends[1])
        output = ends[0]
        self.pid = pid
        guard code == 0 else {
            close(output)
            throw BenchFailure("\(words[0]) did not start: \(String(cString: strerror(code)))")
        }
        Children.add(pid)
    }

    deinit { close(output) }

    /// The next line that it prints; what it has printed when it ended its output, at most.
    func readLine() -> String {
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { text.append(byte) }
        return String(decoding: text, as: UTF8.self)
    }

    /// All that it prints, until it ends its output.
    func readAll() -> String {
        var (text, chunk): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 65_536))
        while true {
            let count = read(output, &chunk, chunk.count)
            if count > 0 { text += chunk[..<count] } else if count == 0 || errno != EINTR { break }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Waits for its end.
    @discardableResult
    func wait() -> (code: Int32, usage: rusage) {
        if let ended { return ended }
        var (status, usage): (Int32, rusage) = (0, rusage())
        while wait4(pid, &status, 0, &usage) < 0, errno == EINTR {}
        Children.remove(pid)
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        ended = (code, usage)
        return (code, usage)
    }

    var isRunning: Bool {
        if ended != nil { return false }
        return kill(pid, 0) == 0
    }

    /// Whether a process runs, and is not merely waited for.
    static func isRunning(_ pid: pid_t) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8), let end = text.lastIndex(of: ")") else {
            return false
        }
        return !text[text.index(after: end)...].hasPrefix(" Z")
    }

    /// Asks it to end, and makes it end where it does not.
    func stop(signal: Int32 = SIGTERM) {
        if ended != nil { return }
        kill(pid, signal)
        for _ in 0..<2000 {
            var (status, usage): (Int32, rusage) = (0, rusage())
            if wait4(pid, &status, WNOHANG, &usage) == pid {
                Children.remove(pid)
                ended = (status, usage)
                return
            }
            Clock.sleep(milliseconds: 5)
        }
        kill(pid, SIGKILL)
        wait()
    }

    /// CPU seconds of it, and of its own children where it has any, so far.
    static func cpu(of pids: [pid_t]) -> Double {
        pids.reduce(0) { sum, pid in
            guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8), let end = text.lastIndex(of: ")") else {
                return sum
            }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 14 else { return sum }
            let ticks = (11...14).reduce(0.0) { $0 + (Double(fields[$1]) ?? 0) }
            return sum + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
    }

    /// A process and those that it started.
    static func family(of pid: pid_t) -> [pid_t] {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)) ?? ""
        return [pid] + text.split(separator: " ").compactMap { pid_t($0) }
    }

    /// Bytes of memory that is its own and not a file's: anonymous pages, in kilobytes.
    static func anonymousKilobytes(of pid: pid_t) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("Anonymous:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}

/// The processes that run now, so that a signal ends them too.
enum Children {
    private static let lock = NSLock()
    // Only touched while `lock` is held.
    private nonisolated(unsafe) static var pids: Set<pid_t> = []

    static func add(_ pid: pid_t) { lock.withLock { _ = pids.insert(pid) } }
    static func remove(_ pid: pid_t) { lock.withLock { _ = pids.remove(pid) } }

    /// Blocks the signals that end a program, and waits for them on a thread of its own.
    static func endWithThisProcess() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        Thread.detachNewThread {
            var signals = sigset_t()
            sigemptyset(&signals)
            for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
            var number: Int32 = 0
            sigwait(&signals, &number)
            endAll()
            exit(128 + number)
        }
    }

    static func endAll() {
        for pid in lock.withLock({ pids }) { kill(pid, SIGTERM) }
    }
}
