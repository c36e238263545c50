import AnnalsCore
import AnnalsModel
import AnnalsTesting
import AnnalsWire
import Testing

@Suite("Lines checked apart")
struct LineCheckerTests {
    /// What two servers are asked, one of which is told what was checked apart.
    private struct Twin {
        var core: ServerCore
        var effects: [ServerEffect] = []
        let isTold: Bool

        init(isTold: Bool) {
            var disk = SimulationDisk()
            disk.create(Bench.desk, log: "5eed")
            core = ServerCore(
                configuration: .init(allowsDevelopmentUsers: true, roles: [named("chen"): .curator], nonce: "0"), signer: Bench.key,
                heads: disk.heads)
            self.isTold = isTold
        }

        mutating func accept(_ id: SessionID) {
            core.handle(.accepted(id, .loopback), now: Instant(milliseconds: 5), into: &effects)
        }

        mutating func receive(_ chunk: [UInt8], from id: SessionID) {
            var checker = core.lineChecker
            let checked = isTold ? checker.check(chunk.span.bytes) : nil
            core.receive(chunk.span.bytes, checked, from: id, now: Instant(milliseconds: 5), into: &effects)
        }

        /// All it said and wrote.
        var told: [String] { effects.map { "\($0)" } }
    }

    @Test("a machine that is told what was checked says and writes the same, wherever the pieces are cut", arguments: UInt64(1)...40)
    func same(seed: UInt64) {
        var random = SimulationRandom(seed: seed)
        var twins = [Twin(isTold: false), Twin(isTold: true)]
        let users = ["aliya", "chen"]
        for (index, user) in users.enumerated() {
            let id = SessionID(UInt64(index + 1))
            let sent = Self.conversation(user, "r\(index)", &random)
            var start = 0
            for twin in twins.indices {
                twins[twin].accept(id)
            }
            while start < sent.count {
                let end = min(sent.count, start + 1 + random.below(random.percent(50) ? 40 : 4000))
                for twin in twins.indices { twins[twin].receive(Array(sent[start..<end]), from: id) }
                start = end
            }
        }
        #expect(twins[0].told == twins[1].told, "seed \(seed)")
        #expect(twins[1].told.count > 3)
    }

    /// A greeting, and pushes of good, refused and now and then malformed changes.
    private static func conversation(_ user: String, _ replica: String, _ random: inout SimulationRandom) -> [UInt8] {
        var pen = Pen(replica)
        let greeting: [ClientMessage] = [
            .hello(protocols: [1], agent: "test"), .auth(.development(user: named(user))),
            .open(.init(workspace: Bench.desk, log: nil, have: 0, head: nil, replicas: [])),
        ]
        var sent = greeting.flatMap { ClientMessageCodec.encode($0) }
        for _ in 0...random.below(4) {
            let count = 1 + random.below(12)
            sent += ClientMessageCodec.encode(
                .push(PushHeader(workspace: Bench.desk, replica: named(replica), count: Int64(count))))
            for _ in 0..<count {
                var line = random.percent(20) ? pen.writeInvalid() : pen.write("talks \(random.below(1000)) in \"Váša\"")
                if random.percent(2) { line.removeLast() }
                sent += line + [UInt8(ascii: "\n")]
            }
            if random.percent(30) { sent += ClientMessageCodec.encode(.ping) }
        }
        return sent
    }
}
