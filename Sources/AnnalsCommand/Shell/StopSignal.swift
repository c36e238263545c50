import Dispatch
import Glibc
import Synchronization

/// SIGINT and SIGTERM as values, from the moment that they are watched: one that comes while a server still starts is not lost.
enum StopSignal {
    /// A wish to stop often comes twice within this time, to the process and to its group: that is one wish.
    private static let echoSeconds = 1.0

    /// The first signal that comes. One that comes later, while the program is stopping, ends it at once.
    static func watch() -> AsyncStream<Int32> {
        AsyncStream { continuation in
            let queue = DispatchQueue(label: "annals.stop")
            let first = Mutex<DispatchTime?>(nil)
            // Held by their handlers until the program ends.
            let sources = [SIGINT, SIGTERM].map { number in
                signal(number, SIG_IGN)
                return (number, DispatchSource.makeSignalSource(signal: number, queue: queue))
            }
            let take = { @Sendable (number: Int32) in
                let now = DispatchTime.now()
                let before = first.withLock { first in
                    defer { first = first ?? now }
                    return first
                }
                if let before {
                    if now > before + echoSeconds { _exit(128 + number) }
                } else {
                    continuation.yield(number)
                    continuation.finish()
                }
            }
            for (number, source) in sources {
                source.setEventHandler { [source] in
                    _ = source.data
                    take(number)
                }
                source.resume()
            }
        }
    }
}
