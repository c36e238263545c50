import AnnalsCore
import AnnalsStore
import AnnalsTesting
import Testing

@Suite struct PowerCutTests {
    @Test("a power cut takes nothing that was acknowledged, and leaves no append half done", arguments: UInt64(1)...30)
    func safe(seed: UInt64) throws {
        let harm = try PowerCutTrial(seed: seed).run()
        #expect(harm == nil, "seed \(seed), cut \(harm?.cut ?? 0): \(harm?.harm.description ?? "")")
    }

    @Test("the trial sees what a laxer setting loses", arguments: [StoreOptions.Synchronous.normal, .off])
    func unsafe(synchronous: StoreOptions.Synchronous) throws {
        let harms = try (UInt64(1)...8).compactMap { try PowerCutTrial(seed: $0, synchronous: synchronous).run()?.harm }
        #expect(harms.contains(.lost), "with synchronous = \(synchronous): \(harms)")
    }

    @Test("the trial sees lines that a row names before they are on disk")
    func unsyncedLines() throws {
        let harms = try (UInt64(1)...8).compactMap { try PowerCutTrial(seed: $0, syncsLines: false).run()?.harm }
        #expect(!harms.isEmpty)
    }

    @Test("the trial sees a disk that syncs too late: without any sync even the order of writes is lost")
    func unordered() throws {
        let harms = try (UInt64(1)...30).compactMap { try PowerCutTrial(seed: $0, synchronous: .off).run()?.harm }
        #expect(harms.contains { $0 != .lost }, "\(harms)")
    }

    @Test("a power cut while the store is made leaves one that opens, and is empty", arguments: [UInt64(0), 3, 4, 5])
    func making(seed: UInt64) throws {
        var wasCut = true
        var after = 0
        while wasCut {
            let place = try StorePlace()
            place.disk.powerCut(after: after, seed: seed)
            do {
                let store = try place.openStore()
                wasCut = false
                try store.close()
            } catch is LogStoreError {
                wasCut = place.disk.isOff
            }
            if place.disk.isOff { try place.disk.powerOn() }
            place.disk.clear()
            let store = try place.openStore()
            #expect(try store.workspaces() == [], "seed \(seed), after \(after)")
            var maker = try maker()
            try store.create(maker.head)
            try store.append([maker.group(2)])
            place.disk.powerCut(seed: 0)
            try store.close()
            try place.disk.powerOn()
            let again = try place.openStore()
            try LogStoreContract.expectLog(of: maker, in: again)
            try again.close()
            after += 1
        }
        #expect(after > 10, "the store was made in \(after) steps: the cuts did not reach into it")
    }

    @Test("what a store shows after a failed sync and reopening is on disk")
    func failedSync() throws {
        let place = try StorePlace()
        let store = try place.openStore()
        var maker = try maker()
        let workspace = maker.head.workspace
        try store.create(maker.head)
        try store.append([maker.group(2)])
        // The commit reaches the log but its sync fails; nor can closing bring the log into the file.
        place.disk.fail(.syncFailed, .sync)
        #expect(try code { try store.append([maker.group(1)]) } == .failed)
        #expect(try code { try store.reopen() } == .failed)
        place.disk.clear()
        try store.reopen()
        let shown = try #require(try store.head(of: workspace))
        place.disk.powerCut(seed: 0)
        try store.close()
        try place.disk.powerOn()
        let again = try place.openStore()
        #expect(try again.head(of: workspace) == shown)
        try again.close()
    }
}
