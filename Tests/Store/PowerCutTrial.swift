import AnnalsCore
import AnnalsModel
import AnnalsStore
import AnnalsTesting

/// One store that lives through several power cuts at places that its seed picks, and what was wrong after each.
///
/// Every cut comes in the middle of random appends to two workspaces, or between them. What must hold then: all that
/// an append returned for is there, whole and in order; of the append that was cut, all groups or none.
struct PowerCutTrial {
    let seed: UInt64
    var cuts = 8
    var synchronous = StoreOptions.Synchronous.full
    var syncsLines = true

    /// What a cut did to the log.
    enum Harm: Equatable, CustomStringConvertible {
        /// Groups whose append had returned are gone.
        case lost
        /// The log is neither what it was before the cut append nor what it was to be.
        case torn
        /// The store could not even be opened, or not written any more.
        case unusable(String)

        var description: String {
            switch self {
            case .lost: "an acknowledged group is lost"
            case .torn: "the log is torn"
            case .unusable(let why): "the store is unusable: \(why)"
            }
        }
    }

    /// A workspace as it was acknowledged, and as it will be when the append under way is done.
    private struct Expected {
        var acknowledged: [LogMaker]
        var asked: [LogMaker]
    }

    /// The first harm, with the cut after which it showed; nil where the store came through.
    func run() throws -> (cut: Int, harm: Harm)? {
        var random = SeededGenerator(seed: seed)
        // A checkpoint every few pages, so that many cuts meet one.
        let place = try StorePlace(
            StoreOptions(
                synchronous: synchronous, readersMax: 1, checkpointPages: 12, apartBytes: 8000, syncsLines: syncsLines))
        let makers = [try maker("one", seed: seed), try maker("two", seed: seed &+ 1)]
        var store = try place.openStore()
        for maker in makers { try store.create(maker.head) }
        // The workspaces themselves are not on trial: an unsafe setting may lose them too.
        try store.reopen()
        var expected = Expected(acknowledged: makers, asked: makers)
        for cut in 0..<cuts {
            let seed = random.next() % 4 == 0 ? 0 : random.next()
            place.disk.powerCut(after: Int(random.next() % 90), seed: seed)
            appendUntilCut(&expected, store, place.disk, &random)
            do {
                try store.close()
                try place.disk.powerOn()
                store = try place.openStore()
            } catch {
                return (cut, .unusable("\(error)"))
            }
            if let harm = harm(expected, store) {
                try store.close()
                return (cut, harm)
            }
            expected.acknowledged = try survivors(expected, store)
            expected.asked = expected.acknowledged
        }
        try store.close()
        return nil
    }

    private func appendUntilCut(
        _ expected: inout Expected, _ store: SQLiteLogStore, _ disk: FaultVFS, _ random: inout SeededGenerator
    ) {
        for _ in 0..<60 {
            var groups: [LogGroup] = []
            for _ in 0...random.next() % 3 {
                let index = Int(random.next() % 2)
                let padding = random.next() % 3 == 0 ? 9000 : 40
                groups.append(expected.asked[index].group(Int(1 + random.next() % 4), padding: padding))
            }
            do { try store.append(groups) } catch { return }
            expected.acknowledged = expected.asked
        }
        // Idle when it happens, as most power cuts find a server.
        disk.powerCut(seed: random.next())
    }

    private func harm(_ expected: Expected, _ store: SQLiteLogStore) -> Harm? {
        do {
            for acknowledged in expected.acknowledged {
                let head = try store.head(of: acknowledged.head.workspace)
                if (head?.seq ?? 0) < acknowledged.head.seq { return .lost }
            }
            return try survivors(expected, store).isEmpty ? .torn : nil
        } catch {
            return .unusable("\(error)")
        }
    }

    /// The makers whose logs the store holds: those before or those after the append that was cut; none for any other log.
    private func survivors(_ expected: Expected, _ store: SQLiteLogStore) throws -> [LogMaker] {
        for makers in [expected.asked, expected.acknowledged] {
            do {
                for maker in makers { try LogStoreContract.expectLog(of: maker, in: store) }
                return makers
            } catch is LogStoreContract.Violation {
                continue
            }
        }
        return []
    }
}
