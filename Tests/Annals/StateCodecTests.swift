import AnnalsModel
import AnnalsWire
import Testing

@testable import Annals

@Suite struct StateCodecTests {
    /// A fold of random operations by three people on few entities, with all that can stand in a state.
    static func entities(_ seed: UInt64) -> [Entity] {
        var dice = Dice(seed)
        var fold = Fold()
        let names = ["aliya", "bek", "chen"].map { Name($0)! }
        var items: [ItemID] = []
        for number in 1...80 {
            let id = ChangeID(random: UInt16(truncatingIfNeeded: dice.next()), dice.next())
            let author = names.randomElement(using: &dice)!
            var operations: [ChangeOperation] = []
            for index in 1...Int.random(in: 1...4, using: &dice) {
                guard let on = items.randomElement(using: &dice), Int.random(in: 0..<4, using: &dice) > 0 else {
                    operations.append(
                        ChangeOperation(
                            "event",
                            .create(
                                id: nil,
                                fields: [
                                    .init("key", .string("K\(number)")), .init("title", .string("ти\u{0}tle \(number)")),
                                    .init("when", ["edtf": "2025"]),
                                ])))
                    items.append(ItemID(id, index))
                    continue
                }
                let seen = fold.entities[on]
                let action: ChangeOperation.Action
                switch Int.random(in: 0..<10, using: &dice) {
                case 0: action = .retract(on: on)
                case 1: action = .restore(on: on)
                case 2: action = .code(on: on, field: "coding", value: ["type": "AID", "mode": [1, -5, true, .null]])
                case 3: action = .add(on: on, field: "tags", value: .string("t\(number % 3)"))
                case 4: action = .remove(on: on, field: "tags", elements: seen?.elements["tags"]?.map(\.id) ?? [])
                case 5: action = .retractElements(on: on, field: "unheard-of", elements: [ItemID(id, 9)])
                case 6: action = .set(on: on, field: "key", value: "no effect")
                case 7:
                    let heads = seen?.cells[.init("when")]?.heads.map(\.stamp.id) ?? []
                    action = .resolve(on: on, field: "when", value: ["edtf": "2024"], closes: heads)
                default: action = .set(on: on, field: "when", value: ["edtf": .string("20\(10 + number % 30)")])
                }
                operations.append(ChangeOperation("event", action))
            }
            let base = Int64.random(in: 0..<Int64(number), using: &dice)
            let change = Change(
                id: id, n: Int64(number), prev: nil, base: Base(seq: base, hash: nil),
                at: Instant(milliseconds: Int64(number) - 20), operations: operations)
            if number > 70 {
                fold.apply(pending: change, author: author, replica: author)
            } else {
                fold.apply(
                    Entry(
                        seq: Int64(number), at: change.at, author: author, replica: author, body: .change(change, hash: ShortHash(word: 1)))
                )
            }
        }
        return fold.entities.values.sorted { $0.id < $1.id }
    }

    @Test("a stored state reads back as the very same entity", arguments: [UInt64](1...20))
    func roundTrip(seed: UInt64) throws {
        let entities = Self.entities(seed)
        #expect(entities.contains { !$0.conflicts(.current).isEmpty })
        #expect(entities.contains { !$0.ignored.isEmpty })
        for entity in entities {
            let bytes = EntityState.write(entity)
            #expect(try EntityState.read(bytes, id: entity.id, kind: entity.kind) == entity)
        }
    }

    @Test("damaged bytes are an error or another state, never a crash")
    func damage() throws {
        var dice = Dice(7)
        for entity in Self.entities(3) {
            let bytes = EntityState.write(entity)
            for cut in stride(from: 0, to: bytes.count, by: 7) {
                #expect(throws: DamagedState.self) { try EntityState.read(Array(bytes[..<cut]), id: entity.id, kind: "event") }
            }
            for _ in 0..<200 {
                var broken = bytes
                broken[Int.random(in: 0..<bytes.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
                _ = try? EntityState.read(broken, id: entity.id, kind: "event")
            }
        }
    }

    @Test("a state costs little more than what it says")
    func size() throws {
        let change = Change(
            id: ChangeID("0123456789abcdef")!, n: 1, prev: nil, base: Base(seq: 0, hash: nil), at: Instant(milliseconds: 0),
            operations: [
                ChangeOperation("event", .create(id: nil, fields: [.init("title", "Agreement"), .init("occurrence", "happened")]))
            ])
        var fold = Fold()
        fold.apply(pending: change, author: Name("aliya")!, replica: Name("r1")!)
        #expect(EntityState.write(fold.entities.values.first!).count < 120)
    }
}
