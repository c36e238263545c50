import Glibc

/// A program that runs beside the test, by `posix_spawn`: safe to start from many threads at once.
///
/// It runs in its folder by `env` and under `timeout`, so that one that should have ended and did not fails its test and does not stop all of them.
struct Child: Sendable {
    /// The longest that a command may run, in seconds: a hundred times what the slowest takes.
    static let commandSecondsMax = 120
    /// The longest that what serves a whole test may run: some of them take half an hour under a sanitizer.
    static let serviceSecondsMax = 7200

    private let pid: pid_t

    /// - Parameter descriptors: what the child has as 0, 1, 2; they stay open here.
    init(
        _ program: String, _ words: [String], in folder: String, environment: [String: String], descriptors: [Int32],
        secondsMax: Int = commandSecondsMax
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        // Threads of a pool block signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = ["env", "-C", folder, "timeout", String(secondsMax), program] + words
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, "env", &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw Failure(code: code) }
        self.pid = pid
    }

    struct Failure: Error {
        var code: Int32
    }

    /// Asks it to stop, as Ctrl-C and service managers do.
    func terminate() { kill(pid, SIGTERM) }

    /// Waits for its end.
    ///
    /// - Returns: its exit status; 128 and the signal where one ended it, 124 where it ran too long.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
