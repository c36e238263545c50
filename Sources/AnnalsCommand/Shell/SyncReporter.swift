import Annals
import AnnalsCore
import Synchronization

/// Says on stderr what a sync does; it may be called on any thread.
final class SyncReporter: Sendable {
    private let progress: Mutex<Progress>
    private let console: Console

    init(_ progress: sending Progress, _ console: Console) {
        self.progress = Mutex(progress)
        self.console = console
    }

    func say(_ event: SyncProgress) {
        switch event {
        case .connecting(let address): line("connecting to \(address)")
        case .signedIn(let user): line("signed in as \(user)")
        case .received(let count, let total): line("received \(count) of \(total)")
        case .showing(let seq): line("received \(seq); putting them in order")
        case .caughtUp(let seq): line("up to date at entry \(seq)")
        case .accepted(let n): line("sent up to @~\(n)")
        case .refused(let n, let code, let detail): lasting("the server refused @~\(n) (\(code): \(detail)); see annals status @~\(n)")
        case .pushStopped(let stop): lasting(stop.description)
        case .waiting(let seconds, _): line("no connection; again in \(seconds) s")
        }
    }

    func end() { progress.withLock { $0.end() } }

    private func line(_ text: String) { progress.withLock { $0.say(text) } }

    /// What must not be overwritten by the next line.
    private func lasting(_ text: String) {
        progress.withLock { $0.end() }
        console.remark(text)
    }
}
