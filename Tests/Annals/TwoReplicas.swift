import AnnalsModel

@testable import Annals

/// Two people's replicas of one log, without a network: golden, who coded the article, and bek.
struct TwoReplicas {
    let folder: TemporaryFolder
    let golden: Replica
    let bek: Replica
    var log = TestLog()

    init(withArticle: Bool = false) throws {
        folder = try TemporaryFolder()
        golden = try Replica.test(folder, "golden", user: "golden")
        bek = try Replica.test(folder, "bek", user: "bek", seed: 2)
        for replica in [golden, bek] { try replica.meet(log) }
        if withArticle {
            try golden.importItems(ItemFile(CodedArticle().text, vocabulary: .current))
            try exchange()
        }
    }

    /// Each sends what waits, then takes what is new.
    mutating func exchange() throws {
        for replica in [golden, bek] { try replica.push(&log) }
        for replica in [golden, bek] { try replica.pull(log) }
    }
}
