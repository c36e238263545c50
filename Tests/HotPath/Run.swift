import AnnalsCore
import AnnalsModel
import AnnalsWire
import CAllocations

/// A server's machine whose disk is ready at once, eight sessions that push, and two replicas that are live.
struct Run {
    static let pushers = 8
    static let changesPerPush = 100
    static let changesPerRound = pushers * changesPerPush

    private var core: ServerCore
    private var effects: [ServerEffect] = []
    private var lanes: [Workload] = []
    private let now = Instant(milliseconds: 1_754_700_000_000)
    /// Allocations while the machine worked.
    private(set) var allocations: UInt64 = 0
    /// Groups made durable.
    private(set) var commits = 0

    init() {
        guard let workspace = Name("desk") else { preconditionFailure("a name") }
        core = ServerCore(
            configuration: .init(allowsDevelopmentUsers: true, nonce: "0"), signer: NoSigner(),
            heads: [LogHead(workspace: workspace, log: "5eed", head: ChainHash(log: "5eed").head)])
        for number in 1...Self.pushers + 2 {
            let id = SessionID(UInt64(number))
            guard let user = Name("user-\(number)") else { preconditionFailure("a name") }
            core.handle(.accepted(id, .loopback), now: now, into: &effects)
            say(.hello(protocols: [1], agent: "hot path"), id)
            say(.auth(.development(user: user)), id)
            say(.open(.init(workspace: workspace, log: nil, have: 0, head: nil, replicas: [])), id)
            if number > Self.pushers { say(.pull(workspace: workspace, after: 0, credit: 1 << 40, live: true), id) }
        }
        lanes = (0..<Self.pushers).map { Workload(lane: $0) }
        effects = []
    }

    private mutating func say(_ message: ClientMessage, _ id: SessionID) {
        core.handle(.bytes(id, ClientMessageCodec.encode(message)), now: now, into: &effects)
    }

    /// One round: every session pushes, then the disk is ready.
    mutating func push() {
        guard let workspace = Name("desk") else { return }
        for lane in lanes.indices {
            guard let replica = Name("replica-\(lane)") else { return }
            let header = PushHeader(workspace: workspace, replica: replica, count: Int64(Self.changesPerPush))
            let bytes = ClientMessageCodec.encode(.push(header)) + lanes[lane].lines(Self.changesPerPush)
            counting { run in
                run.core.receive(bytes.span.bytes, from: SessionID(UInt64(lane + 1)), now: run.now, into: &run.effects)
            }
        }
        while let groups = appended {
            // The writer's work, beside the machine.
            let heads = groups.map { $0.chained().heads }
            counting { run in
                run.effects.removeAll(keepingCapacity: true)
                run.commits += 1
                run.core.handle(.committed(heads: heads), now: run.now, into: &run.effects)
                for session in 1...Self.pushers + 2 {
                    run.core.handle(.drained(SessionID(UInt64(session))), now: run.now, into: &run.effects)
                }
            }
        }
    }

    /// The groups that are to become durable.
    private var appended: [UnchainedGroup]? {
        for case .append(let groups) in effects { return groups }
        return nil
    }

    // One function that callgrind can be told to watch.
    @inline(never)
    private mutating func counting(_ work: (inout Run) -> Void) {
        let before = allocation_count()
        work(&self)
        allocations += allocation_count() - before
    }
}

/// A signature costs what Ed25519 costs; here it is the rest that is counted.
private struct NoSigner: CheckpointSigner {
    var publicKey: String { String(repeating: "0", count: 64) }
    func sign(_ bytes: [UInt8]) -> String { String(repeating: "0", count: 128) }
}
