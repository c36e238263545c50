import AnnalsTesting
import Foundation
import Synchronization
import Testing

@testable import Annals

@Suite("The right to write")
struct WriteLockTests {
    @Test("a writer that comes again at once does not overtake one that waits")
    func inTurn() throws {
        let folder = try TemporaryFolder()
        let paths = ReplicaPaths(folder.path)
        try FileManager.default.createDirectory(atPath: paths.folder, withIntermediateDirectories: true)
        let (first, second) = (try WriteLock(paths), try WriteLock(paths))
        let hadIt = Mutex(false)
        try first.lock()
        let waiting = Thread {
            guard (try? second.lock()) != nil else { return }
            hadIt.withLock { $0 = true }
            second.unlock()
        }
        waiting.start()
        // Until it stands in the turnstile.
        let turnstile = try FileLock(path: paths.turnLock)
        var looks = 0
        while looks < 1_000_000, try turnstile.tryLock() {
            turnstile.unlock()
            sched_yield()
            looks += 1
        }
        first.unlock()
        try first.lock()
        #expect(hadIt.withLock { $0 })
        first.unlock()
    }
}
