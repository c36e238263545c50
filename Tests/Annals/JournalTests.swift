import Testing

@testable import Annals

@Suite struct JournalTests {
    @Test("what was planned for the journal does nothing once the file is closed")
    func closed() throws {
        let folder = try TemporaryFolder()
        let replica = try Replica.test(folder, "r")
        replica.close()
        replica.store.tidy()
        #expect(try Replica.open(in: folder("r")).status().have == 0)
    }

    @Test("what a person recorded is seldom followed by a copy of the journal")
    func recording() {
        #expect(!Journal.isDue(pages: Journal.recordingPages - 1, after: .recording, isWanted: false))
        #expect(Journal.isDue(pages: Journal.recordingPages, after: .recording, isWanted: true))
    }

    @Test("a sync copies it in small steps while somebody waits, and else when there is enough of it")
    func syncing() {
        #expect(Journal.isDue(pages: Journal.shortPages, after: .short, isWanted: true))
        #expect(!Journal.isDue(pages: Journal.shortPages - 1, after: .short, isWanted: false))
        #expect(Journal.isDue(pages: Journal.largePages, after: .large, isWanted: false))
        #expect(!Journal.isDue(pages: Journal.largePages, after: .large, isWanted: true))
        #expect(!Journal.isDue(pages: Journal.largePages - 1, after: .large, isWanted: false))
        #expect(Journal.isDue(pages: Journal.mostPages, after: .large, isWanted: true))
    }
}
