internal import AnnalsCore
internal import Foundation
internal import Synchronization

/// The threads that check pushed lines beside the loop: as many as leave it a processor, and no more than help.
///
/// A session's pieces are checked by one thread, so they come back in the order in which they went.
struct PushChecking: Sendable {
    /// From how many bytes on a piece is worth the way to another thread; a lone change is not.
    static let bytesMin = 16 << 10
    /// How much of one peer may be on its way; above it nothing more is read from it.
    static let peerBytesMax = 256 << 10
    /// How much may be on its way in all; above it the loop checks what else comes, and reads no more from those who wait.
    private static let bytesMax = 32 << 20

    private let checkers: [Checker]
    /// What was handed over and has not come back.
    var bytes = 0
    var isFull: Bool { bytes >= Self.bytesMax }

    init(_ core: borrowing ServerCore) {
        let count = min(4, max(1, ProcessInfo.processInfo.activeProcessorCount - 1))
        var checkers: [Checker] = []
        for _ in 0..<count { checkers.append(Checker(core.lineChecker)) }
        self.checkers = checkers
    }

    var threads: [WorkerThread] { checkers.map(\.thread) }

    /// Checks a piece and hands it back with what was found.
    func check(_ bytes: [UInt8], of id: SessionID, _ done: @escaping @Sendable ([UInt8], CheckedLines) -> Void) {
        checkers[Int(id.number % UInt64(checkers.count))].check(bytes, done)
    }

    private final class Checker: Sendable {
        let thread = WorkerThread(name: "annals-checker")
        private let checker: Mutex<LineChecker>

        init(_ checker: consuming LineChecker) { self.checker = Mutex(checker) }

        func check(_ bytes: [UInt8], _ done: @escaping @Sendable ([UInt8], CheckedLines) -> Void) {
            thread.perform { [self] in done(bytes, checker.withLock { $0.check(bytes.span.bytes) }) }
        }
    }
}
