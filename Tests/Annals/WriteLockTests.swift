import AnnalsTesting
import Foundation
import Synchronization
import Testing

@testable import Annals

@Suite("The right to write")
struct WriteLockTests {
    /// How far the other writer is.
    enum Stage: Int, Comparable {
        case coming, writing, done

        static func < (a: Stage, b: Stage) -> Bool { a.rawValue < b.rawValue }
    }

    @Test("a writer that comes again at once does not overtake one that waits")
    func inTurn() throws {
        let folder = try TemporaryFolder()
        let paths = ReplicaPaths(folder.path)
        try FileManager.default.createDirectory(atPath: paths.folder, withIntermediateDirectories: true)
        let (first, second) = (try WriteLock(paths), try WriteLock(paths))
        let turnstile = try FileLock(path: paths.turnLock)
        var overtaken = 0
        for _ in 0..<50 {
            let other = Stages()
            try first.lock()
            Thread { other.write(second) }.start()
            other.wait(for: .coming)
            // Until it stands in the turnstile; where there is none, after some looks.
            var looks = 0
            while looks < 20_000, try turnstile.tryLock() {
                turnstile.unlock()
                sched_yield()
                looks += 1
            }
            first.unlock()
            try first.lock()
            if !other.has(.writing) { overtaken += 1 }
            first.unlock()
            other.wait(for: .done)
        }
        #expect(overtaken == 0)
    }

    /// The other writer's stages, seen by both threads.
    final class Stages: Sendable {
        private let reached = Mutex<Stage?>(nil)

        func write(_ lock: WriteLock) {
            reached.withLock { $0 = .coming }
            guard (try? lock.lock()) != nil else { return }
            reached.withLock { $0 = .writing }
            lock.unlock()
            reached.withLock { $0 = .done }
        }

        func has(_ stage: Stage) -> Bool { reached.withLock { $0.map { $0 >= stage } ?? false } }

        func wait(for stage: Stage) {
            while !has(stage) { sched_yield() }
        }
    }
}
