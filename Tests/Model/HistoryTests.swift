import AnnalsTesting
import Testing

@testable import AnnalsModel

/// A random history of one thing: several people and machines, screens old and new, renamed replicas, operations before the create.
func history(_ random: inout SimulationRandom) -> (Story, ItemID) {
    var story = Story()
    let birth = story.nextID()
    let thing = birth.item
    var writes: [ItemID] = []
    var replicas = [("aliya", "a1"), ("aliya", "a2"), ("bek", "b1"), ("cem", "c1")]
    var parents: [String: String] = [:]
    let birthday = random.below(4)
    let fields = ["title", "when", "when", "fixed"]
    func word(_ random: inout SimulationRandom) -> Value { ["x", "y", "z"][random.below(3)] }
    for turn in 0..<(6 + random.below(26)) {
        guard let (author, replica) = random.pick(replicas) else { break }
        if random.percent(6), replicas.count < 7 {
            parents["\(replica)-\(turn)"] = replica
            // Mostly one's own; a chain that goes through another's hands ends there.
            replicas.append((random.percent(80) ? author : "aliya", "\(replica)-\(turn)"))
        }
        let base = random.percent(50) ? story.seq : Int64(random.below(Int(story.seq) + 1))
        var operations: [ChangeOperation] = turn == birthday ? [create("born", ("when", word(&random)))] : []
        for _ in 0..<(1 + random.below(3)) where turn != birthday || random.percent(50) {
            switch random.below(13) {
            case 0...3: operations.append(set(thing, fields[random.below(4)], word(&random)))
            case 4: operations.append(code(thing, word(&random)))
            case 5: operations.append(add(thing, word(&random)))
            case 6: operations.append(remove(thing, random.pick(writes) ?? thing, random.pick(writes) ?? thing))
            case 7: operations.append(append(thing, word(&random)))
            case 8: operations.append(retractElements(thing, random.pick(writes) ?? thing))
            case 9: operations.append(retract(thing))
            case 10: operations.append(restore(thing))
            case 11:
                let existence: Value = random.percent(50) ? "present" : "retracted"
                operations.append(
                    ChangeOperation(
                        "thing", .resolve(on: thing, field: Entity.existenceField, value: existence, closes: some(writes, &random))))
            default:
                operations.append(
                    ChangeOperation(
                        "thing",
                        .resolve(
                            on: thing, field: random.percent(70) ? "when" : "view", value: word(&random), closes: some(writes, &random))))
            }
        }
        if operations.isEmpty { continue }
        let id = story.write(
            author, on: replica, base: base, common: random.percent(10) ? Int64(random.below(Int(base) + 1)) : nil,
            continuing: parents[replica], id: turn == birthday ? birth : nil, operations)
        writes += operations.indices.map { ItemID(id, $0 + 1) }
    }
    return (story, thing)
}

private func some(_ writes: [ItemID], _ random: inout SimulationRandom) -> [ItemID] {
    writes.suffix(12).filter { _ in random.percent(50) } + (writes.isEmpty ? [] : [writes[random.below(writes.count)]])
}

private func definition(_ story: Story, _ thing: ItemID) -> HistoryDefinition {
    var acts: [HistoryDefinition.Act] = []
    for entry in story.entries {
        guard let change = entry.change else { continue }
        for (index, operation) in change.operations.enumerated() where change.entity(ofOperation: index + 1) == thing {
            acts.append(
                .init(
                    stamp: Stamp(
                        id: ItemID(change.id, index + 1), seq: entry.seq, author: entry.author, replica: entry.replica,
                        n: change.n, index: index + 1, base: min(change.base.seq, entry.common?.seq ?? .max), written: change.at),
                    operation: operation, hash: entry.link.hash, prev: entry.link.prev))
        }
    }
    return HistoryDefinition(acts, story.entries, story.vocabulary)
}

@Test("folding step by step gives what the definitions say of the whole history", arguments: 0..<4)
func foldIsTheDefinition(_ part: UInt64) {
    var contested = 0
    for seed in UInt64(0)..<500 {
        var random = SimulationRandom(seed: part << 32 | seed)
        let (story, thing) = history(&random)
        let (entity, defined) = (story[thing], definition(story, thing))
        for key in Set(entity.cells.keys).union(defined.cells.keys) {
            let heads = entity.cells[key]?.heads ?? []
            #expect(heads == defined.heads(defined.cells[key] ?? []), "part \(part), seed \(seed), \(key.field)")
            if Set(heads.map(\.value)).count > 1 { contested += 1 }
        }
        #expect(entity.existence.heads == defined.heads(defined.existence), "part \(part), seed \(seed), existence")
        #expect(entity.elements.mapValues { $0.map(\.id) } == defined.elements, "part \(part), seed \(seed), elements")
        #expect(entity.ignored == defined.ignored, "part \(part), seed \(seed), writes without effect")
    }
    #expect(contested > 100, "the histories are too tame")
}

@Test("the same log folds to the same entities, however it is grouped, put away and taken out again", arguments: 0..<4)
func grouping(_ part: UInt64) {
    for seed in UInt64(0)..<100 {
        var random = SimulationRandom(seed: part << 32 | seed)
        let (story, _) = history(&random)
        var kept: [ItemID: Entity] = [:]
        var lineage = Lineage()
        var chain: [ShortHash: Lineage.Ancestor] = [:]
        var rest = story.entries[...]
        while !rest.isEmpty {
            let group = rest.prefix(1 + random.below(6))
            rest = rest.dropFirst(group.count)
            let touched = Set(group.flatMap { $0.change?.entities ?? [] })
            var fold = Fold(
                vocabulary: .test, lineage: lineage,
                entities: touched.compactMap { kept[$0] }.map {
                    Entity(
                        id: $0.id, kind: $0.kind, created: $0.created, ordinal: $0.ordinal, immutable: $0.immutable,
                        existence: Cell(heads: $0.existence.heads, past: $0.existence.past), cells: $0.cells, elements: $0.elements,
                        absent: $0.absent, ignored: $0.ignored)
                })
            for entry in group {
                fold.apply(entry) { chain[$0] }
                chain[entry.link.hash] = .init(replica: entry.replica, n: entry.link.n, author: entry.author)
            }
            kept.merge(fold.entities) { $1 }
            lineage = fold.lineage
        }
        #expect(kept == story.entities, "part \(part), seed \(seed)")
    }
}

@Test("an entity that is revised for long stays small while nobody retracts it")
func staysSmall() {
    var story = Story()
    let thing = story.write("aliya", create()).item
    for _ in 0..<200 { story.write("bek", set(thing, "title", "again"), add(thing, "x")) }
    #expect(story[thing].existence.past.isEmpty)
    #expect(story[thing].cells[.init("title")]?.past.isEmpty == true)
}
