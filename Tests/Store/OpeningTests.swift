import AnnalsCore
import AnnalsStore
import AnnalsTesting
import Foundation
import GRDB
import Testing

@Suite struct OpeningTests {
    @Test("the writer waits for the disk at every commit: synchronous is FULL after opening and reopening")
    func synchronous() throws {
        let place = try StorePlace()
        let store = try place.openStore()
        #expect(try store.writerSynchronous() == 2)
        try store.reopen()
        #expect(try store.writerSynchronous() == 2)
        var maker = try maker()
        try store.create(maker.head)
        for _ in 0..<5 {
            let before = place.disk.count(of: .sync, on: .wal)
            try store.append([maker.group(1)])
            #expect(place.disk.count(of: .sync, on: .wal) > before)
        }
        try store.close()
    }

    @Test("a store that is closed in order leaves its marks in their table, and the next one need not go through its groups")
    func marks() throws {
        let place = try StorePlace()
        let store = try place.openStore()
        var maker = try maker()
        try store.create(maker.head)
        for _ in 0..<5 { try store.append([maker.group(1)]) }
        let head = try store.head(of: name("w"))
        try store.close()
        let queue = try DatabaseQueue(path: place.database)
        #expect(try queue.read { try Int64.fetchOne($0, sql: "SELECT marked FROM workspace") } == 5)
        try queue.close()
        #expect(try place.openStore().head(of: name("w")) == head)
    }

    @Test("a second opener is refused with the way out, in this process as in another, until the first is gone")
    func locked() throws {
        let temporary = try TemporaryFolder()
        var first: DataFolder? = try DataFolder(path: temporary.path)
        let error = #expect(throws: DataFolderInUse.self) { try DataFolder(path: temporary.path) }
        #expect(error?.holder == getpid())
        #expect(error?.description.contains("Stop that server first") == true)
        _ = first
        first = nil
        _ = try DataFolder(path: temporary.path)
    }

    @Test("an unlocked folder can be had by another while references to it are still around")
    func unlocked() throws {
        let temporary = try TemporaryFolder()
        let first = try DataFolder(path: temporary.path)
        first.unlock()
        let second = try DataFolder(path: temporary.path)
        withExtendedLifetime((first, second)) {}
    }

    @Test("a process that is not ours is kept out too")
    func lockedOut() throws {
        let temporary = try TemporaryFolder()
        let folder = try DataFolder(path: temporary.path)
        let other = Process()
        other.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        other.arguments = ["flock", "--nonblock", temporary.file("lock"), "true"]
        try other.run()
        other.waitUntilExit()
        #expect(other.terminationStatus == 1)
        withExtendedLifetime(folder) {}
    }

