import Glibc

/// A line on stderr that says how far something long is: only for a person who watches, or where it was asked for.
final class Progress {
    private let console: Console
    private let isShown: Bool
    private let onTerminal: Bool
    private var last = timespec()
    private var open = false

    init(_ console: Console, asked: Bool) {
        self.console = console
        onTerminal = Console.isTerminalError
        isShown = asked || (onTerminal && !console.isQuiet)
    }

    /// Says it at most ten times a second on a terminal, once a second elsewhere.
    func say(_ text: @autoclosure () -> String) {
        guard isShown else { return }
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let elapsed = (now.tv_sec - last.tv_sec) * 1000 + (now.tv_nsec - last.tv_nsec) / 1_000_000
        guard elapsed >= (onTerminal ? 100 : 1000) else { return }
        last = now
        if onTerminal {
            console.ask("\r\u{1B}[K" + DisplayText.clipped(text(), to: 100))
            open = true
        } else {
            console.error(text())
        }
    }

    /// Takes the line away, so that what follows starts clean.
    func end() {
        if open { console.ask("\r\u{1B}[K") }
        open = false
    }
}
