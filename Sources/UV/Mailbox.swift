/// What other threads leave for a loop's thread, in the order they left it.
struct Mailbox {
    enum Item {
        case job(UnownedJob)
        case work(@Sendable () -> Void)
    }

    /// Open until the loop has closed its last handle.
    enum Phase {
        /// The loop runs, or will: the wake-up handle may be signalled. Next: `stopping`, `stopped`.
        case open
        /// `stop()` was called; what comes is still run on the loop's thread. Next: `stopped`.
        case stopping
        /// No loop any more: posted work is refused, executor jobs run on threads of their own.
        case stopped
    }

    var phase = Phase.open
    var items: [Item] = []

    /// How many on the loop's thread look here by themselves, so that nobody needs to wake it.
    var lookouts = 0

    /// Whether some thread runs the jobs of a stopped loop now; one at a time, so that isolation holds.
    var hasLateRunner = false
}
