import AnnalsCore
import AnnalsModel
import Testing

@testable import Annals

/// Visible = canonical ⊕ pending, whatever the order and size of what arrives.
@Suite struct ConvergenceTests {
    @Test("what shows is the log and what is pending, folded from scratch", arguments: [UInt64](1...6))
    func visible(seed: UInt64) throws {
        print("seed \(seed)")
        let folder = try TemporaryFolder()
        var log = TestLog()
        var dice = Dice(seed)
        let users = ["aliya", "bek", "chen"]
        var work = RandomWork(seed &* 77)
        let replicas = try users.enumerated().map { index, user in
            let replica = try Replica.test(folder, user, user: user, seed: seed &* 1000 &+ UInt64(index))
            try replica.meet(log)
            return replica
        }
        for _ in 0..<80 {
            let replica = replicas.randomElement(using: &dice)!
            switch Int.random(in: 0..<8, using: &dice) {
            case 0:
                // Part of the outbox reaches the server; now and then a change is refused.
                let queued = try replica.store.outbox(after: 0, of: nil, limit: 100)
                for row in queued.prefix(Int.random(in: 0...queued.count, using: &dice)) {
                    if Int.random(in: 0..<10, using: &dice) == 0 {
                        try log.refuse(row, by: replica.user)
                    } else {
                        log.accept(row, by: replica.user)
                    }
                    try replica.store.mark(row.replica, upTo: row.n, .accepted)
                }
            case 1, 2:
                try replica.pull(log, batch: Int64.random(in: 1...9, using: &dice))
                try check(replica, log)
            default: try work.step(replica)
            }
        }
        for replica in replicas {
            try check(replica, log)
            try replica.push(&log)
        }
        for (index, replica) in replicas.enumerated() { try replica.pull(log, batch: [1, 7, 1000][index]) }
        let fresh = try Replica.test(folder, "fresh", user: "dana", seed: seed &+ 5)
        try fresh.meet(log)
        try fresh.pull(log, batch: 3)
        let expected = try oracle(log, through: log.seq, pending: [], user: fresh.user)
        for replica in replicas + [fresh] { #expect(try replica.exported() == expected) }
        #expect(try replicas.allSatisfy { try $0.status().waiting.isEmpty })
    }

    private func check(_ replica: Replica, _ log: TestLog) throws {
        let rows = try replica.store.read { db, _ in try Outbox(db: db).all().filter { !$0.isParked }.map(\.pending) }
        let expected = try oracle(log, through: replica.status().have, pending: rows, user: replica.user)
        #expect(try replica.exported() == expected)
    }
}
