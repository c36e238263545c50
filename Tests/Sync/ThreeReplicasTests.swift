import Annals
import AnnalsModel
import AnnalsServer
import AnnalsTesting
import Foundation
import Testing

@Suite("Three replicas and a server", .serialized)
struct ThreeReplicasTests {
    @Test("10,000 changes of every merge class, each file written by two processes, end as one record")
    func manyChanges() async throws {
        let seed: UInt64 = 20_250_809
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let folder = try TemporaryFolder()
        let desk = try await Desk.open(folder)
        let users = ["aliya", "bek", "carla"]
        let replicas = try users.map { try desk.replica($0) }
        // A record that all three know before they part.
        var first = RandomWriter(replicas[0], seed: seed, resolves: false)
        try first.write(150)
        for replica in replicas { try await replica.sync(with: desk.address) }

        let turns = 8
        let each = (10_000 - 150 + turns * 6 - 1) / (turns * 6)
        var mostConflicts = 0
        for turn in 0..<turns {
            let resolves = turn >= turns / 2
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, replica) in replicas.enumerated() {
                    let own = random.next()
                    let other = random.next()
                    let directory = folder.file(users[index])
                    group.addTask {
                        await #expect(processExitsWith: .success) {
                            [directory = directory as String, other = other as UInt64, each = each as Int, resolves = resolves as Bool] in
                            var writer = RandomWriter(try Replica.open(in: directory), seed: other, resolves: resolves)
                            try writer.write(each)
                        }
                    }
                    group.addTask {
                        var writer = RandomWriter(replica, seed: own, resolves: resolves)
                        try writer.write(each)
                    }
                    // Some turns are online: the file is synced while it is being written.
                    if Bool.random(using: &random) {
                        group.addTask { try await replica.sync(with: desk.address) }
                    }
                }
                try await group.waitForAll()
            }
            for replica in replicas where turn == turns - 1 || Bool.random(using: &random) {
                try await replica.sync(with: desk.address)
            }
            mostConflicts = max(mostConflicts, try replicas.map { try $0.status().openConflicts }.max() ?? 0)
        }
        for _ in 0..<2 {
            for replica in replicas { try await replica.sync(with: desk.address) }
        }
        #expect(mostConflicts >= 100)
        let exports = try replicas.map { try exported($0) }
        #expect(exports[0] == exports[1] && exports[1] == exports[2])
        for replica in replicas {
            let status = try replica.status()
            #expect(status.waiting.isEmpty && status.refused.isEmpty && status.stop == nil)
            #expect(status.have >= 10_000)
            // The state as it was kept, batch by batch, and a fold of the log from scratch are the same bytes.
            #expect(try exported(replica, asOf: .seq(status.have)) == exports[0])
            replica.close()
        }
        try await desk.server.stop()
    }
}
