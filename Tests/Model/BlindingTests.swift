import AnnalsModel
import Testing

@Suite("What a blind coder is not shown of a change") struct BlindingTests {
    private static let (aliya, ben) = (Name("aliya")!, Name("ben")!)
    private static let item = ItemID("0000000000000001-1")!
    private let blind = Blinding(reader: ben, .current)

    private func covered(_ operations: [ChangeOperation], by author: Name = aliya) -> Change {
        let change = Change(
            id: ChangeID("0000000000000002")!, n: 1, prev: nil, base: Base(seq: 0, hash: nil), at: Instant(milliseconds: 0), why: "because",
            operations: operations)
        return blind.covering(change, by: author) { _ in nil }
    }

    @Test(
        "a judgment of an item that is not here is hidden, and one in a field that is not known, each with its reason",
        arguments: [
            ChangeOperation("event", .code(on: item, field: "coding", value: ["type": "AID"])),
            ChangeOperation("event", .code(on: item, field: "verdict", value: "guilty")),
            ChangeOperation("treaty", .code(on: item, field: "verdict", value: "guilty")),
            ChangeOperation("event", .set(on: item, field: "adjudicated", value: ["type": "AID"])),
            ChangeOperation("event", .create(id: nil, fields: [.init("adjudicated", ["type": "AID"])])),
            ChangeOperation("event", .resolve(on: item, field: "adjudicated", value: ["type": "AID"], closes: [item])),
        ])
    func hidden(_ operation: ChangeOperation) {
        let change = covered([operation])
        #expect(change.operations[0] != operation && change.why == nil)
        #expect(covered([operation], by: Self.ben).operations == [operation])
    }

    @Test("what judges nothing shows, and one's own change whole; a judgment taken back shows that, and not why")
    func shown() {
        let title = ChangeOperation("event", .set(on: Self.item, field: "title", value: "x"))
        #expect(covered([title]).operations == [title] && covered([title]).why == "because")
        let cleared = ChangeOperation("event", .code(on: Self.item, field: "coding", value: .null))
        #expect(covered([cleared]).operations == [cleared] && covered([cleared]).why == nil)
        #expect(covered([cleared], by: Self.ben).why == "because")
    }

    @Test(
        "others' codings show once one's own is submitted and not while it is a draft; a judgment that has no draft opens as it is recorded"
    )
    func opens() {
        func entity(_ kind: String, _ field: String, _ own: Value) -> Entity {
            var entity = Entity(id: Self.item, kind: kind)
            for (author, value) in [(Self.aliya, Value.object([("type", "AID")])), (Self.ben, own)] {
                let stamp = Stamp(
                    id: Self.item, seq: 1, author: author, replica: author, n: 1, index: 1, base: 0, written: Instant(milliseconds: 0))
                entity.cells[Entity.CellKey(field, author)] = Cell(heads: [Write(stamp, value)], past: [])
            }
            return entity
        }
        for (own, isHidden) in [
            (Value.object([("type", "AGREE")]), true), (["type": "AGREE", "state": "draft"], true), (.null, true),
            (["type": "AGREE", "state": "submitted"], false),
        ] {
            let event = entity("event", "coding", own)
            #expect(blind.hides("coding", of: "event", judged: event) == isHidden)
            #expect(blind.hides("adjudicated", of: "event", judged: event) == isHidden)
            #expect(blind.covering(event) { _ in event }.codings("coding").contains { $0.author == Self.aliya } != isHidden)
        }
        #expect(!blind.hides("fulfilment", of: "commitment", judged: entity("commitment", "fulfilment", ["degree": 3])))
    }

    @Test(
        "a value that is cited for a hidden field or a part of it is not shown, nor one for a field that is not known; others are",
        arguments: [
            ("coding", true), ("coding.type", true), ("adjudicated.type", true), ("verdict", true), ("when", false), ("place", false),
        ])
    func cited(_ field: String, _ isHidden: Bool) {
        let about: Value = ["item": .string(Self.item.raw), "field": .string(field), "stance": "supports", "value": "COERCE"]
        let citation = ChangeOperation("citation", .add(on: Self.item, field: "about", value: about))
        #expect((covered([citation]).operations == [citation]) != isHidden)
        #expect(covered([citation], by: Self.ben).operations == [citation])
    }

    @Test("a coder's judgment in a field that is not known is hidden in the item too, until the reader has submitted")
    func unknown() {
        var event = Entity(id: Self.item, kind: "event")
        let stamp = Stamp(
            id: Self.item, seq: 1, author: Self.aliya, replica: Self.aliya, n: 1, index: 1, base: 0, written: Instant(milliseconds: 0))
        let verdict = Entity.CellKey("verdict", Self.aliya)
        event.cells[verdict] = Cell(heads: [Write(stamp, "guilty")], past: [])
        #expect(blind.covering(event) { _ in event }.cells[verdict] == nil)
        var judged = event
        judged.cells[Entity.CellKey("coding", Self.ben)] = Cell(heads: [Write(stamp, ["type": "AID", "state": "submitted"])], past: [])
        #expect(blind.covering(event) { _ in judged }.cells[verdict] != nil)
        let resolve = ChangeOperation("event", .resolve(on: Self.item, field: "verdict", value: "guilty", closes: [Self.item]))
        #expect(covered([resolve]).operations != [resolve])
        let existence = ChangeOperation("event", .resolve(on: Self.item, field: "existence", value: "present", closes: [Self.item]))
        #expect(covered([existence]).operations == [existence])
    }
}
