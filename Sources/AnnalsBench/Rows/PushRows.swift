/// Durable pushes: how many changes a second, and how long one waits for its acknowledgement.
enum PushRows {
    static func all(_ peers: Peers) -> [Row] { [push8(peers), push1(peers), lone(peers), push64(peers), openLoop(peers)] }

    static func push8(_ peers: Peers) -> Row {
        let push = Peers.Push(connections: 8, perPush: 100, inFlight: 4, changes: peers.options.size(400_000, quick: 80_000))
        var contenders = [peers.annals(push), peers.sqlite(push, batch: 1000), peers.floor(push, batch: 1000), peers.bytesAndHashes(push)]
        if peers.options.hasPeers { contenders += [peers.redis(push), peers.postgres(push)] }
        return Row(
            name: "push8", title: "durable push, 8 connections × 100 changes, 4 pushes in flight", contenders: contenders,
            targets: [
                .atLeast(1.3, times: "SQLite", "rate", words: "≥ 1.3 × raw SQLite, a row per change, batch 1000, FULL"),
                .atLeast(1.5, times: "Redis", "rate", words: "≥ 1.5 × Redis, 8 connections, pipeline 100"),
                .atLeast(1.5, times: "PostgreSQL", "rate", words: "≥ 1.5 × PostgreSQL, 8 connections, INSERT of 100 rows"),
            ],
            remark: "\(push.changes) changes a run; fdatasync: the same bytes, synced every 1000 lines; "
                + "bytes and hashes: the same client, three SHA-256 a change, synced before each answer, and nothing else")
    }

    static func push1(_ peers: Peers) -> Row {
        let push = Peers.Push(connections: 1, perPush: 1000, inFlight: 2, changes: peers.options.size(300_000, quick: 60_000))
        return Row(
            name: "push1", title: "durable push, 1 connection × 1000, 2 in flight",
            contenders: [
                peers.annals(push), peers.sqlite(push, batch: 1000), peers.floor(push, batch: 1000), peers.bytesAndHashes(push),
            ],
            targets: [.atLeast(1.0, times: "SQLite", "rate", words: "≥ 1.0 × raw SQLite as above")], remark: "\(push.changes) changes a run"
        )
    }

    static func lone(_ peers: Peers) -> Row {
        let push = Peers.Push(connections: 1, perPush: 1, inFlight: 1, changes: peers.options.size(3000, quick: 600))
        return Row(
            name: "lone", title: "one change, one connection, one in flight: p50 ack",
            contenders: [
                peers.annals(push, metric: "p50", unit: "ms"), peers.sqlite(push, batch: 1, metric: "p50", unit: "ms"),
                peers.floor(push, batch: 1, metric: "p50", unit: "ms"),
            ],
            targets: [.atMost(1.5, times: "SQLite", "p50", words: "≤ 1.5 × p50 of a raw SQLite FULL one-row commit")],
            remark: "\(push.changes) changes a run")
    }

    static func push64(_ peers: Peers) -> Row {
        let push = Peers.Push(connections: 64, perPush: 1, inFlight: 1, changes: peers.options.size(60_000, quick: 12_000))
        return Row(
            name: "push64", title: "64 connections × 1 change",
            contenders: [peers.annals(push), peers.floor(push, batch: 64), peers.bytesAndHashes(push)]
                + (peers.options.hasPeers ? [peers.redis(push)] : []),
            targets: [.atLeast(1.2, times: "Redis", "rate", words: "≥ 1.2 × Redis with 64 connections, pipeline 1")],
            remark: "\(push.changes) changes a run; fdatasync: synced every 64 lines")
    }

    static func openLoop(_ peers: Peers) -> Row {
        let push = Peers.Push(connections: 50, perPush: 10, inFlight: 100, changes: peers.options.size(500_000, quick: 100_000))
        let annals = peers.annals(push, metric: "max", unit: "ms", more: ["pace": 50_000])
        let floor = peers.bytesAndHashes(push, metric: "max", unit: "ms", more: ["pace": 50_000])
        return Row(
            name: "open", title: "open loop at 50,000 changes/s: longest ack, p99, p99.9", contenders: [annals, floor],
            targets: [
                Target(text: "p99 in ms, published", check: .published("Annals", "p99")),
                Target(text: "p99.9 in ms, published", check: .published("Annals", "p999")),
                .limit(50, "max", "no stall over 50 ms (longest wait for an ack)"),
            ], remark: "50 connections with pushes of 10, \(push.changes) changes a run; from the moment that a push was due")
    }
}
