import AnnalsModel
import EDTF
import Testing

@testable import Annals

@Suite("Items that are said to be the same count as one in what is derived, until they are parted")
struct DoublesTests {
    private var two: TwoReplicas
    private var replica: Replica { two.golden }

    init() throws { two = try TwoReplicas(withArticle: true) }

    private func id(_ name: String) throws -> ItemID {
        let parts = name.split(separator: "#").map(String.init)
        return try #require(try replica.view().entities(kind: parts[0], where: .equals("key", .string(parts[1]))).first?.id, "\(name)")
    }

    /// Links two items, and returns what parts them.
    private func merge(_ a: ItemID, _ b: ItemID) throws -> ItemID {
        try replica.quickly {
            try $0.create("relation", fields: [("from", .string(a.raw)), ("type", "same_as"), ("to", .string(b.raw))])
        }
    }

    private func signedInstrument() throws -> ItemID {
        try replica.quickly {
            try $0.create(
                "instrument", fields: [("title", "The peace agreement"), ("statuses", [["status": "signed", "date": "2025-12-01"]])])
        }
    }

    private func part(_ link: ItemID) throws { try replica.quickly { try $0.retract(link) } }

    private func line(_ key: String, on day: String = "2025-09-01") throws -> LedgerLine? {
        try replica.view().ledger(on: #require(try EDTF(day).earliest)).first { $0.commitment.shown("key")?.string == key }
    }

    @Test("a commitment recorded twice is one line with the passages, conditions and judgments of both")
    mutating func commitments() throws {
        let (first, event) = (try id("commitment#C01"), try id("event#E02"))
        let double = try replica.quickly { edit in
            let double = try edit.create("commitment", fields: [("text", "Set up a group"), ("key", "C01b")])
            try edit.add(double, "conditions", ["kind": "requires", "what": ["text": "a decree"]])
            return double
        }
        try two.exchange()
        try two.bek.quickly { try $0.code(double, "fulfilment", ["degree": 3]) }
        try two.exchange()
        let count = try replica.view().ledger(on: #require(try EDTF("2025-09-01").earliest)).count
        let link = try merge(double, first)
        let merged = try #require(try line("C01"))
        #expect(try replica.view().ledger(on: #require(try EDTF("2025-09-01").earliest)).count == count - 1)
        #expect(merged.standing.state == .met && merged.standing.conditions.count == 1 && merged.standing.anchors == [event])
        #expect(merged.evidence.count == 2)
        #expect(
            try replica.view().line(#require(try replica.view().entity(double)), on: #require(try EDTF("2025-09-01").earliest)).standing
                .state == .met)
        try part(link)
        #expect(try line("C01")?.standing.state == .pending && line("C01b")?.standing.state == .met)
    }

    @Test("the date of an event's double counts for a deadline that follows the event, and both dates make it disputed")
    func anchors() throws {
        let double = try replica.quickly { try $0.create("event", fields: [("title", "Signed"), ("when", ["edtf": "2025-09-01"])]) }
        let link = try merge(double, id("event#E02"))
        let standing = try #require(try line("C01")).standing
        #expect(standing.isDisputed && standing.deadline?.description == "2026-02-07..2026-03-01")
        try part(link)
        #expect(try line("C01")?.standing.deadline?.description == "2026-02-07..2026-02-08")
    }

    @Test("two who recorded one commitment and its event each do not disagree once both are merged")
    func both() throws {
        let (event, commitment) = try replica.quickly { edit in
            let event = try edit.create("event", fields: [("title", "Signed"), ("when", ["edtf": "[2025-08-07..2025-08-08]"])])
            let conditions: Value = [["kind": "after", "what": ["item": .string(event.raw)]]]
            let deadline: Value = ["duration": "P6M", "relation": "within", "anchor": .string(event.raw), "basis": "stated"]
            let commitment = try edit.create(
                "commitment", fields: [("text", "Set up a group"), ("deadline", deadline), ("conditions", conditions)])
            try edit.add(
                try id("commitment#C01"), "conditions", ["kind": "after", "what": ["item": .string(try id("event#E02").raw)]])
            return (event, commitment)
        }
        let basis = try #require(try replica.view().entity(id("commitment#C01"))?.shown("deadline")?["basis"])
        try replica.quickly { edit in
            try edit.set(
                commitment, "deadline", ["duration": "P6M", "relation": "within", "anchor": .string(event.raw), "basis": basis])
        }
        _ = try merge(commitment, id("commitment#C01"))
        #expect(try line("C01")?.standing.isDisputed == true)
        _ = try merge(event, id("event#E02"))
        let standing = try #require(try line("C01")).standing
        #expect(try !standing.isDisputed && standing.anchors == [id("event#E02")] && standing.conditions.count == 1)
        #expect(standing.sides.count == 1 && standing.sides[0].anchor?.description == "2025-08-07..2025-08-08")
    }

    @Test("who acts under another name has accepted, and is listed once")
    func actors() throws {
        let double = try replica.quickly { edit in
            let actor = try edit.create("actor", fields: [("names", [["text": "The two foreign ministers"]])])
            try edit.add(try id("commitment#C01"), "obligors", .string(actor.raw))
            return actor
        }
        #expect(try line("C01")?.standing.notAcceptedBy == [double])
        let link = try merge(id("actor#A03"), double)
        #expect(try line("C01")?.standing.notAcceptedBy == [] && line("C01")?.standing.acceptedBy.count == 2)
        try part(link)
        #expect(try line("C01")?.standing.notAcceptedBy == [double])
    }

    @Test("a status of an instrument's double is one of the instrument")
    func instruments() throws {
        let double = try signedInstrument()
        let agreement = try id("instrument#I06")
        let count = try replica.view().instruments().count
        func status(_ id: ItemID) throws -> String? {
            let view = try replica.view()
            return try view.history(of: #require(try view.entity(id))).current()?.status
        }
        let link = try merge(double, agreement)
        #expect(try status(agreement) == "signed" && status(double) == "signed" && replica.view().instruments().count == count - 1)
        try part(link)
        #expect(try status(agreement) == "initialed" && replica.view().instruments().count == count)
    }

    @Test("one source under two names is one, and what is cited for an event's double is cited for the event")
    func sources() throws {
        let event = try id("event#E07")
        let sources = try ["AzerNews", "Azernews.az"].map { name in
            try replica.quickly { try $0.create("source", fields: [("name", .string(name))]) }
        }
        let double = try replica.quickly { try $0.create("event", fields: [("title", "Initialed")]) }
        for (index, (source, about)) in zip(sources, [event, double]).enumerated() {
            try replica.quickly { edit in
                let document = try edit.create(
                    "document", fields: [("text", .string("Text \(index)")), ("source", ["item": .string(source.raw)])])
                let citation = try edit.create(
                    "citation",
                    fields: [("document", .string(document.raw)), ("quote", ["exact": "Text"]), ("position", ["start": 0, "end": 4])])
                try edit.add(citation, "about", ["item": .string(about.raw), "field": "when", "stance": "supports"])
            }
        }
        func count() throws -> Int { try replica.view().corroboration(of: event, field: "when").supporting.count }
        #expect(try count() == 2)
        let link = try merge(double, event)
        #expect(try count() == 3)
        let same = try merge(sources[1], sources[0])
        #expect(try count() == 2)
        try part(link)
        #expect(try count() == 2)
        try part(same)
        #expect(try count() == 2)
    }

    @Test("two coders who coded doubles coded one item; one who coded both otherwise has not decided")
    mutating func agreement() throws {
        let doubles = try ["One", "Two"].map { title in
            try replica.quickly { try $0.create("event", fields: [("title", .string(title)), ("tags", ["x"])]) }
        }
        try two.exchange()
        try two.golden.quickly { try $0.code(doubles[0], "coding", ["type": "AID"]) }
        try two.bek.quickly { try $0.code(doubles[1], "coding", ["type": "AID"]) }
        try two.exchange()
        func agreed() throws -> [Int] {
            let agreement = try replica.view().agreement(on: "coding.type", of: "event", where: [.equals("tags", "x")])
            return [agreement.units, agreement.agreedPairs]
        }
        #expect(try agreed() == [2, 0])
        let link = try merge(doubles[0], doubles[1])
        #expect(try agreed() == [1, 1])
        try two.golden.quickly { try $0.code(doubles[1], "coding", ["type": "AGREE"]) }
        #expect(try agreed() == [1, 0])
        try part(link)
        #expect(try agreed() == [2, 0])
    }

    @Test("an item that is taken back says nothing for its double any more")
    func retracted() throws {
        let double = try signedInstrument()
        _ = try merge(double, id("instrument#I06"))
        try replica.quickly { try $0.retract(double) }
        let view = try replica.view()
        #expect(try view.history(of: #require(try view.entity(id("instrument#I06")))).current()?.status == "initialed")
        #expect(try view.same(as: id("instrument#I06")).isEmpty)
        // Nor does it say what its double says.
        #expect(try view.history(of: #require(try view.entity(double))).current()?.status == "signed")
    }
}
