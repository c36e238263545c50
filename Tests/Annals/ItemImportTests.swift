import AnnalsModel
import Testing

@testable import Annals

@Suite("An import of items beside other people's work")
struct ItemImportTests {
    private var two: TwoReplicas
    private var golden: Replica { two.golden }
    private var bek: Replica { two.bek }
    private var log: TestLog { two.log }

    init() throws { two = try TwoReplicas() }

    private mutating func exchange() throws { try two.exchange() }

    private func file(_ lines: [String]) throws -> ItemFile {
        try ItemFile(([#"{"format":"annals-items/1"}"#] + lines).joined(separator: "\n"), vocabulary: .current)
    }

    private func items(_ replica: Replica) throws -> [String] {
        var lines: [String] = []
        try replica.exportItems { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    private static let many = (1000..<2100).map { #"{"kind":"event","key":"\#($0)","fields":{"title":"Event \#($0)"}}"# }

    @Test("what somebody else wrote between two changes of an import was not seen, and is in conflict with it")
    mutating func between() throws {
        try golden.importItems(file([#"{"kind":"event","key":"X","fields":{"title":"x","when":{"edtf":"2025-08-06"}}}"#]))
        try exchange()
        let event = try #require(try golden.view().entities(kind: "event").first?.id)
        try bek.quickly { try $0.set(event, "when", ["edtf": "2025-08-08"]) }
        try bek.push(&two.log)
        let imported = try file(Self.many + [#"{"kind":"event","key":"X","fields":{"when":{"edtf":"2025-08-07"}}}"#])
        let (replica, log) = (golden, log)
        var pulls = 0
        let done = try golden.importItems(imported) { _, _ in
            pulls += 1
            if pulls == 1 { #expect(throws: Never.self) { try replica.pull(log) } }
        }
        #expect(done.receipts.count == 2 && pulls == 2)
        try exchange()
        for replica in [golden, bek] { #expect(try replica.view().conflicts().map(\.item) == [event]) }
    }

    @Test("an id that is not here, or a size that no change has, refuses the file before anything is recorded")
    func before() throws {
        let none = #"{"kind":"event","key":"last","fields":{"title":"x","place":{"item":"0123456789abcdef-1"}}}"#
        #expect(failure { try golden.importItems(file(Self.many + [none])) } == .notFound)
        #expect(failure { try golden.importItems(file(Self.many + [none]), isDry: true) } == .notFound)
        let text = String(repeating: "x", count: 3 << 20)
        let large = #"{"kind":"document","key":"d","fields":{"text":"\#(text)"}}"#
        #expect(failure { try golden.importItems(file(Self.many + [large])) } == .invalid)
        #expect(try items(golden).count == 1)
    }

    @Test("judgments may name what is here already")
    func codings() throws {
        try golden.importItems(file([#"{"kind":"codebook","key":"k","fields":{"name":"k","version":"1","codes":[{"code":"A"}]}}"#]))
        let codes = #"{"coding":{"golden":{"type":"AID","codes":[{"codebook":"codebook#k","code":"A"}]}}}"#
        let line = #"{"kind":"event","key":"e","fields":{"title":"x"},"codings":\#(codes)}"#
        #expect(try golden.importItems(file([line])).made == 1)
        #expect(try golden.importItems(file([line])).unchanged == 1)
        #expect(try items(golden).contains { $0.contains("codebook#k") })
    }

    @Test("what only its owner may say is refused to others, unless it is as it was")
    mutating func owner() throws {
        try golden.importItems(
            file([
                #"{"kind":"event","key":"e","fields":{"title":"x"}}"#,
                #"{"kind":"note","key":"n","fields":{"target":"event#e","text":"mine"}}"#,
            ]))
        try exchange()
        let same = #"{"kind":"note","key":"n","fields":{"target":"event#e","text":"mine"}}"#
        #expect(try bek.importItems(file([same])).unchanged == 1)
        #expect(failure { try bek.importItems(file([same.replacing("mine", with: "yours")])) } == .invalid)
    }

    @Test("of two items with one key the same one bears it on every replica, and an export fits its own replica")
    mutating func twice() throws {
        let line = #"{"kind":"event","key":"e","fields":{"title":"x"}}"#
        for replica in [golden, bek] { try replica.importItems(file([line])) }
        try exchange()
        let lines = try items(golden)
        #expect(try lines == items(bek) && lines.count == 3)
        for replica in [golden, bek] {
            #expect(try replica.importItems(file(Array(lines.dropFirst()))).unchanged == 2)
        }
        let kept = try #require(try golden.view().entities(kind: "event").min { $0.id < $1.id }?.id)
        try golden.quickly { try $0.retract(kept) }
        #expect(try golden.importItems(file([line])).unchanged == 1)
    }

    @Test("a coder whose machines say the same has decided; one who took it back on one of them has not")
    mutating func decided() throws {
        let other = try Replica.test(two.folder, "second", user: "golden", seed: 3)
        try other.meet(log)
        try golden.importItems(
            file([#"{"kind":"event","key":"e","fields":{"title":"x"}}"#, #"{"kind":"event","key":"f","fields":{"title":"y"}}"#]))
        try exchange()
        try other.pull(log)
        let events = try golden.view().entities(kind: "event").map(\.id)
        for (replica, values) in [(golden, ["AID", "AID"]), (other, ["AID", nil])] as [(Replica, [String?])] {
            for (event, value) in zip(events, values) {
                try replica.quickly { try $0.code(event, "coding", value.map { ["type": .string($0)] } ?? .null) }
            }
        }
        for replica in [golden, other] { try replica.push(&two.log) }
        for replica in [golden, other, bek] { try replica.pull(log) }
        #expect(try bek.view().agreement(on: "coding.type", of: "event").units == 1)
        let lines = try items(bek)
        #expect(lines.contains { $0.contains(#""codings":{"coding":{"golden":{"type":"AID"}}}"#) })
        #expect(lines.count { $0.contains("conflicts") } == 1)
    }
}
