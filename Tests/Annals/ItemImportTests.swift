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

    @Test("a code that its codebook does not have refuses the file, wherever the codebook is")
    func codes() throws {
        let book = #"{"kind":"codebook","key":"k","fields":{"name":"k","version":"1","codes":[{"code":"A"}]}}"#
        func event(_ code: String) -> String {
            #"{"kind":"event","key":"e","fields":{"title":"x"},"codings":{"coding":{"golden":{"type":"AID","codes":[{"codebook":"codebook#k","code":"\#(code)"}]}}}}"#
        }
        #expect(failure { try golden.importItems(file([event("B"), book])) } == .invalid)
        #expect(try golden.importItems(file([event("A"), book])).made == 2)
        #expect(failure { try golden.importItems(file([event("B")])) } == .invalid)
        func mapped(_ code: String) -> String {
            book.replacing(
                #""version""#, with: #""mappings":[{"to":"codebook#l","codes":[{"from":"A","to":"\#(code)"}]}],"version""#)
        }
        let other = #"{"kind":"codebook","key":"l","fields":{"name":"l","version":"2","codes":[{"code":"X"}]}}"#
        #expect(failure { try golden.importItems(file([mapped("A"), other])) } == .invalid)
        #expect(try golden.importItems(file([mapped("X"), other])).made == 1)
    }

    @Test("others' judgments are refused, or left out where that is asked for, and come by sync")
    mutating func others() throws {
        let article = try ItemFile(CodedArticle().text, vocabulary: .current)
        try golden.importItems(article)
        #expect(failure { try bek.importItems(article) } == .invalid)
        let done = try bek.importItems(article.withJudgments(of: bek.user))
        #expect(done.made > 100)
        #expect(try bek.view().entities(kind: "event").allSatisfy { $0.codings("coding").isEmpty })
    }

    @Test("an analyst's import locks nothing, and nobody's writes what is locked")
    mutating func locked() throws {
        let line = #"{"kind":"event","key":"e","fields":{"title":"x","state":"locked"}}"#
        try bek.meet(two.log, role: .analyst)
        #expect(failure { try bek.importItems(file([line])) } == .invalid)
        try golden.importItems(file([line]))
        try exchange()
        #expect(try golden.importItems(file([line])).unchanged == 1)
        for replica in [golden, bek] {
            #expect(failure { try replica.importItems(file([line.replacing("x", with: "y")])) } == .locked)
        }
        #expect(try items(bek).count == 2)
        // What a curator reviewed an analyst does not say otherwise, and is told so before anything is recorded.
        try golden.quickly { try $0.set(golden.view().entities(kind: "event")[0].id, "state", "reviewed") }
        try exchange()
        let back = line.replacing("locked", with: "submitted")
        #expect(failure { try bek.importItems(file([back] + Self.many)) } == .locked)
        #expect(failure { try bek.importItems(file([back] + Self.many), isDry: true) } == .locked)
        #expect(try items(bek).count == 2)
        #expect(try bek.importItems(file([line.replacing("locked", with: "reviewed")] + Self.many)).unchanged == 1)
        #expect(try golden.importItems(file([back])).changed == 1)
    }

    @Test("a lock that comes between two changes of an import was not seen: the import ends, and both stand")
    mutating func lockedBetween() throws {
        let own = #"{"kind":"event","key":"X","fields":{"title":"x","tags":["a"]}}"#
        try golden.importItems(file([own]))
        try exchange()
        try bek.quickly { try $0.set(bek.view().entities(kind: "event")[0].id, "state", "locked") }
        try bek.push(&two.log)
        let (replica, log) = (golden, log)
        let imported = try file(Self.many + [own.replacing(#""a""#, with: #""a","b""#)])
        let done = try golden.importItems(imported) { done, _ in
            if done < 1_000 { #expect(throws: Never.self) { try replica.pull(log) } }
        }
        #expect(done.receipts.count == 2)
        let event = try #require(try golden.view().entities(kind: "event").first { $0.shown("title") == "x" })
        #expect(event.locks.count == 1 && event.elements["tags"]?.count == 2)
    }

    @Test("items that a file locks are locked after all that it says of them, also in a later change")
    func lockedInParts() throws {
        let all = (1000..<1700).map {
            #"{"codings":{"coding":{"golden":{"type":"AID"}}},"fields":{"state":"locked","tags":["a","b"],"title":"x"},"key":"\#($0)","kind":"event"}"#
        }
        let done = try golden.importItems(file(all))
        #expect(done.receipts.count > 2 && done.made == 700)
        #expect(try golden.view().entities(kind: "event").allSatisfy { $0.locks.count == 1 && $0.elements["tags"]?.count == 2 })
        #expect(try golden.importItems(file(all)).unchanged == 700)
        #expect(try Array(items(golden).dropFirst()) == all)
    }

    @Test("a coding with a code that nobody here knows is as it was, and is refused where it is new")
    mutating func foreignCodes() throws {
        let book = #"{"kind":"codebook","key":"k","fields":{"codes":[{"code":"A"}],"name":"k","version":"1"}}"#
        let event = #"{"kind":"event","key":"e","fields":{"title":"x"}}"#
        try golden.importItems(file([book, event]))
        let view = try golden.view()
        let ids = try ["codebook", "event"].map { try #require(try view.entities(kind: $0).first?.id) }
        // As another program records it, for no server knows the codes.
        _ = try golden.store.record(
            golden.store.ambient.changeID(),
            [
                ChangeOperation(
                    "event",
                    .code(
                        on: ids[1], field: "coding",
                        value: ["type": "AID", "codes": [["codebook": .string(ids[0].raw), "code": "B"]]]))
            ], base: view.base, reason: nil, undoes: nil, made: [])
        let lines = try items(golden)
        #expect(try golden.importItems(ItemFile(lines.joined(separator: "\n"), vocabulary: .current)).unchanged == 2)
        try exchange()
        #expect(failure { try golden.importItems(file([lines[1].replacing("AID", with: "AGREE")])) } == .invalid)
    }

    @Test("a coding that was submitted stays so when the file that does not say it comes again, unless it is coded otherwise as a draft")
    func resubmitted() throws {
        func line(_ coding: String) -> String {
            #"{"kind":"event","key":"e","fields":{"title":"x"},"codings":{"coding":{"golden":\#(coding)}}}"#
        }
        try golden.importItems(file([line(#"{"type":"AID"}"#)]))
        let event = try #require(try golden.view().entities(kind: "event").first?.id)
        func own() throws -> Value? { try golden.view().entity(event)?.judgment("coding", by: golden.user) }
        try golden.quickly { try $0.code(event, EventCoding(type: .aid, isSubmitted: true)) }
        #expect(try golden.importItems(file([line(#"{"type":"AID"}"#)])).unchanged == 1)
        #expect(try golden.importItems(file([line(#"{"type":"AGREE"}"#)])).changed == 1)
        #expect(try own() == ["type": "AGREE", "state": "submitted"])
        try golden.quickly { try $0.code(event, EventCoding(type: .aid)) }
        #expect(try own()?.isSubmitted == true)
        #expect(try golden.importItems(file([line(#"{"type":"AID","state":"draft"}"#)])).changed == 1)
        #expect(try own()?.isSubmitted == false)
    }

    @Test("what an item here did not say at its creation is left out and told, and the rest of the file comes in")
    func unsaid() throws {
        try golden.quickly { try $0.create("document", fields: [("text", "One text.")]) }
        let line = #"{"kind":"document","key":"D","fields":{"language":"en","text":"One text.","title":"One"}}"#
        let done = try golden.importItems(file([line, #"{"kind":"event","key":"e","fields":{"title":"x"}}"#]))
        #expect(done.made == 1 && done.changed == 1 && done.unsaid == ["line 2: document.language"])
        #expect(failure { try golden.importItems(file([#"{"kind":"event","key":"e","fields":{"key":"f"}}"#])) } == .invalid)
    }

    @Test("one text is one document in a file, and a chain of answers may be as long as the file, the last one first")
    func chain() throws {
        let texts = ["a", "b"].map { #"{"kind":"document","key":"\#($0)","fields":{"text":"One text."}}"# }
        #expect(failure { try golden.importItems(file(texts)) } == .invalid)
        let count = 10_000
        let notes = (1...count).reversed().map { number in
            let answers = number == 1 ? "" : #""reply-to":"note#\#(number - 1)","#
            return #"{"kind":"note","key":"\#(number)","fields":{\#(answers)"target":"event#e","text":"n"}}"#
        }
        let all = notes + [#"{"kind":"event","key":"e","fields":{"title":"x"}}"#]
        #expect(try golden.importItems(file(all), isDry: true).made == count + 1)
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
