internal import AnnalsCore
public import AnnalsModel
public import AnnalsWire

/// One server and several replica files, with wires that cut at any byte, split and delay, and disks that fail: a run is
/// decided by its seed.
public struct SimulationWorld: Sendable {
    /// What may go wrong in a run.
    public struct Faults: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        public static let cuts = Faults(rawValue: 1)
        public static let serverCrashes = Faults(rawValue: 2)
        public static let diskFull = Faults(rawValue: 4)
        public static let copies = Faults(rawValue: 8)
        public static let restores = Faults(rawValue: 16)
        public static let roles = Faults(rawValue: 32)
        public static let replicaCrashes = Faults(rawValue: 64)
        public static let replicaDiskFull = Faults(rawValue: 128)
        public static let all = Faults(rawValue: 255)
    }

    /// A connection's way to the server; the way back is what the server has written.
    struct Wire: Sendable {
        var id: SessionID
        /// The replica at the other end; nil when it has gone and only what it had sent is still on its way.
        var replica: Int?
        var toServer: [UInt8] = []
    }

    public let workspace: Name
    public let key: SimulationKey
    public let limits: Limits
    public var random: SimulationRandom
    public var server: SimulationServer
    public var replicas: [SimulationReplica] = []
    /// For each change, those that its author had seen.
    public var truth: [ChangeID: Set<ChangeID>] = [:]
    /// Ids that were acknowledged to files that were overwritten since.
    public var acknowledged: Set<ChangeID> = []
    /// What happened in the run, so that a test sees whether runs are what they are for.
    public var met: Set<String> = []
    /// What broke a promise.
    public var violations: [String] = []
    var wires: [Wire] = []
    var screens: [Int: SimulationFile.Screen] = [:]
    var backups: [(replica: Int, file: SimulationFile)] = []
    var lastSession: UInt64 = 0
    var runs = 0

    public init(seed: UInt64, limits: Limits = SimulationWorld.tightLimits) {
        random = SimulationRandom(seed: seed)
        self.limits = limits
        workspace = named("desk")
        key = SimulationKey("server")
        var disk = SimulationDisk()
        disk.create(workspace, log: "5eed")
        server = SimulationServer(
            configuration: .init(limits: limits, allowsDevelopmentUsers: true, nonce: "0"), key: key, disk: disk,
            now: Instant(milliseconds: 1_754_700_000_000))
    }

    /// Limits so small that every one of them is met in a short run.
    public static var tightLimits: Limits {
        var limits = Limits()
        limits.changeBytes = 3000
        limits.batchLines = 5
        limits.turnBytes = 900
        limits.groupBytes = 2000
        limits.unacknowledgedChanges = 6
        limits.pullCreditBytes = 1500
        limits.peerOutputBytes = 2500
        return limits
    }

    /// Adds a new, empty file.
    @discardableResult
    public mutating func addReplica(user: String) -> Int {
        let number = replicas.count + 1
        replicas.append(
            SimulationReplica(SimulationFile(workspace: workspace, user: named(user), replica: named("r\(number)"))))
        return replicas.count - 1
    }

    // MARK: Wires

    public mutating func connect(_ index: Int, live: Bool) {
        guard !replicas[index].isTalking, replicas[index].storage.isEmpty else { return }
        lastSession += 1
        let id = server.accept(id: lastSession)
        wires.append(Wire(id: id, replica: index))
        replicas[index].start(live: live, limits: limits, key: key, now: server.now)
        collect(index)
    }

    /// Puts what a replica's machine has sent on its wire, and lets go of the wire when the machine is done.
    mutating func collect(_ index: Int) {
        guard let wire = wires.firstIndex(where: { $0.replica == index }) else { return }
        wires[wire].toServer += replicas[index].sent
        replicas[index].sent = []
        guard !replicas[index].isTalking else { return }
        wires[wire].replica = nil
        if case .some(nil) = replicas[index].ended, replicas[index].file.outbox.contains(where: { $0.state != .queued }) {
            violations.append("replica \(index): done, and the stream has not brought what it sent")
        }
    }

    /// The connection breaks: of what was on its way to the server some may still arrive.
    mutating func cut(_ index: Int, crashing: Bool) {
        guard let wire = wires.firstIndex(where: { $0.replica == index }) else { return }
        wires[wire].toServer = Array(wires[wire].toServer.prefix(random.below(wires[wire].toServer.count + 1)))
        wires[wire].replica = nil
        if crashing { replicas[index].crash() } else { replicas[index].handle(.disconnected("cut"), server.now) }
        replicas[index].sent = []
    }

    mutating func deliverToServer(_ wire: Int) {
        let waiting = wires[wire].toServer
        let count = random.percent(50) ? waiting.count : 1 + random.below(waiting.count)
        wires[wire].toServer = Array(waiting.dropFirst(count))
        server.receive(Array(waiting.prefix(count)), from: wires[wire].id)
    }

    mutating func deliverToReplica(_ wire: Int) {
        let (id, index) = (wires[wire].id, wires[wire].replica)
        let waiting = server.written[id]?.count ?? 0
        let bytes = server.take(id, random.percent(50) ? .max : 1 + random.below(waiting))
        guard let index else { return }
        replicas[index].handle(.bytes(bytes), server.now)
        collect(index)
    }

    /// Ends a connection whose one side is done and has nothing more on its way.
    mutating func close(_ wire: Int) {
        let gone = wires.remove(at: wire)
        server.closed(gone.id)
        guard let index = gone.replica else { return }
        replicas[index].handle(.disconnected("closed"), server.now)
        replicas[index].sent = []
    }

    /// The server's process ends and starts again on what is on its disk.
    public mutating func restartServer(roles: [Name: Role] = [:]) {
        if random.percent(50) { server.write() }
        if server.knownAnswers > 0 { met.insert("known") }
        for wire in wires.indices.reversed() {
            if let index = wires[wire].replica {
                replicas[index].handle(.disconnected("server gone"), server.now)
                replicas[index].sent = []
            }
        }
        wires = []
        runs += 1
        server = SimulationServer(
            configuration: .init(limits: limits, allowsDevelopmentUsers: true, roles: roles, nonce: "\(runs)"), key: key,
            disk: server.disk, now: server.now)
    }
}

/// The name that a literal in a test is.
public func named(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("\(text) is no name") }
    return name
}
