import AnnalsCore
import AnnalsModel
import AnnalsTesting
import AnnalsWire
import Testing

@Suite("A store that cannot be opened again")
struct LostStoreTests {
    static let start = Instant(milliseconds: 1_754_700_000_000)
    let client = SessionID(1)

    func core() -> ServerCore {
        ServerCore(
            configuration: .init(allowsDevelopmentUsers: true, nonce: "0"), signer: SimulationKey("server"),
            heads: [LogHead(workspace: named("desk"), log: "5eed", head: ChainHash(log: "5eed").head)])
    }

    /// Hands the core one input; gives what it wants done.
    func step(_ core: inout ServerCore, _ input: ServerInput) -> [ServerEffect] {
        var effects: [ServerEffect] = []
        core.handle(input, now: Self.start, into: &effects)
        return effects
    }

    func enter(_ core: inout ServerCore, _ id: SessionID) -> [ServerEffect] {
        var effects = step(&core, .accepted(id, .loopback))
        for message in [
            ClientMessage.hello(protocols: [1], agent: "test"), .auth(.development(user: named("aliya"))),
            .open(.init(workspace: named("desk"), log: nil, have: 0, head: nil, replicas: [])),
        ] {
            effects += step(&core, .bytes(id, ClientMessageCodec.encode(message)))
        }
        return effects
    }

    func said(_ effects: [ServerEffect]) -> String {
        effects.map { effect in
            if case .write(_, let bytes) = effect { String(decoding: bytes, as: UTF8.self) } else { "" }
        }.joined()
    }

    func push(_ core: inout ServerCore, _ id: SessionID) -> [ServerEffect] {
        let change = Change(
            id: ChangeID(random: 0, 1), n: 1, prev: nil, base: Base(seq: 0, hash: nil), at: Self.start,
            operations: [ChangeOperation("event", .create(id: nil, fields: [.init("title", "Summit")]))])
        let header = ClientMessage.push(PushHeader(workspace: named("desk"), replica: named("a1"), count: 1))
        return step(&core, .bytes(id, ClientMessageCodec.encode(header) + ChangeCodec.encode(change) + [UInt8(ascii: "\n")]))
    }

    func isAppend(_ effect: ServerEffect) -> Bool { if case .append = effect { true } else { false } }
    func isReopen(_ effect: ServerEffect) -> Bool { if case .reopen = effect { true } else { false } }

    @Test("takes nothing and says so, asks for it with each tick, and takes the change when it is back")
    func comesBack() {
        var core = core()
        _ = enter(&core, client)
        #expect(push(&core, client).contains(where: isAppend))
        let failed = step(&core, .commitFailed(detail: "the disk is full", heads: []))
        #expect(said(failed).contains("\"storage\""))
        _ = step(&core, .closed(client))
        // The client that comes again is told, and not left waiting for a group that nobody writes.
        let second = SessionID(2)
        #expect(said(enter(&core, second)).contains("\"storage\""))
        _ = step(&core, .closed(second))
        #expect(step(&core, .tick).contains(where: isReopen))
        #expect(step(&core, .tick).contains(where: isReopen))
        _ = step(&core, .commitFailed(detail: "open again", heads: core.heads))
        #expect(!step(&core, .tick).contains(where: isReopen))
        let third = SessionID(3)
        #expect(said(enter(&core, third)).contains("\"opened\""))
        let heads = push(&core, third).compactMap { effect in
            if case .append(let groups) = effect { groups.map { $0.chained().heads } } else { nil }
        }
        #expect(heads.count == 1)
        #expect(said(step(&core, .committed(heads: heads.flatMap(\.self)))).contains("\"ack\""))
    }
}
