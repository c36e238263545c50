import Glibc

/// The program's standard streams: what was asked for goes to stdout, everything about it to stderr.
struct Console: Sendable {
    /// Nothing but what was asked for and errors.
    var isQuiet = false

    static let isTerminalOut = isatty(1) == 1
    static let isTerminalError = isatty(2) == 1
    /// Whether a person can be asked.
    static let isInteractive = isatty(0) == 1 && isatty(2) == 1

    /// Columns of the terminal. What goes elsewhere is not wrapped: other programs look for lines.
    static var columns: Int {
        guard isTerminalOut else { return 1_000_000 }
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return max(40, Int(size.ws_col))
    }

    /// Colour on a terminal, unless `NO_COLOR` is set to anything (no-color.org) or the terminal is a dumb one.
    static let paint = Paint(isOn: isTerminalOut && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb")

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// What was asked for: a line on stdout.
    func line(_ text: String) { Self.write(text + "\n", to: 1) }

    func lines(_ texts: [String]) {
        if !texts.isEmpty { Self.write(texts.joined(separator: "\n") + "\n", to: 1) }
    }

    func bytes(_ bytes: [UInt8]) { bytes.withUnsafeBytes { Self.write($0, to: 1) } }

    /// What is worth knowing but was not asked for.
    func remark(_ text: String) {
        if !isQuiet { Self.write(text + "\n", to: 2) }
    }

    func error(_ text: String) { Self.write(text + "\n", to: 2) }

    /// A question, which leaves the cursor behind it.
    func ask(_ text: String) { Self.write(text, to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    /// All of it; a reader that went away ends the program by SIGPIPE as it does everywhere, any other failure ends it here.
    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&waiting, 1, -1)
                    continue
                }
                exit(ExitStatus.refused.rawValue)
            }
            rest = rest.dropFirst(count)
        }
    }
}
