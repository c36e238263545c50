import AnnalsCore
import AnnalsStore
import AnnalsTesting
import Testing

@Suite struct FailingDiskTests {
    @Test(
        "an append that fails shows nothing of itself, earlier entries stay readable, and a later append works",
        arguments: [
            (FaultVFS.Failure.diskFull, FaultVFS.Operations.write, LogStoreError.Code.diskFull),
            (.readOnly, .write, .readOnly), (.writeFailed, .write, .failed), (.syncFailed, .sync, .failed),
        ])
    func append(failure: FaultVFS.Failure, operation: FaultVFS.Operations, expected: LogStoreError.Code) throws {
        for reopens in [false, true] {
            let place = try StorePlace()
            let store = try place.openStore()
            var maker = try maker()
            try store.create(maker.head)
            try store.append([maker.group(3)])
            var failed = 0
            // The first operation of the append fails, then the second, until none is left to fail.
            while true {
                let before = maker
                let group = maker.group(2, padding: 20_000)
                place.disk.fail(failure, operation, on: .wal, after: failed)
                let code = try code { try store.append([group]) }
                place.disk.clear()
                if code == nil { break }
                #expect(code == expected, "operation \(failed)")
                try LogStoreContract.expectLog(of: before, in: store)
                if reopens {
                    try store.reopen()
                    try LogStoreContract.expectLog(of: before, in: store)
                }
                maker = before
                failed += 1
            }
            #expect(failed > 0)
            try LogStoreContract.expectLog(of: maker, in: store)
            try store.append([maker.group(1)])
            try store.close()
            let again = try place.openStore()
            try LogStoreContract.expectLog(of: maker, in: again)
            try again.close()
        }
    }

    @Test("a checkpoint that fails harms no append: the log keeps all until one succeeds")
    func checkpoint() throws {
        let place = try StorePlace(StoreOptions(checkpointPages: 4))
        let store = try place.openStore()
        var maker = try maker()
        try store.create(maker.head)
        place.disk.fail(.diskFull, .write, on: .database)
        for _ in 0..<10 { try store.append([maker.group(3, padding: 9000)]) }
        try LogStoreContract.expectLog(of: maker, in: store)
        place.disk.powerCut(seed: 0)
        try store.close()
        try place.disk.powerOn()
        let again = try place.openStore()
        try LogStoreContract.expectLog(of: maker, in: again)
        try again.close()
    }

    @Test("a disk that is full when a store is made says so, and the store can be made later")
    func making() throws {
        let place = try StorePlace()
        place.disk.fail(.diskFull, .write)
        #expect(try code { _ = try place.openStore() } == .diskFull)
        place.disk.clear()
        let store = try place.openStore()
        #expect(try store.workspaces() == [])
        try store.close()
    }

    @Test("a store whose reopening failed says that it is closed, and opens when the disk is well")
    func reopen() throws {
        let place = try StorePlace()
        let store = try place.openStore()
        var maker = try maker()
        try store.create(maker.head)
        place.disk.fail(.cannotOpen, .open)
        #expect(try code { try store.reopen() } == .readOnly)
        #expect(try code { _ = try store.head(of: maker.head.workspace) } == .failed)
        place.disk.clear()
        try store.reopen()
        try store.append([maker.group(1)])
        try LogStoreContract.expectLog(of: maker, in: store)
        try store.close()
    }
}
