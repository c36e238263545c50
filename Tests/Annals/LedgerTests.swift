import AnnalsModel
import EDTF
import Foundation
import Testing

@testable import Annals

/// What follows from the coded article, and how it changes when the record does: on another replica, and at any point of the log.
@Suite("What follows from the coded article")
struct LedgerTests {
    private var two: TwoReplicas
    private var golden: Replica { two.golden }
    private var bek: Replica { two.bek }
    private var log: TestLog { two.log }

    init() throws { two = try TwoReplicas(withArticle: true) }

    private mutating func exchange() throws { try two.exchange() }

    private func id(_ name: String, _ view: View) throws -> ItemID {
        let parts = name.split(separator: "#").map(String.init)
        return try #require(
            try view.entities(kind: parts[0], where: .equals("key", .string(parts[1])), retracted: true).first?.id, "\(name)")
    }

    /// Every answer, in words: of a commitment its state, when it ends and who accepted it, of an instrument its status.
    private func answers(_ view: View, on day: String) throws -> [String: String] {
        let day = try #require(try EDTF(day).earliest)
        var answers: [String: String] = [:]
        func key(_ id: ItemID) throws -> String { try view.entity(id)?.shown("key")?.string ?? "?" }
        for line in try view.ledger(on: day) {
            let standing = line.standing
            let end = standing.deadline.map { " " + $0.description + (standing.isDisputed ? " disputed" : "") } ?? ""
            answers[try key(line.commitment.id)] = standing.state.rawValue + end
            answers[try key(line.commitment.id) + " accepted"] = try standing.acceptedBy.map(key).sorted().joined(separator: " ")
        }
        for instrument in try view.entities(kind: "instrument") {
            let history = try view.history(of: instrument)
            answers[try key(instrument.id)] = history.current(on: day)?.status ?? "nothing"
        }
        return answers
    }

    static let expected = [
        "C01": "pending 2026-02-07..2026-02-08", "C02": "conditional", "C03": "pending", "C04": "conditional", "C05": "conditional",
        "C06": "pending", "C07": "pending", "C08": "pending", "C09": "pending", "C01 accepted": "A03 A04", "C02 accepted": "A03 A04",
        "C03 accepted": "", "C04 accepted": "A12 A13", "C05 accepted": "A12 A13", "C06 accepted": "A12 A13", "C07 accepted": "",
        "C08 accepted": "", "C09 accepted": "A10 A11", "I01": "signed", "I02": "announced", "I03": "signed", "I04": "suspended",
        "I05": "signed", "I06": "initialed", "I07": "sent", "I08": "termination-requested", "I09": "announced", "I10": "signed",
    ]

    @Test("its answers are those of the golden file")
    func article() throws {
        let view = try bek.view()
        #expect(try answers(view, on: "2025-09-01") == Self.expected)
        // The deadline of the working group, from the golden file itself.
        let commitment = try #require(try CodedArticle().golden["commitments"]?.array?.first)
        let line = try view.line(try #require(try view.entity(id("commitment#C01", view))), on: #require(try EDTF("2025-09-01").earliest))
        #expect(line.standing.deadline?.earliest?.description == commitment["deadline"]?["earliest"]?.string)
        #expect(line.standing.deadline?.latest?.description == commitment["deadline"]?["latest"]?.string)
        #expect(try line.standing.anchors == [id("event#E02", view)])
        #expect(line.evidence.count == 2)
        let agreement = try view.history(of: try #require(try view.entity(id("instrument#I06", view))))
        #expect(agreement.has("initialed") && !agreement.has("signed") && !agreement.has("in-force"))
    }

    @Test(
        "a deadline of two possible days is due, possibly overdue and overdue in turn",
        arguments: [
            ("2026-02-06", "pending"), ("2026-02-07", "due"), ("2026-02-08", "possibly-overdue"), ("2026-02-09", "overdue"),
        ])
    func days(day: String, state: String) throws {
        #expect(try answers(golden.view(), on: day)["C01"] == "\(state) 2026-02-07..2026-02-08")
    }

    @Test("before it was drawn up, an instrument has no status but what held before")
    func before() throws {
        let answers = try answers(golden.view(), on: "2025-08-06")
        #expect(answers["I01"] == "nothing" && answers["I06"] == "nothing")
        #expect(answers["I04"] == "in-force" && answers["I08"] == "termination-requested")
    }

    /// One mutation of the article: what is recorded, on which day one asks, and which answers are others then.
    struct Mutation: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var day = "2025-09-01"
        var changes: [String: String]
        var edit: @Sendable (Edit, (String) throws -> ItemID) throws -> Void

        init(
            _ what: String, on day: String = "2025-09-01", _ changes: [String: String],
            _ edit: @escaping @Sendable (Edit, (String) throws -> ItemID) throws -> Void
        ) {
            (testDescription, self.day, self.changes, self.edit) = (what, day, changes, edit)
        }
    }

    static let mutations = [
        Mutation("the anchor's date moves", ["C01": "pending 2026-03-01"]) { edit, id in
            try edit.set(id("event#E02"), "when", ["edtf": "2025-09-01", "basis": "stated"])
        },
        Mutation("the anchor's date is known to the month only", ["C01": "pending 2026-02-01..2026-02-28"]) { edit, id in
            try edit.set(id("event#E02"), "when", ["edtf": "2025-08"])
        },
        Mutation("the anchor did not happen", ["C01": "pending", "I01": "nothing"]) { edit, id in
            try edit.set(id("event#E02"), "occurrence", "did-not-happen")
        },
        Mutation("the anchor is retracted", ["C01": "pending", "I01": "nothing"]) { edit, id in try edit.retract(id("event#E02")) },
        Mutation("twelve months in the place of six", ["C01": "pending 2026-08-07..2026-08-08"]) { edit, id in
            try edit.set(
                id("commitment#C01"), "deadline", ["duration": "P1Y", "relation": "within", "anchor": .string(id("event#E02").raw)])
        },
        Mutation("before six months have passed", ["C01": "pending 2026-02-06..2026-02-07"]) { edit, id in
            try edit.set(
                id("commitment#C01"), "deadline", ["duration": "P6M", "relation": "before", "anchor": .string(id("event#E02").raw)])
        },
        Mutation("a deadline by its date", on: "2025-10-02", ["C06": "overdue 2025-10-01"]) { edit, id in
            try edit.set(id("commitment#C06"), "deadline", ["date": "2025-10-01", "relation": "by"])
        },
        Mutation("not before a date", on: "2025-10-02", ["C06": "due 2025-10-02"]) { edit, id in
            try edit.set(id("commitment#C06"), "deadline", ["date": "2025-10-01", "relation": "after"])
        },
        Mutation("a later signature", on: "2025-12-02", ["I06": "signed"]) { edit, id in
            try edit.append(id("instrument#I06"), "statuses", ["status": "signed", "date": "2025-12-01", "basis": "stated"])
        },
        Mutation("a later signature, asked for before it", on: "2025-11-30", [:]) { edit, id in
            try edit.append(id("instrument#I06"), "statuses", ["status": "signed", "date": "2025-12-01", "basis": "stated"])
        },
        Mutation("a status is retracted", ["I06": "nothing"]) { edit, id in
            let statuses = try edit.view.entity(id("instrument#I06"))?.elements["statuses"] ?? []
            try edit.remove(id("instrument#I06"), "statuses", elements: statuses.map(\.id))
        },
        Mutation("the signing was only planned", ["I05": "nothing"]) { edit, id in
            try edit.set(id("event#E06"), "occurrence", "planned")
        },
        Mutation("the suspension ends", on: "2026-02-01", ["I04": "in-force"]) { edit, id in
            try edit.append(id("instrument#I04"), "statuses", ["status": "in-force", "date": "2026-01-15"])
        },
        Mutation(
            "an agreement is terminated, and what was promised in it falls away", ["I06": "terminated", "C04": "lapsed", "C05": "lapsed"]
        ) { edit, id in
            try edit.append(id("instrument#I06"), "statuses", ["status": "terminated", "date": "2025-08-20"])
        },
        Mutation("the working group is there", ["C01": "met 2026-02-07..2026-02-08", "C02": "pending"]) { edit, id in
            try edit.code(id("commitment#C01"), "fulfilment", ["degree": 3])
        },
        Mutation("the working group is there in part, which changes nothing", on: "2026-03-01", [:]) { edit, id in
            try edit.code(id("commitment#C01"), "fulfilment", ["degree": 2])
        },
        Mutation("the one that is asked says so himself", ["C03 accepted": "A13"]) { edit, id in
            let event = try edit.create("event", fields: [("title", "Armenia undertakes to amend its constitution")])
            try edit.add(event, "participations", ["actor": .string(id("actor#A13").raw), "role": "obligor", "side": "actor"])
            try edit.add(id("commitment#C03"), "events", .string(event.raw))
        },
        Mutation("a condition cannot come about any more", ["C06": "lapsed"]) { edit, id in
            let event = try edit.create("event", fields: [("title", "A conference"), ("occurrence", "cancelled")])
            try edit.add(id("commitment#C06"), "conditions", ["kind": "after", "what": ["item": .string(event.raw)]])
        },
        Mutation("a relation says what it depends on", ["C07": "conditional"]) { edit, id in
            _ = try edit.create(
                "relation",
                fields: [
                    ("from", .string(id("commitment#C07").raw)), ("type", "conditional_on"), ("to", .string(id("commitment#C06").raw)),
                ])
        },
    ]

    @Test(
        "a mutation of it changes these answers and no others, on every replica; the answers of before can be had back",
        arguments: mutations)
    mutating func mutation(_ mutation: Mutation) throws {
        var expected = try answers(golden.view(), on: mutation.day)
        let (before, seq) = (expected, log.seq)
        let view = try golden.view()
        try golden.record(from: view) { edit in try mutation.edit(edit) { try self.id($0, view) } }
        for (name, answer) in mutation.changes {
            #expect(expected[name] != answer, "\(name) says so already")
            expected[name] = answer
        }
        #expect(try answers(golden.view(), on: mutation.day) == expected)
        try exchange()
        for replica in [golden, bek] {
            #expect(try answers(replica.view(), on: mutation.day) == expected)
            #expect(try answers(replica.view(asOf: .seq(log.seq)), on: mutation.day) == expected, "by replay")
            #expect(try answers(replica.view(asOf: .seq(seq)), on: mutation.day) == before, "as of before")
        }
    }

    @Test("where two disagree on the anchor's date, the deadline may be either's, and says that it is disputed")
    mutating func disputed() throws {
        for (replica, day) in [(golden, "2025-08-07"), (bek, "2025-09-01")] {
            let view = try replica.view()
            try replica.record(from: view) { edit in try edit.set(id("event#E02", view), "when", ["edtf": .string(day)]) }
        }
        try exchange()
        #expect(try answers(bek.view(), on: "2026-02-15")["C01"] == "possibly-overdue 2026-02-07..2026-03-01 disputed")
    }

    @Test("where one says that it begins and another that it ends, the end counts, and it is disputed")
    mutating func begins() throws {
        for (replica, relation) in [(golden, "after"), (bek, "by")] {
            let view = try replica.view()
            try replica.record(from: view) { edit in
                try edit.set(id("commitment#C06", view), "deadline", ["date": "2025-10-01", "relation": .string(relation)])
            }
        }
        try exchange()
        #expect(try answers(bek.view(), on: "2025-10-05")["C06"] == "overdue 2025-10-01 disputed")
        // An end that is not known yet is an end too.
        let event = try golden.quickly { try $0.create("event", fields: [("title", "One day")]) }
        let view = try golden.view()
        try golden.record(from: view) { edit in
            try edit.resolve(id("commitment#C06", view), "deadline", value: ["date": "2025-10-01", "relation": "after"])
        }
        try exchange()
        let sides: [Value] = [["date": "2025-10-02", "relation": "after"], ["duration": "P6M", "anchor": .string(event.raw)]]
        for (replica, value) in zip([golden, bek], sides) {
            let view = try replica.view()
            try replica.record(from: view) { try $0.set(id("commitment#C06", view), "deadline", value) }
        }
        try exchange()
        #expect(try answers(bek.view(), on: "2025-10-05")["C06"]?.hasPrefix("pending") == true)
    }

    @Test("an event with no last day meets a condition from its first day on, if it is said to have happened")
    func open() throws {
        let event = try golden.quickly { edit in
            let event = try edit.create(
                "event", fields: [("title", "Begun"), ("when", ["edtf": "2025-10-01/.."]), ("occurrence", "happened")])
            try edit.add(id("commitment#C06", edit.view), "conditions", ["kind": "after", "what": ["item": .string(event.raw)]])
            return event
        }
        for (day, state) in [("2025-09-30", "conditional"), ("2025-10-01", "pending")] {
            #expect(try answers(golden.view(), on: day)["C06"] == state, "\(day)")
        }
        try golden.quickly { try $0.set(event, "occurrence", .null) }
        #expect(try answers(golden.view(), on: "2025-10-01")["C06"] == "conditional")
    }

    @Test(
        "where two disagree on whether the anchor took place, its deadline stands and is disputed; what all call off gives no day, and says so"
    )
    mutating func outcomes() throws {
        for (replica, outcome) in [(golden, "planned"), (bek, "happened")] {
            let view = try replica.view()
            try replica.record(from: view) { edit in try edit.set(id("event#E02", view), "occurrence", .string(outcome)) }
        }
        try exchange()
        #expect(try answers(bek.view(), on: "2026-03-01")["C01"] == "overdue 2026-02-07..2026-02-08 disputed")
        let view = try golden.view()
        try golden.record(from: view) { try $0.resolve(id("event#E02", view), "occurrence", value: "cancelled") }
        func standing() throws -> CommitmentStanding {
            let view = try golden.view()
            return try view.line(#require(try view.entity(id("commitment#C01", view))), on: #require(DayBounds("2026-03-01")?.earliest))
                .standing
        }
        #expect(try standing().deadline == nil && standing().sides.map(\.hindrance) == ["cancelled"])
        try golden.quickly { try $0.retract(id("event#E02", golden.view())) }
        #expect(try standing().sides.map(\.hindrance) == ["gone"])
    }

    @Test(
        "a deadline that lasts from one day to another ends with the last one, and can be done from the first one on",
        arguments: [
            ("2026-01-01/2026-03-31", "within", "2025-12-31", "pending 2026-03-31"),
            ("2026-01-01/2026-03-31", "by", "2026-02-01", "due 2026-03-31"),
            ("2026-01/2026-03", "on", "2026-04-01", "overdue 2026-03-31"), ("../2025-12-31", "by", "2025-09-01", "due 2025-12-31"),
            ("2026-01-01/..", "within", "2026-01-02", "due .."),
            ("[2026-01-01..2026-03-31]", "by", "2026-02-01", "possibly-overdue 2026-01-01..2026-03-31"),
            ("2026-01-01/2026-03-31", "before", "2025-12-31", "due 2025-12-31"),
            ("2026-01-01/2026-03-31", "after", "2026-03-31", "pending 2026-04-01"),
        ])
    func spans(_ date: String, _ relation: String, _ day: String, _ answer: String) throws {
        let view = try golden.view()
        try golden.record(from: view) { edit in
            try edit.set(id("commitment#C06", view), "deadline", ["date": .string(date), "relation": .string(relation)])
        }
        #expect(try answers(golden.view(), on: day)["C06"] == answer)
    }

    @Test("what an instrument's status meets or ends, it does from the day on which it must have come, as an event does")
    func certain() throws {
        let view = try golden.view()
        try golden.record(from: view) { edit in
            let event = try edit.create("event", fields: [("title", "One day"), ("when", ["edtf": "[2026-01-01..2026-12-31]"])])
            let instrument = try edit.create("instrument", fields: [("title", "Charter")])
            try edit.append(instrument, "statuses", ["status": "in-force", "event": .string(event.raw)])
            try edit.add(id("commitment#C06", view), "conditions", ["kind": "after", "what": ["item": .string(instrument.raw)]])
        }
        #expect(try answers(golden.view(), on: "2026-02-01")["C06"] == "conditional")
        #expect(try answers(golden.view(), on: "2026-12-31")["C06"] == "pending")
    }

    @Test(
        "which status stands is certain only where no other one may be later",
        arguments: [
            ("2020-01-01", "2025", "2025-06-01", nil), ("2020-01-01", "2025", "2025-12-31", "terminated"),
            ("[2025-01-01..2025-12-31]", "2025-03-01", "2026-01-01", nil), ("2020-01-01", "2026-01-01", "2025-06-01", "in-force"),
            ("2020-01-01", "../2025", "2025-06-01", nil), ("2020-01-01", "2020-01-01", "2025-06-01", "terminated"),
        ] as [(String, String, String, String?)])
    func certainly(_ inForce: String, _ terminated: String, _ day: String, _ status: String?) throws {
        let instrument = try golden.quickly { edit in
            let instrument = try edit.create("instrument", fields: [("title", "Charter")])
            for (status, date) in [("in-force", inForce), ("terminated", terminated)] {
                try edit.append(instrument, "statuses", ["status": .string(status), "date": .string(date)])
            }
            return instrument
        }
        let view = try golden.view()
        let history = try view.history(of: #require(try view.entity(instrument)))
        #expect(try history.certain(on: #require(DayBounds(day)?.earliest))?.status == status)
    }

    @Test("the most urgent comes first, and in it what ends first")
    func order() throws {
        let view = try golden.view()
        try golden.record(from: view) { edit in
            for (key, date) in [("C06", "2026-04-01"), ("C07", "2026-03-01"), ("C08", "2026-02-01")] {
                try edit.set(id("commitment#" + key, view), "deadline", ["date": .string(date)])
            }
        }
        let lines = try golden.view().ledger(on: #require(try EDTF("2026-02-08").earliest))
        let keys = lines.compactMap { $0.commitment.shown("key")?.string }
        #expect(keys == ["C08", "C01", "C07", "C06", "C03", "C09", "C02", "C04", "C05"])
    }
}