    @Test("a file that is not a store is refused and left as it is", arguments: Foreign.allCases)
    func foreign(kind: Foreign) throws {
        let place = try StorePlace()
        try kind.make(at: place.database)
        let before = try Data(contentsOf: URL(fileURLWithPath: place.database))
        #expect(try code { _ = try place.openStore() } == .notAStore)
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.database)) == before)
        let files = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        #expect(Set(files) == ["lock", "log.sqlite"])
    }

    enum Foreign: CaseIterable {
        case text, shortText, otherDatabase, otherVersionedDatabase, newerVersion

        func make(at path: String) throws {
            func database(_ sql: String) throws {
                let queue = try DatabaseQueue(path: path)
                try queue.write { try $0.execute(sql: sql) }
                try queue.close()
            }
            switch self {
            case .text: try Data(repeating: 65, count: 5000).write(to: URL(fileURLWithPath: path))
            case .shortText: try Data("x".utf8).write(to: URL(fileURLWithPath: path))
            case .otherDatabase: try database("CREATE TABLE workspace (id INTEGER PRIMARY KEY)")
            case .otherVersionedDatabase: try database("PRAGMA user_version = 1")
            case .newerVersion: try database("PRAGMA application_id = 0x416E6E6C; PRAGMA user_version = 999")
            }
        }
    }

    @Test("a damaged store says so")
    func damaged() throws {
        let place = try StorePlace()
        var maker = try maker()
        let store = try place.openStore()
        try store.create(maker.head)
        for _ in 0..<20 { try store.append([maker.group(3, padding: 9000)]) }
        try store.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: place.database))
        try file.seek(toOffset: 16_384)
        try file.write(contentsOf: Data(repeating: 0xEE, count: 16_384 * 4))
        try file.close()
        #expect(
            try code {
                let store = try place.openStore()
                defer { do { try store.close() } catch { Issue.record(error) } }
                try LogStoreContract.expectLog(of: maker, in: store)
            } == .notAStore)
    }

    @Test("a folder that cannot be made or written is read-only, and says what to do")
    func readOnly() throws {
        let temporary = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: temporary.file("file")))
        // Beneath a file nobody can make a folder, whatever their rights.
        #expect(try code { _ = try DataFolder(path: temporary.file("file/data")) } == .readOnly)
        #expect(try code { _ = try DataFolder(path: temporary.file("file")) } == .readOnly)
        let place = try StorePlace()
        place.disk.fail(.cannotOpen, .open)
        let error = #expect(throws: LogStoreError.self) { try place.openStore() }
        #expect(error?.code == .readOnly)
        #expect(error?.description.contains("Give this user the right") == true)
    }

    @Test("a store's file has pages of 16 KB, its own marks, and is the owner's alone")
    func format() throws {
        let temporary = try TemporaryFolder()
        let folder = try DataFolder(path: temporary.file("data"))
        let store = try SQLiteLogStore(in: folder) { LogMaker.changeID(ofLine: $0) }
        try store.close()
        let header = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/log.sqlite")).prefix(100)
        #expect(header[16...17].elementsEqual([0x40, 0x00]))
        #expect(header[18...19].elementsEqual([2, 2]), "not in WAL mode")
        #expect(header[60...63].elementsEqual([0, 0, 0, 3]))
        #expect(header[68...71].elementsEqual("Annl".utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }

    @Test("closing brings the write-ahead log into the file and takes it away")
    func closing() throws {
        let place = try StorePlace()
        var maker = try maker()
        let store = try place.openStore()
        try store.create(maker.head)
        try store.append([maker.group(2)])
        try LogStoreContract.expectLog(of: maker, in: store)
        try store.close()
        let files = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        #expect(Set(files) == ["lock", "log.lines", "log.sqlite"])
        #expect(try code { try store.append([maker.group(1)]) } == .failed)
    }

    @Test("lines of a large group that are missing, cut off or another log's are told at the start", arguments: [0, 1, 2])
    func lostLines(how: Int) throws {
        let place = try StorePlace(StoreOptions(apartBytes: 100))
        var maker = try maker()
        var store = try place.openStore()
        try store.create(maker.head)
        try store.append([maker.group(3)])
        try store.close()
        let lines = place.folder.path + "/log.lines"
        let whole = try Data(contentsOf: URL(fileURLWithPath: lines))
        #expect(whole.count > 100)
        switch how {
        case 0: try FileManager.default.removeItem(atPath: lines)
        case 1: try whole.dropLast().write(to: URL(fileURLWithPath: lines))
        default: try Data(repeating: 0x20, count: whole.count).write(to: URL(fileURLWithPath: lines))
        }
        store = try place.openStore()
        #expect(try code { _ = try store.head(of: maker.head.workspace) } == .notAStore)
        try store.close()
        try whole.write(to: URL(fileURLWithPath: lines))
        store = try place.openStore()
        try LogStoreContract.expectLog(of: maker, in: store)
        try store.close()
    }

    @Test("what a failed append left in the file of lines is named by nobody, and the next append comes after it")
    func leftLines() throws {
        let place = try StorePlace(StoreOptions(apartBytes: 100))
        var maker = try maker()
        let store = try place.openStore()
        try store.create(maker.head)
        var failed = maker
        place.disk.fail(.writeFailed, .write, on: .wal)
        #expect(try code { try store.append([failed.group(3)]) } == .failed)
        place.disk.clear()
        try store.reopen()
        let lines = URL(fileURLWithPath: place.folder.path + "/log.lines")
        let left = try Data(contentsOf: lines).count
        #expect(left > 0)
        try store.append([maker.group(4)])
        try LogStoreContract.expectLog(of: maker, in: store)
        #expect(try Data(contentsOf: lines).count > left)
        try store.close()
    }
}
