import AnnalsCore
import AnnalsModel
import AnnalsTesting
import AnnalsWire

/// Files that sync with a server over wires without faults, one step after the other, where a test may change what passes.
struct Conversation {
    static let key = SimulationKey("server")

    var server: SimulationServer
    var limits: Limits
    private var random = SimulationRandom(seed: 11)

    init(_ limits: Limits = Limits()) {
        self.limits = limits
        server = Self.server(limits, [("desk", "5eed")])
    }

    static func server(_ limits: Limits, _ logs: [(String, String)], key: SimulationKey = Conversation.key) -> SimulationServer {
        var disk = SimulationDisk()
        for (workspace, log) in logs { disk.create(named(workspace), log: log) }
        return server(limits, disk, key: key)
    }

    static func server(_ limits: Limits, _ disk: SimulationDisk, key: SimulationKey = Conversation.key) -> SimulationServer {
        SimulationServer(
            configuration: .init(limits: limits, allowsDevelopmentUsers: true, nonce: "0"), key: key, disk: disk,
            now: Instant(milliseconds: 1_754_700_000_000))
    }

    /// The server starts again on another disk.
    mutating func restart(_ disk: SimulationDisk? = nil) {
        server = Self.server(limits, disk ?? server.disk)
    }

    func file(_ user: String, _ replica: String) -> SimulationReplica {
        SimulationReplica(SimulationFile(workspace: named("desk"), user: named(user), replica: named(replica)))
    }

    /// Records a new event on what the file shows.
    @discardableResult
    mutating func record(_ replica: inout SimulationReplica, _ title: String = "talks") -> ChangeID {
        let id = random.changeID()
        replica.file.record(
            [ChangeOperation("event", .create(id: nil, fields: [.init("title", .string(title))]))], base: replica.file.screen().base,
            id: id, at: server.now)
        return id
    }

    /// Syncs until it is over, or, while live, until nothing moves.
    ///
    /// - Parameter passing: what becomes of the bytes that the server sends.
    /// - Returns: the session.
    @discardableResult
    mutating func sync(
        _ replica: inout SimulationReplica, live: Bool = false, lineByLine: Bool = false, passing: ([UInt8]) -> [UInt8] = { $0 }
    ) -> SessionID {
        let id = server.accept()
        replica.start(live: live, limits: limits, key: Self.key, now: server.now)
        run(&replica, id, lineByLine: lineByLine, passing: passing)
        return id
    }

    /// Lets everything that is under way on a connection go its way.
    mutating func run(
        _ replica: inout SimulationReplica, _ id: SessionID, lineByLine: Bool = false, passing: ([UInt8]) -> [UInt8] = { $0 }
    ) {
        while replica.isTalking {
            var moved = false
            if !replica.sent.isEmpty, !server.paused.contains(id) {
                let sent = replica.sent
                replica.sent = []
                server.receive(sent, from: id)
                moved = true
            }
            if !server.isIdle || !server.jobs.isEmpty {
                server.settle()
                moved = true
            }
            let waiting = server.written[id] ?? []
            let line = lineByLine ? waiting.firstIndex(of: UInt8(ascii: "\n")) : nil
            let bytes = server.take(id, line.map { $0 + 1 } ?? .max)
            if !bytes.isEmpty {
                replica.handle(.bytes(passing(bytes)), server.now)
                moved = true
            } else if server.closing.contains(id) {
                replica.handle(.disconnected("closed"), server.now)
                moved = true
            }
            while !replica.storage.isEmpty {
                replica.store(key: Self.key, server.now)
                moved = true
            }
            if !moved { return }
        }
        server.closed(id)
    }

    var lines: [[UInt8]] { server.disk.lines(of: named("desk")) }
}

extension SimulationReplica {
    /// How the last conversation ended: a stop, "done", or "talking".
    var outcome: String {
        switch ended {
        case nil: "talking"
        case .some(nil): "done"
        case .some(.some(let stop)):
            switch stop {
            case .twin(_, let n): "twin \(n)"
            case .pushStopped(_, let n, let code): "\(code.rawValue) \(n)"
            case .badEntry(let seq, _): "bad entry \(seq)"
            case .serverBehind(let seq, let have): "behind \(seq) \(have)"
            case .fork(let seq): "fork \(seq)"
            case .server(let code, _, _): "server \(code)"
            case .tooLong(_, let n, _): "too long \(n)"
            case .otherLog: "other log"
            case .otherServer: "other server"
            case .unsupported: "unsupported"
            case .protocolBroken: "protocol broken"
            case .disconnected: "disconnected"
            case .storage: "storage"
            }
        }
    }
}
