internal import AnnalsCore
internal import AnnalsModel
internal import AnnalsWire

/// A random run: steps with faults, then a time without them in which everything must come to its end.
extension SimulationWorld {
    /// Runs so many steps, heals, and checks every promise.
    public mutating func run(steps: Int, faults: Faults) {
        for _ in 0..<steps { step(faults) }
        heal()
        check()
    }

    private mutating func step(_ faults: Faults) {
        let index = random.below(replicas.count)
        server.now = server.now.advanced(byMilliseconds: Int64(random.below(40)))
        switch random.below(1000) {
        case 0..<240: act(index)
        case 240..<800: work()
        case 800..<880: connect(index, live: random.percent(70))
        case 880..<900: if replicas[index].isTalking { replicas[index].handle(.outboxChanged, server.now); collect(index) }
        case 900..<930: if faults.contains(.cuts) { cut(index, crashing: false) }
        case 930..<945: if faults.contains(.replicaCrashes) { cut(index, crashing: true); replicas[index].crash() }
        case 945..<955: if faults.contains(.serverCrashes) { restartServer(roles: faults.contains(.roles) ? someRoles() : [:]) }
        case 955..<965: backups.append((index, replicas[index].file))
        case 965..<972: if faults.contains(.restores) { restore() }
        case 972..<977: if faults.contains(.copies), replicas.count < 6 { replicas.append(SimulationReplica(replicas[index].file)) }
        case 977..<990:
            if faults.contains(.diskFull), case .begun = server.commit { server.write(failing: true); met.insert("failed commit") }
        case 990..<994:
            if faults.contains(.replicaDiskFull) {
                replicas[index].store(failing: true, key: key, server.now)
                collect(index)
            }
        default: server.tick()
        }
    }

    private mutating func someRoles() -> [Name: Role] {
        var roles: [Name: Role] = [:]
        for replica in replicas where random.percent(20) { roles[replica.file.user] = .reader }
        return roles
    }

    /// A file is put back from a backup of it.
    private mutating func restore() {
        guard let (index, file) = random.pick(backups) else { return }
        cut(index, crashing: true)
        replicas[index].crash()
        acknowledged.formUnion(replicas[index].acknowledged)
        replicas[index] = SimulationReplica(file)
        screens[index] = nil
    }

    /// One thing that wires and disks may do now.
    ///
    /// - Returns: false where nothing is left to do.
    @discardableResult
    mutating func work() -> Bool {
        var choices: [Work] = []
        for (index, wire) in wires.enumerated() {
            let waiting = server.written[wire.id]?.isEmpty == false
            if !wire.toServer.isEmpty, !server.paused.contains(wire.id), !server.closing.contains(wire.id) {
                choices.append(.toServer(index))
            }
            if waiting { choices.append(.toReplica(index)) }
            let isServerDone = server.closing.contains(wire.id) && !waiting
            if isServerDone || (wire.replica == nil && wire.toServer.isEmpty) { choices.append(.close(index)) }
        }
        for index in replicas.indices where !replicas[index].storage.isEmpty { choices.append(.store(index)) }
        for index in server.jobs.indices { choices.append(.answer(index)) }
        if !server.isIdle { choices.append(.commit) }
        guard let choice = random.pick(choices) else { return false }
        perform(choice)
        return true
    }

    private enum Work {
        case toServer(Int), toReplica(Int), close(Int), store(Int), answer(Int), commit
    }

    private mutating func perform(_ work: Work) {
        switch work {
        case .toServer(let wire): deliverToServer(wire)
        case .toReplica(let wire): deliverToReplica(wire)
        case .close(let wire): close(wire)
        case .store(let index):
            replicas[index].store(key: key, server.now)
            collect(index)
        case .answer(let index): server.answer(index)
        case .commit: if case .begun = server.commit { server.write() } else { server.announce() }
        }
    }

    /// Goes on without faults until nothing moves.
    public mutating func drain() {
        for _ in 0..<40_000 where !work() { return }
        violations.append("it does not come to rest")
    }

    /// All faults end; everyone connects until all is done, or nothing changes any more.
    public mutating func heal() {
        restartServer()
        for round in 0..<6 {
            for index in replicas.indices {
                cut(index, crashing: false)
            }
            drain()
            for index in replicas.indices { connect(index, live: round == 0) }
            drain()
            if round > 0, replicas.allSatisfy({ $0.ended != nil }) { return }
        }
        violations.append("a sync does not end")
    }
}
