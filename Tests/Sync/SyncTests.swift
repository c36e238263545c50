import Annals
import AnnalsModel
import AnnalsServer
import AnnalsTesting
import Foundation
import Testing

@Suite("A replica and its server")
struct SyncTests {
    func title(_ text: String) -> [(String, Value)] { [("title", .string(text))] }

    @Test("a change recorded offline reaches another replica, and its receipt says so")
    func offlineThenSync() async throws {
        let desk = try await Desk.open(try TemporaryFolder())
        let (aliya, bek) = (try desk.replica("aliya"), try desk.replica("bek"))
        let (event, receipt) = try aliya.record(from: aliya.view(), reason: "MFA readout") {
            try $0.create("event", fields: title("Draft agreement initialed"))
        }
        #expect(try receipt.state() == .queued)
        try await aliya.sync(with: desk.address)
        #expect(try receipt.state() == .confirmed(seq: 1))
        try await bek.sync(with: desk.address)
        #expect(try bek.view().entity(event)?.shown("title") == "Draft agreement initialed")
        #expect(try exported(aliya) == exported(bek))
        try await desk.server.stop()
    }

    @Test("a live replica sees what another records, and one that is told so observes it")
    func live() async throws {
        let desk = try await Desk.open(try TemporaryFolder())
        let (aliya, bek) = (try desk.replica("aliya"), try desk.replica("bek"))
        let syncs = [aliya, bek].map { replica in Task { try await replica.sync(with: desk.address, live: true) } }
        let (event, _) = try aliya.record(from: aliya.view()) { try $0.create("event", fields: title("Summit")) }
        for try await seen in bek.observe({ try $0.entity(event)?.shown("title") }) where seen != nil {
            #expect(seen == "Summit")
            break
        }
        for sync in syncs { sync.cancel() }
        for sync in syncs { _ = try? await sync.value }
        try await desk.server.stop()
    }

    @Test("a server that is not there loses nothing: exit 3, and what waits goes out later")
    func unreachable() async throws {
        let folder = try TemporaryFolder()
        let desk = try await Desk.open(folder)
        let aliya = try desk.replica("aliya")
        try await desk.server.stop()
        try aliya.record(from: aliya.view()) { try $0.create("event", fields: title("Summit")) }
        let error = await #expect(throws: AnnalsError.self) { try await aliya.sync(with: desk.address) }
        #expect(error?.code == .unreachable && error?.code.exitStatus == 3)
        #expect(try aliya.status().waiting.count == 1)
        let again = try await Desk.open(folder)
        try await aliya.sync(with: again.address)
        #expect(try aliya.status().waiting.isEmpty)
        try await again.server.stop()
    }

