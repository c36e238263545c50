import Annals
import AnnalsCore
import AnnalsModel
import AnnalsStore
import AnnalsTesting
import AnnalsWire
import Foundation
import Testing

@Suite("Kills", .serialized)
struct CrashTests {
    /// A replica that is written here and synced by a process of its own.
    struct Desk {
        let directory: String
        let replica: Replica
        var recorded: [ChangeID] = []

        init(_ user: String, in folder: TemporaryFolder) throws {
            directory = folder.file(user)
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            replica = try Replica.create(in: directory, user: name(user), workspace: name("main"))
        }

        mutating func record(_ count: Int) throws {
            for index in 0..<count {
                let (_, receipt) = try replica.record(from: replica.view(), reason: "round") {
                    try $0.create("event", fields: [("title", .string("Event \(recorded.count) \(index)"))])
                }
                recorded.append(receipt.change)
            }
        }

        /// The highest number that this file knows to be on the server's disk.
        func acknowledged() throws -> Int64 {
            let status = try replica.status()
            let open = status.waiting.filter { $0.state == .queued || $0.state == .sent }.map(\.n)
            return (open.min() ?? Int64(recorded.count) + 1) - 1
        }
    }

    @Test("200 seeded kills of the server or of a syncing replica lose nothing that was acknowledged")
    func kills() throws {
        let seed: UInt64 = 907
        let rounds = 100
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let folder = try TemporaryFolder()
        var desks = [try Desk("aliya", in: folder), try Desk("bek", in: folder)]
        var kills = 0
        for round in 0..<rounds {
            for index in desks.indices { try desks[index].record(Int.random(in: 4...12, using: &random)) }
            // A sync is killed while it may be receiving, sending or storing; then the server, while another sync is under way.
            var (server, address) = try Program.server(data: folder.file("server"))
            let victim = Int.random(in: 0..<2, using: &random)
            let syncs = try desks.map { try Program(["-C", $0.directory, "sync", address]) }
            syncs[victim].kill(afterMicroseconds: Int.random(in: 0...120_000, using: &random))
            server.kill(afterMicroseconds: Int.random(in: 20_000...200_000, using: &random))
            for sync in syncs { sync.wait() }
            server.kill()
            server.wait()
            kills += 2
            // What a client has recorded as acknowledged is in the log that the dead server left.
            let marks = try Self.marks(folder.file("server"))
            for desk in desks {
                let id = try desk.replica.status().replica
                #expect(try desk.acknowledged() <= marks[id]?.n ?? 0, "round \(round)")
            }
            // And the next sync completes, now and then at once.
            guard round % 10 == 9 else { continue }
            (server, address) = try Program.server(data: folder.file("server"))
            for desk in desks {
                #expect(try Program(["-C", desk.directory, "sync", address]).wait() == 0, "round \(round)")
            }
            server.terminate()
            #expect(server.wait() == 0)
        }
        #expect(kills >= 200)
        try Self.finish(desks, folder)
    }

    /// The marks of the replicas in the store of a server that does not run.
    static func marks(_ data: String) throws -> [Name: ReplicaMark] {
        let folder = try DataFolder(path: data)
        let store = try SQLiteLogStore(in: folder) { (try? EntryCodec.decode($0))?.change?.id }
        let head = try store.head(of: name("main"))
        try store.close()
        folder.unlock()
        return head?.last ?? [:]
    }

    /// Everything recorded is in the record, once, and all have the same.
    static func finish(_ desks: [Desk], _ folder: TemporaryFolder) throws {
        let (server, address) = try Program.server(data: folder.file("server"))
        for _ in 0..<2 {
            for desk in desks { #expect(try Program(["-C", desk.directory, "sync", address]).wait() == 0) }
        }
        let clone = folder.file("clone")
        #expect(try Program(["clone", address, clone, "--user", "chen"]).wait() == 0)
        server.terminate()
        #expect(server.wait() == 0)
        let chen = try Replica.open(in: clone)
        var count: [ChangeID: Int] = [:]
        for step in try chen.history() {
            if let change = step.entry?.change { count[change.id, default: 0] += 1 }
        }
        let recorded = desks.flatMap(\.recorded)
        #expect(recorded.allSatisfy { count[$0] == 1 } && count.count == recorded.count)
        for desk in desks {
            #expect(try desk.replica.status().waiting.isEmpty)
            #expect(try exported(desk.replica) == exported(chen))
            #expect(try desk.replica.verify().isSound)
        }
    }
}

func name(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("not a name: \(text)") }
    return name
}

/// An export as one piece, to compare.
func exported(_ replica: Replica) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try replica.export { bytes += $0 + [UInt8(ascii: "\n")] }
    return bytes
}
