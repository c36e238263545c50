import AnnalsCore
import AnnalsModel
import AnnalsTesting
import AnnalsWire
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// How many random runs: some hundred, or as many as `ANNALS_SIMULATION_RUNS` says, from the seed `ANNALS_SIMULATION_SEED` on.
private func setting(_ name: String, _ otherwise: UInt64) -> UInt64 {
    getenv(name).flatMap { UInt64(String(cString: $0)) } ?? otherwise
}

private func world(seed: UInt64) -> SimulationWorld {
    var world = SimulationWorld(seed: seed)
    for user in ["aliya", "bek", "cem"] { world.addReplica(user: user) }
    let faults = SimulationWorld.Faults(rawValue: Int(world.random.next() & 255))
    world.run(steps: 300, faults: faults)
    return world
}

private let shards: UInt64 = 4

@Test("nothing is lost, applied twice or stuck, whatever the network, the disks and people do", arguments: 0..<shards)
func randomRuns(_ shard: UInt64) {
    let first = setting("ANNALS_SIMULATION_SEED", 1)
    var met: Set<String> = []
    var entries = 0
    for seed in first..<first + setting("ANNALS_SIMULATION_RUNS", 280) where seed % shards == shard {
        let world = world(seed: seed)
        #expect(world.violations.isEmpty, "seed \(seed)")
        entries += world.server.disk.lines(of: world.workspace).count
        met.formUnion(world.met)
    }
    // What the runs are for happens in them.
    for what in ["refusal", "twin", "conflict", "overwrite", "no effect", "known", "failed commit", "long line", "done"] {
        #expect(met.contains(what) || setting("ANNALS_SIMULATION_RUNS", 280) < 200)
    }
    print("random runs, part \(shard), from seed \(first): \(entries) entries; met \(met.sorted().joined(separator: ", "))")
}

@Test("a run is decided by its seed")
func repeats() {
    let (one, other) = (world(seed: 7), world(seed: 7))
    #expect(one.server.disk.lines(of: one.workspace) == other.server.disk.lines(of: other.workspace))
}
