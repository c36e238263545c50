import AnnalsModel
import AnnalsWire
import Testing

private let item = ItemID(ChangeID(random: 1, 1), 1)
private let other = ItemID(ChangeID(random: 1, 2), 1)
private let paper = ItemID("sha256:" + String(repeating: "ab", count: 32))

private func violation(
    _ operations: [ChangeOperation], role: Role = .analyst, vocabulary: Vocabulary = .current, most: Int = 10
) -> RuleViolation? {
    let change = Change(
        id: ChangeID(random: 1, 3), n: 1, prev: nil, base: Base(seq: 0, hash: nil), at: Instant(milliseconds: 0),
        operations: operations)
    do throws(RuleViolation) {
        try ChangeRules(vocabulary: vocabulary, maximumOperations: most).check(change, role: role)
        return nil
    } catch {
        return error
    }
}

private func event(_ action: ChangeOperation.Action) -> ChangeOperation { ChangeOperation("event", action) }
private let coding: Value = ["type": "AID"]

@Suite("Change rules")
struct ChangeRulesTests {
    @Test(
        "what the vocabulary describes passes",
        arguments: [
            event(.create(id: nil, fields: [.init("title", "talks"), .init("key", "E07"), .init("when", ["edtf": "2025-08-08"])])),
            ChangeOperation("document", .create(id: paper, fields: [.init("text", "words"), .init("published", "2025-08-09")])),
            event(.set(on: item, field: "when", value: ["edtf": "[2025-08-07..2025-08-08]", "basis": "stated"])),
            event(.set(on: item, field: "summary", value: .null)),
            event(.code(on: item, field: "coding", value: coding)),
            event(.code(on: item, field: "coding", value: .null)),
            event(.add(on: item, field: "tags", value: "x")),
            event(.remove(on: item, field: "tags", elements: [other])),
            ChangeOperation("actor", .append(on: item, field: "posts", value: ["office": "minister"])),
            ChangeOperation("actor", .retractElements(on: item, field: "posts", elements: [other])),
            event(.retract(on: item)), event(.restore(on: item)),
            event(.resolve(on: item, field: "when", value: ["edtf": "2025-08-08"], closes: [other])),
            event(.resolve(on: item, field: "coding", value: coding, closes: [other])),
            event(.resolve(on: item, field: "existence", value: "present", closes: [other])),
        ])
    func passes(_ operation: ChangeOperation) {
        #expect(violation([operation]) == nil)
    }

    @Test(
        "kinds, fields and members that the vocabulary does not know pass, for an upgrade",
        arguments: [
            ChangeOperation("treaty", .create(id: nil, fields: [.init("whatever", 1)])),
            ChangeOperation("treaty", .code(on: item, field: "whatever", value: true)),
            event(.set(on: item, field: "weather", value: 3)),
            event(.create(id: nil, fields: [.init("title", "talks"), .init("weather", [1, 2])])),
            event(.set(on: item, field: "when", value: ["edtf": "2025-08-08", "calendar": "julian"])),
        ])
    func unknown(_ operation: ChangeOperation) {
        #expect(violation([operation]) == nil)
    }

    @Test(
        "an operation of another class than the field's is refused",
        arguments: [
            event(.set(on: item, field: "coding", value: coding)),
            event(.set(on: item, field: "tags", value: "x")),
            event(.set(on: item, field: "key", value: "E07")),
            event(.code(on: item, field: "when", value: ["edtf": "2025"])),
            event(.add(on: item, field: "title", value: "x")),
            event(.append(on: item, field: "tags", value: "x")),
            event(.remove(on: item, field: "title", elements: [other])),
            event(.retractElements(on: item, field: "tags", elements: [other])),
            event(.resolve(on: item, field: "title", value: "x", closes: [other])),
            event(.create(id: nil, fields: [.init("title", "talks"), .init("tags", "x")])),
        ])
    func classMismatch(_ operation: ChangeOperation) {
        #expect(violation([operation])?.code == .invalid)
        #expect(violation([operation])?.operation == 1)
    }

    @Test(
        "a malformed operation is refused",
        arguments: [
            ChangeOperation("Event", .retract(on: item)),
            ChangeOperation("", .retract(on: item)),
            ChangeOperation("treaty", .set(on: item, field: "no such", value: 1)),
            ChangeOperation("treaty", .create(id: nil, fields: [.init("caf\u{E9}", 1)])),
            event(.set(on: item, field: "title", value: 7)),
            event(.set(on: item, field: "title", value: "two\nlines")),
            event(.set(on: item, field: "when", value: ["edtf": "yesterday"])),
            event(.set(on: item, field: "existence", value: "retracted")),
            event(.create(id: nil, fields: [.init("title", "talks"), .init("existence", "present")])),
            event(.create(id: nil, fields: [])),
            event(.create(id: item, fields: [.init("title", "talks")])),
            event(.create(id: paper, fields: [.init("title", "talks")])),
            ChangeOperation("document", .create(id: nil, fields: [.init("text", "words")])),
            ChangeOperation("document", .create(id: item, fields: [.init("text", "words")])),
            event(.add(on: item, field: "tags", value: .null)),
            event(.remove(on: item, field: "tags", elements: [])),
            event(.resolve(on: item, field: "when", value: ["edtf": "2025"], closes: [])),
            event(.resolve(on: item, field: "existence", value: "gone", closes: [other])),
        ])
    func malformed(_ operation: ChangeOperation) {
        #expect(violation([operation])?.code == .invalid)
    }

