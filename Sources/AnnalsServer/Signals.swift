internal import Dispatch
internal import Foundation

/// Waiting for a signal without a handler that may do nothing.
enum Signals {
    /// Calls `body` once, when the first of these signals comes; from then on they do what they do by default again.
    static func once(_ signals: [Int32], _ body: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "annals.signals")
        let sources = signals.map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for source in sources {
            source.setEventHandler {
                guard sources.contains(where: { !$0.isCancelled }) else { return }
                for source in sources { source.cancel() }
                for number in signals { signal(number, SIG_DFL) }
                body()
            }
            source.resume()
        }
    }
}
