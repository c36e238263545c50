import AnnalsCore
import AnnalsModel
import AnnalsTesting
import AnnalsWire

/// A server whose disk the test moves by hand, and clients that speak the protocol's lines to it.
struct Bench {
    static let desk = named("desk")
    static let key = SimulationKey("server")

    var server: SimulationServer

    init(_ limits: Limits = Limits(), development: Bool = true, roles: [String: Role] = [:], workspaces: [String] = ["desk"]) {
        var disk = SimulationDisk()
        for workspace in workspaces { disk.create(named(workspace), log: "5eed" + workspace) }
        server = SimulationServer(
            configuration: .init(
                limits: limits, allowsDevelopmentUsers: development,
                roles: Dictionary(uniqueKeysWithValues: roles.map { (named($0.key), $0.value) }), nonce: "0"),
            key: Self.key, disk: disk, now: Instant(milliseconds: 1_754_700_000_000))
    }

    /// What a client hears: a message, or an entry line of a batch.
    enum Heard: Equatable {
        case message(ServerMessage)
        case entry(String)
    }

    // MARK: Clients

    mutating func say(_ id: SessionID, _ messages: ClientMessage...) {
        for message in messages { server.receive(ClientMessageCodec.encode(message), from: id) }
    }

    /// Connects and signs in.
    mutating func signIn(_ user: String) -> SessionID {
        let id = server.accept()
        say(id, .hello(protocols: [1], agent: "test"), .auth(.development(user: named(user))))
        _ = hear(id)
        return id
    }

    /// Connects, signs in and opens the workspace.
    mutating func open(_ user: String, replicas: [String] = [], workspace: Name = Bench.desk) -> SessionID {
        let id = signIn(user)
        say(id, .open(.init(workspace: workspace, log: nil, have: 0, head: nil, replicas: replicas.map(named))))
        while server.paused.contains(id) { server.answer() }
        _ = hear(id)
        return id
    }

    mutating func pull(_ id: SessionID, after: Int64 = 0, credit: Int64 = 1 << 20, live: Bool = true) {
        say(id, .pull(workspace: Self.desk, after: after, credit: credit, live: live))
    }

    mutating func push(
        _ id: SessionID, _ replica: String, _ changes: [[UInt8]], fork: Base? = nil, moved: Bool = false,
        workspace: Name = Bench.desk
    ) {
        say(id, .push(PushHeader(workspace: workspace, replica: named(replica), count: Int64(changes.count), fork: fork, moved: moved)))
        for change in changes { server.receive(change + [UInt8(ascii: "\n")], from: id) }
    }

    /// Takes everything that was written to a client, and checks that every batch is proven by its checkpoint.
    mutating func hear(_ id: SessionID) -> [Heard] { Self.parse(server.take(id)) }

    static func parse(_ bytes: [UInt8]) -> [Heard] {
        var heard: [Heard] = []
        var entries: Int64 = 0
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            if entries > 0 {
                entries -= 1
                heard.append(.entry(String(decoding: line, as: UTF8.self)))
                continue
            }
            guard let message = try? ServerMessageCodec.decode(Array(line)) else { preconditionFailure("the server said no message") }
            if case .entries(_, _, let count) = message { entries = count }
            heard.append(.message(message))
        }
        return heard
    }

    // MARK: The log

    var lines: [String] { server.disk.lines(of: Self.desk).map { String(decoding: $0, as: UTF8.self) } }
    var entries: [Entry] { server.disk.lines(of: Self.desk).compactMap { try? EntryCodec.decode($0) } }
    /// For each entry its replica, n, and the code where it is refused.
    var record: [String] {
        entries.map { entry in
            if case .refused(let refusal) = entry.body {
                "\(entry.replica) \(refusal.n) \(refusal.code)"
            } else {
                "\(entry.replica) \(entry.link.n)"
            }
        }
    }

    /// The base of someone who has the whole log on the screen.
    var base: Base { base(server.disk.heads.first { $0.workspace == Self.desk }?.seq ?? 0) }
    func base(_ seq: Int64) -> Base { Base(seq: seq, hash: server.disk.chainHash(of: Self.desk, at: seq)?.short) }
}

extension [Bench.Heard] {
    var messages: [ServerMessage] { compactMap { if case .message(let message) = $0 { message } else { nil } } }
    var entries: [String] { compactMap { if case .entry(let line) = $0 { line } else { nil } } }
    var acks: [Int64] { messages.compactMap { if case .ack(_, _, let n, _) = $0 { n } else { nil } } }
    var stops: [ServerMessage.StopCode] { messages.compactMap { if case .stopped(_, _, _, let code) = $0 { code } else { nil } } }
    var known: [Int64] { messages.compactMap { if case .known(_, _, let n) = $0 { n } else { nil } } }
    var refusals: [String] { messages.compactMap { if case .refused(_, _, _, let code, _) = $0 { code } else { nil } } }
    var errors: [String] { messages.compactMap { if case .error(let code, _, _) = $0 { code } else { nil } } }
    var caughtUp: [Int64] { messages.compactMap { if case .caughtUp(_, let seq) = $0 { seq } else { nil } } }
    var checkpoints: [Checkpoint] { messages.compactMap { if case .checkpoint(let checkpoint) = $0 { checkpoint } else { nil } } }
    var opened: ServerMessage.Opened? { messages.compactMap { if case .opened(let opened) = $0 { opened } else { nil } }.first }
}

/// A replica's chain of changes, written by hand.
struct Pen {
    let replica: String
    private(set) var n: Int64 = 0
    private(set) var last: ShortHash?
    private var random: SimulationRandom

    init(_ replica: String) {
        self.replica = replica
        random = SimulationRandom(seed: replica.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
    }

    /// The next change: an event with this title.
    mutating func write(_ title: String = "talks", base: Base = Base(seq: 0, hash: nil), id: ChangeID? = nil) -> [UInt8] {
        write([ChangeOperation("event", .create(id: nil, fields: [.init("title", .string(title))]))], base: base, id: id)
    }

    mutating func write(_ operations: [ChangeOperation], base: Base = Base(seq: 0, hash: nil), id: ChangeID? = nil) -> [UInt8] {
        let bytes = ChangeCodec.encode(
            Change(
                id: id ?? random.changeID(), n: n + 1, prev: last, base: base, at: Instant(milliseconds: 0), operations: operations))
        n += 1
        last = sha256(bytes).short
        return bytes
    }

    /// A change that the server refuses.
    mutating func writeInvalid() -> [UInt8] {
        write([ChangeOperation("event", .create(id: nil, fields: [.init("title", 7)]))])
    }

    mutating func write(count: Int) -> [[UInt8]] { (0..<count).map { _ in write() } }
}