    @Test(
        "a reader may not record, and what is a curator's an analyst may not",
        arguments: [
            (event(.retract(on: item)), Role.reader),
            (ChangeOperation("treaty", .retract(on: item)), .reader),
            (event(.set(on: item, field: "adjudicated", value: coding)), .analyst),
            (event(.resolve(on: item, field: "adjudicated", value: coding, closes: [other])), .analyst),
            (event(.create(id: nil, fields: [.init("title", "talks"), .init("adjudicated", coding)])), .analyst),
            (event(.set(on: item, field: "state", value: "locked")), .analyst),
            (event(.resolve(on: item, field: "state", value: "reviewed", closes: [other])), .analyst),
            (event(.create(id: nil, fields: [.init("title", "talks"), .init("state", "reviewed")])), .analyst),
            (ChangeOperation("codebook", .retract(on: item)), .analyst),
            (ChangeOperation("codebook", .resolve(on: item, field: "existence", value: "retracted", closes: [other])), .analyst),
        ])
    func roles(_ operation: ChangeOperation, _ role: Role) {
        #expect(violation([operation], role: role)?.code == .role)
        #expect(violation([operation], role: .curator) == nil)
    }

    @Test("every value that the vocabulary keeps for curators is refused to an analyst, and no other")
    func reserved() {
        var count = 0
        for kind in Vocabulary.current.kinds {
            for field in kind.fields where !field.reserved.isEmpty {
                guard case .choice(let words) = field.type else { continue }
                for word in words {
                    let found = violation(
                        [ChangeOperation(kind.name, .set(on: item, field: field.name, value: .string(word)))], role: .analyst)
                    #expect(found?.code == (field.reserved.contains(word) ? .role : nil))
                    count += 1
                }
            }
        }
        #expect(count > 0)
    }

    @Test("a change has at least one operation and no more than the limit")
    func operationCount() {
        #expect(violation([])?.code == .invalid)
        let some = [ChangeOperation](repeating: event(.retract(on: item)), count: 10)
        #expect(violation(some) == nil)
        #expect(violation(some + some)?.code == .operations)
    }

    @Test("a violation names the operation and the field, and never repeats a value")
    func names() {
        let found = violation([event(.retract(on: item)), event(.set(on: item, field: "when", value: ["edtf": "secret words"]))])
        #expect(found?.operation == 2)
        #expect(found?.description.contains("event.when.edtf") == true)
        #expect(found?.description.contains("secret words") == false)
    }

    @Test("a vocabulary with one more kind validates and folds with no other edit")
    func oneMoreKind() {
        let more = Vocabulary(
            version: 2,
            kinds: Vocabulary.current.kinds + [
                KindRule(
                    "vessel", plural: "vessels", letter: "v", label: "name", "a ship",
                    fields: [
                        FieldRule("name", .line, .contested, "its name", required: true),
                        FieldRule("crew", .integer(0...9000), .perCoder, "how many are on board"),
                    ])
            ])
        let creation = ChangeOperation("vessel", .create(id: nil, fields: [.init("name", "Aurora")]))
        #expect(violation([creation], vocabulary: more) == nil)
        #expect(violation([ChangeOperation("vessel", .create(id: nil, fields: []))], vocabulary: more)?.code == .invalid)
        #expect(violation([ChangeOperation("vessel", .code(on: item, field: "crew", value: -1))], vocabulary: more)?.code == .invalid)
        var story = Story(more)
        let vessel = story.write("aliya", creation).item
        story.write("bek", base: 1, set(vessel, "name", "Avrora", kind: "vessel"))
        story.write("cem", base: 1, set(vessel, "name", "Aurore", kind: "vessel"))
        story.write("cem", ChangeOperation("vessel", .code(on: vessel, field: "crew", value: 12)))
        #expect(story.handle(vessel) == "v1")
        #expect(story[vessel].conflictFields(more) == ["name"])
        #expect(story[vessel].heads("crew", "cem") == [12])
    }

    @Test("letters and names of the vocabulary are unique, and every field has a class")
    func table() {
        let kinds = Vocabulary.current.kinds
        #expect(Set(kinds.map(\.letter)).count == kinds.count)
        #expect(Set(kinds.map(\.plural)).count == kinds.count)
        for kind in kinds {
            #expect(kind.field("key")?.merge == .immutable)
            #expect(kind.field(kind.label) != nil)
            #expect(kind.fields.allSatisfy { !$0.required || $0.merge.operation == "set" || $0.merge == .immutable })
        }
    }
}
