import AnnalsTesting
import Testing

@testable import AnnalsModel

@Suite("The stored state of an entity")
struct FoldStateTests {
    private func entities(_ seed: UInt64) -> [Entity] {
        var random = SimulationRandom(seed: seed)
        return history(&random).0.entities.values.sorted { $0.id < $1.id }
    }

    private func state(_ fold: borrowing Fold, _ id: ItemID, isOutside: (Int32) -> Bool = { _ in false }) -> [UInt8] {
        var writer = FoldStateWriter()
        var bytes: [UInt8] = []
        if let place = fold.place(of: id) { writer.write(fold, at: place, into: &bytes, isOutside: isOutside) }
        return bytes
    }

    @Test("reads back as the very same entity", arguments: 0..<200 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        let entities = entities(seed)
        let fold = Fold(vocabulary: .test, entities: entities)
        for entity in entities {
            var other = Fold(vocabulary: .test)
            try state(fold, entity.id).withUnsafeBytes { try other.load(state: $0, of: entity.id, kind: entity.kind) }
            let read = other.entity(entity.id)
            #expect(read == entity)
        }
    }

    @Test("takes a value that is kept elsewhere from there")
    func outside() throws {
        var story = Story()
        let thing = story.write("aliya", create("one", ("fixed", "so"))).item
        var fold = Fold(vocabulary: .test, entities: story.entities.values)
        let fixed = fold.fieldNumber("fixed")
        let bytes = state(fold, thing) { $0 == fixed }
        let whole = state(fold, thing)
        #expect(bytes.count < whole.count)
        var other = Fold(vocabulary: .test)
        try bytes.withUnsafeBytes { raw in
            try other.load(state: raw, of: thing, kind: "thing") { $0 == "fixed" ? Array(#""so""#.utf8) : nil }
        }
        let read = other.entity(thing)
        #expect(read == story[thing])
        var missing = Fold(vocabulary: .test)
        let isRefused = (try? bytes.withUnsafeBytes { try missing.load(state: $0, of: thing, kind: "thing") }) == nil
        #expect(isRefused)
    }

    @Test("that is damaged is an error or another state, and never stops the program", arguments: 0..<20 as Range<UInt64>)
    func damage(seed: UInt64) {
        var random = SimulationRandom(seed: seed)
        let entities = entities(seed)
        let fold = Fold(vocabulary: .test, entities: entities)
        for entity in entities {
            let bytes = state(fold, entity.id)
            for cut in stride(from: 0, to: bytes.count, by: 7) {
                var other = Fold(vocabulary: .test)
                let isRead = (try? bytes[..<cut].withUnsafeBytes { try other.load(state: $0, of: entity.id, kind: "thing") }) != nil
                #expect(!isRead)
            }
            for _ in 0..<100 {
                var broken = bytes
                broken[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.below(256))
                var other = Fold(vocabulary: .test)
                if (try? broken.withUnsafeBytes { try other.load(state: $0, of: entity.id, kind: "thing") }) != nil {
                    _ = other.entity(entity.id)
                    _ = other.place(of: entity.id).map { other.summary(at: $0) }
                }
            }
        }
    }

    @Test("a summary says what the entity says", arguments: 0..<200 as Range<UInt64>)
    func summary(seed: UInt64) throws {
        let entities = entities(seed)
        let fold = Fold(vocabulary: .test, entities: entities)
        for entity in entities {
            guard let place = fold.place(of: entity.id) else { throw DamagedFoldState() }
            let summary = fold.summary(at: place)
            #expect(summary.created == entity.created && summary.kind == entity.kind)
            #expect(summary.isPresent == entity.isPresent)
            #expect(summary.hasConflicts == !entity.conflicts(.test).isEmpty)
            #expect(summary.hasNotices == (entity.created != nil && (!entity.ignored.isEmpty || !entity.overwrites(.test).isEmpty)))
        }
    }
}
