import AnnalsCore
import AnnalsModel
import AnnalsStore
import AnnalsTesting
import Foundation
import Testing

@Suite struct ReadingTests {
    @Test("readers see a group only when it is on disk, and can read while it is written")
    func underWay() throws {
        let place = try StorePlace()
        let store = try place.openStore()
        var maker = try maker()
        let workspace = maker.head.workspace
        try store.create(maker.head)
        try store.append([maker.group(2)])
        let before = maker
        let looks = Looks()
        // The commit is written and not yet synced when these reads happen.
        place.disk.beforeSync(of: .wal) {
            looks.add(Result { try LogStoreContract.expectLog(of: before, in: store) })
        }
        try store.append([maker.group(3, padding: 9000)])
        place.disk.beforeSync(nil)
        #expect(looks.count > 0)
        try looks.rethrow()
        #expect(try store.head(of: workspace) == maker.head)
        try store.close()
    }

    @Test("many threads read while one appends, and each sees whole groups in an unbroken chain")
    func parallel() throws {
        let place = try StorePlace(StoreOptions(readersMax: 3, checkpointPages: 8))
        let store = try place.openStore()
        var made = try maker()
        let workspace = made.head.workspace
        let first = made
        try store.create(made.head)
        var appends: [[LogGroup]] = []
        for round in 0..<120 { appends.append([made.group(1 + round % 4, padding: round % 7 == 0 ? 9000 : 30)]) }
        let (groups, whole) = (appends, made)
        let known = try #require(LogMaker.changeID(ofLine: whole.lines[0]))
        let unknown = try #require(ChangeID("zzzzzzzzzzzzzzzz"))
        let looks = Looks()
        DispatchQueue.concurrentPerform(iterations: 6) { thread in
            looks.add(
                Result {
                    if thread == 0 {
                        for (round, group) in groups.enumerated() {
                            try store.append(group)
                            if round % 40 == 20 { try store.reopen() }
                        }
                        return
                    }
                    var seen = first.head.seq
                    while seen < whole.head.seq {
                        guard let head = try store.head(of: workspace) else { throw CocoaError(.fileNoSuchFile) }
                        seen = head.seq
                        guard seen > 0 else { continue }
                        let hash = try store.chainHash(of: workspace, at: seen)
                        let stretch = try store.stretch(of: workspace, holding: 1 + seen / 2)
                        let found = try (store.holds(known, in: workspace), store.holds(unknown, in: workspace))
                        guard hash == whole.hashes[Int(seen)], head.head == hash, found == (true, false),
                            let stretch, stretch.before == whole.hashes[Int(stretch.first - 1)],
                            stretch.head == whole.hashes[Int(stretch.first + stretch.count - 1)]
                        else { throw CocoaError(.fileReadCorruptFile) }
                    }
                })
        }
        try looks.rethrow()
        try LogStoreContract.expectLog(of: whole, in: store)
        try store.close()
    }

    @Test("reading writes nothing and never checkpoints")
    func readersWriteNothing() throws {
        let place = try StorePlace()
        let store = try place.openStore()
        var maker = try maker()
        try store.create(maker.head)
        try store.append([maker.group(20, padding: 9000)])
        let before = place.disk.count(of: [.write, .sync, .truncate])
        try LogStoreContract.expectLog(of: maker, in: store)
        _ = try store.holds(maker.changeID(), in: maker.head.workspace)
        #expect(place.disk.count(of: [.write, .sync, .truncate]) == before)
        try store.close()
    }

    /// What happened on other threads. Safe to share: `results` is only touched while `lock` is held.
    private final class Looks: @unchecked Sendable {
        private var results: [Result<Void, any Error>] = []
        private let lock = NSLock()

        var count: Int { lock.withLock { results.count } }
        func add(_ result: Result<Void, any Error>) { lock.withLock { results.append(result) } }
        func rethrow() throws { for result in lock.withLock({ results }) { try result.get() } }
    }
}
