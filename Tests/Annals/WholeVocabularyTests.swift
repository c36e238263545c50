import AnnalsModel
import Testing

@testable import Annals

/// One log, made by people who record on every kind and field and push when they like.
@Suite struct WholeVocabularyTests {
    @Test(
        "the same log gives the same exports and answers on every replica, whatever arrived together, live and by replay",
        arguments: [UInt64](1...2))
    func everywhere(seed: UInt64) throws {
        print("seed \(seed)")
        let folder = try TemporaryFolder()
        var log = TestLog()
        var dice = Dice(seed)
        var work = RandomVocabularyWork(seed &* 91)
        let replicas = try ["aliya", "bek", "chen"].enumerated().map { index, user in
            let replica = try Replica.test(folder, user, user: user, seed: seed &* 1000 &+ UInt64(index))
            try replica.meet(log)
            return replica
        }
        for _ in 0..<700 {
            let replica = try #require(replicas.randomElement(using: &dice))
            switch Int.random(in: 0..<9, using: &dice) {
            case 0: try replica.push(&log)
            case 1, 2: try replica.pull(log, batch: Int64.random(in: 1...9, using: &dice))
            default: try work.step(replica)
            }
        }
        for replica in replicas.shuffled(using: &dice) { try replica.push(&log) }
        for (replica, batch) in zip(replicas, [1, 7, 1000]) { try replica.pull(log, batch: Int64(batch)) }
        let fresh = try Replica.test(folder, "fresh", user: "dana", seed: seed &+ 5)
        try fresh.meet(log)
        // One that stops in the middle is what an earlier day looked like.
        let middle = log.seq / 2
        while try fresh.status().have < middle {
            let have = try fresh.status().have
            try fresh.store.apply(log.batch(have + 1, min(have + 3, middle)))
        }
        let (then, itemsThen) = (try derivedAnswers(fresh.view()), try items(fresh))
        for replica in replicas {
            #expect(try derivedAnswers(replica.view(asOf: .seq(middle))) == then)
            #expect(try items(replica, asOf: .seq(middle)) == itemsThen)
        }
        try fresh.pull(log, batch: 5)
        let (answers, exported, all) = (try derivedAnswers(fresh.view()), try fresh.exported(), try items(fresh))
        let expected = try oracle(log, through: log.seq, pending: [], user: fresh.user)
        #expect(exported == expected && answers != then)
        for replica in replicas {
            #expect(try replica.exported() == exported)
            #expect(try items(replica) == all)
            #expect(try derivedAnswers(replica.view()) == answers)
            #expect(try derivedAnswers(replica.view(asOf: .seq(log.seq))) == answers, "by replay")
        }
        #expect(try filterAnswers(fresh.view()) == filterAnswers(fresh.view(asOf: .seq(log.seq))), "what is found")
        let kinds = try Vocabulary.current.kinds.filter { try !fresh.view().entities(kind: $0.name, retracted: true).isEmpty }
        #expect(kinds.count == Vocabulary.current.kinds.count, "work was done on every kind")
    }

    private func items(_ replica: Replica, asOf point: Point? = nil) throws -> [String] {
        var lines: [String] = []
        try replica.exportItems(asOf: point) { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }
}