    @Test("a workspace made anew under the same name is another log: nothing is sent or taken")
    func otherLog() async throws {
        let folder = try TemporaryFolder()
        let desk = try await Desk.open(folder)
        let aliya = try desk.replica("aliya")
        try aliya.record(from: aliya.view()) { try $0.create("event", fields: title("Summit")) }
        try await aliya.sync(with: desk.address)
        try await desk.server.stop()
        // The same key, so that only the log tells them apart.
        try FileManager.default.createDirectory(atPath: folder.file("anew"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: folder.file("server/server-key"), toPath: folder.file("anew/server-key"))
        let anew = try await Desk.open(folder, data: "anew")
        try aliya.record(from: aliya.view()) { try $0.create("event", fields: title("Second")) }
        let error = await #expect(throws: AnnalsError.self) { try await aliya.sync(with: anew.address) }
        #expect(error?.code == .stopped)
        #expect(try aliya.status().waiting.count == 1 && aliya.status().have == 1)
        try await anew.server.stop()
    }

    @Test("a copy of a replica file ends in a named stop, and still receives")
    func twin() async throws {
        let folder = try TemporaryFolder()
        let desk = try await Desk.open(folder)
        let aliya = try desk.replica("aliya")
        try aliya.record(from: aliya.view()) { try $0.create("event", fields: title("Before the copy")) }
        try await aliya.sync(with: desk.address)
        aliya.close()
        try FileManager.default.copyItem(atPath: folder.file("aliya"), toPath: folder.file("copy"))
        let original = try Replica.open(in: folder.file("aliya"))
        let copy = try Replica.open(in: folder.file("copy"))
        try original.record(from: original.view()) { try $0.create("event", fields: title("By the original")) }
        try await original.sync(with: desk.address)
        try copy.record(from: copy.view()) { try $0.create("event", fields: title("By the copy")) }
        let error = await #expect(throws: AnnalsError.self) { try await copy.sync(with: desk.address) }
        #expect(error?.code == .stopped)
        let status = try copy.status()
        #expect(status.have == 2 && status.waiting.count == 1 && status.stop != nil)
        // It stays so, and stays readable and writable.
        try copy.record(from: copy.view()) { try $0.create("event", fields: title("Still here")) }
        await #expect(throws: AnnalsError.self) { try await copy.sync(with: desk.address) }
        #expect(try copy.status().waiting.count == 2)
        try await desk.server.stop()
    }

    @Test("a copy that finds its twin with nothing pending never calls a later change of its own accepted")
    func twinThenRecord() async throws {
        let folder = try TemporaryFolder()
        let desk = try await Desk.open(folder)
        let aliya = try desk.replica("aliya")
        try aliya.record(from: aliya.view()) { try $0.create("event", fields: title("Before the copy")) }
        try await aliya.sync(with: desk.address)
        aliya.close()
        try FileManager.default.copyItem(atPath: folder.file("aliya"), toPath: folder.file("copy"))
        let original = try Replica.open(in: folder.file("aliya"))
        try original.record(from: original.view()) { try $0.create("event", fields: title("By the original")) }
        try await original.sync(with: desk.address)
        let copy = try Replica.open(in: folder.file("copy"))
        await #expect(throws: AnnalsError.self) { try await copy.sync(with: desk.address) }
        let (_, receipt) = try copy.record(from: copy.view()) { try $0.create("event", fields: title("By the copy")) }
        let error = await #expect(throws: AnnalsError.self) { try await copy.sync(with: desk.address) }
        #expect(error?.code == .stopped)
        #expect(try receipt.state() == .queued && copy.status().have == 2)
        try await desk.server.stop()
    }

    @Test("a replica that is open twice in one process loses nothing when another process comes and goes")
    func openTwice() async throws {
        let folder = try TemporaryFolder()
        let directory = folder.file("aliya")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let first = try Replica.create(in: directory, user: name("aliya"))
        try first.record(from: first.view()) { try $0.create("event", fields: title("Before")) }
        let second = try Replica.open(in: directory)
        // The other process believes itself alone if this one's locks are gone, and takes the journal away as it leaves.
        let visitor = Process()
        visitor.executableURL = URL(filePath: "/usr/bin/sqlite3")
        visitor.arguments = [directory + "/.annals/replica.sqlite", "SELECT count(*) FROM meta"]
        visitor.standardOutput = FileHandle.nullDevice
        try visitor.run()
        visitor.waitUntilExit()
        #expect(visitor.terminationStatus == 0)
        try first.record(from: first.view()) { try $0.create("event", fields: title("After")) }
        await #expect(processExitsWith: .success) { [directory = directory as String] in
            let visitor = try Replica.open(in: directory)
            guard try visitor.status().waiting.count == 2 else { throw AnnalsError(.notFound, "a change is missing") }
        }
        #expect(try second.status().waiting.count == 2)
    }

    @Test("what could not be read back is not recorded")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        let aliya = try Replica.create(in: folder.path, user: name("aliya"))
        var deep: Value = "x"
        for _ in 0..<40 { deep = .array([deep]) }
        let (event, _) = try aliya.record(from: aliya.view()) { try $0.create("event", fields: title("Summit")) }
        #expect(throws: AnnalsError.self) {
            try aliya.record(from: aliya.view()) { try $0.set(event, "when", .object([("edtf", "2025"), ("more", deep)])) }
        }
        #expect(try aliya.status().waiting.count == 1)
    }

    @Test("one process at a time syncs a replica file; the other is told that there is nothing to do")
    func oneSyncer() async throws {
        let folder = try TemporaryFolder()
        let desk = try await Desk.open(folder)
        let aliya = try desk.replica("aliya")
        let (started, continuation) = AsyncStream.makeStream(of: Void.self)
        let live = Task {
            try await aliya.sync(with: desk.address, live: true) { if case .caughtUp = $0 { continuation.yield() } }
        }
        for await _ in started { break }
        let second = try Replica.open(in: folder.file("aliya"))
        let error = await #expect(throws: AnnalsError.self) { try await second.sync(with: desk.address) }
        #expect(error?.code == .busy)
        live.cancel()
        _ = try? await live.value
        try await second.sync(with: desk.address)
        try await desk.server.stop()
    }

    @Test("a refused change is parked with its rule, its effect vanishes, and the rest goes on")
    func refused() async throws {
        let desk = try await Desk.open(try TemporaryFolder())
        let aliya = try desk.replica("aliya")
        // Before any contact the file does not know its role: only the server can say no.
        try aliya.record(from: aliya.view()) {
            try $0.create(
                "codebook",
                fields: [("name", "PLOVER"), ("version", "1"), ("codes", .array([.object([("code", "AGREE")])]))])
        }
        try aliya.record(from: aliya.view()) { try $0.create("event", fields: title("Summit")) }
        try await aliya.sync(with: desk.address)
        let status = try aliya.status()
        #expect(status.waiting.isEmpty && status.refused.count == 1)
        #expect(try aliya.view().entities(kind: "codebook").isEmpty && aliya.view().entities(kind: "event").count == 1)
        try await desk.server.stop()
    }
}
