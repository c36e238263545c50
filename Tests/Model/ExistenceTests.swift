@testable import AnnalsModel
import Testing

@Suite("Existence")
struct ExistenceTests {
    @Test("retract hides, restore shows again")
    func retractRestore() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        story.write("bek", retract(thing))
        #expect(!story[thing].isPresent)
        story.write("aliya", restore(thing))
        #expect(story[thing].isPresent)
        #expect(story[thing].conflictFields().isEmpty)
    }

    @Test(
        "a revise that saw no retract is a conflict with it; one that saw it is not",
        arguments: [
            (Int64(2), ["existence"]), (Int64(3), []),
        ])
    func reviseAgainstRetract(_ base: Int64, _ conflicts: [String]) {
        var story = Story()
        let thing = story.write("aliya", create()).item
        story.write("aliya", set(thing, "title", "two"))
        story.write("bek", retract(thing))
        story.write("cem", base: base, set(thing, "when", "monday"))
        #expect(story[thing].conflictFields() == conflicts)
        #expect(story[thing].isPresent == !conflicts.isEmpty)
    }

    @Test("after a restore a revise says again that the entity is there")
    func reviseAfterRestore() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        story.write("bek", retract(thing))
        story.write("bek", restore(thing))
        story.write("cem", base: 3, set(thing, "when", "monday"))
        story.write("dana", base: 3, retract(thing))
        #expect(story[thing].conflictFields() == ["existence"])
    }

    @Test("revising people do not conflict with each other")
    func revisers() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        story.write("bek", base: 1, set(thing, "title", "two"))
        story.write("cem", base: 1, add(thing, "x"))
        #expect(story[thing].conflictFields().isEmpty)
        story.write("dana", retract(thing))
        #expect(!story[thing].isPresent)
    }

    @Test("a retract by someone who had the conflict on the screen has no effect; resolve closes it")
    func resolved() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        let gone = story.write("bek", base: 1, retract(thing)).item
        let kept = story.write("cem", base: 1, set(thing, "when", "monday")).item
        story.write("dana", retract(thing))
        #expect(story[thing].ignored.map(\.field) == [Entity.existenceField])
        #expect(story[thing].conflictFields() == ["existence"])
        story.write("dana", resolve(thing, Entity.existenceField, "retracted", closes: gone, kept))
        #expect(story[thing].conflictFields().isEmpty)
        #expect(!story[thing].isPresent)
    }

    @Test("a write that has no effect does not say that the entity is there")
    func noEffect() {
        var story = Story()
        let mine = story.write("aliya", ChangeOperation("remark", .create(id: nil, fields: [.init("text", "so")]))).item
        story.write("aliya", retract(mine, kind: "remark"))
        story.write("bek", base: 1, set(mine, "text", "otherwise", kind: "remark"))
        #expect(story[mine].conflictFields().isEmpty)
        #expect(!story[mine].isPresent)
    }
}

@Suite("Creation")
struct CreationTests {
    @Test("the first create wins")
    func first() {
        var story = Story()
        let id = story.nextID()
        story.write("aliya", id: id, create("one", ("fixed", "so")))
        story.write("bek", base: 0, id: id, create("two", ("fixed", "otherwise")))
        #expect(story[id.item].owner == name("aliya"))
        #expect(story[id.item].shown("fixed") == "so")
        #expect(story[id.item].ignored.map(\.reason) == [.immutable])
    }

    @Test("a document created twice is one, and the second create sets its latest fields")
    func document() throws {
        var story = Story()
        let paper = try #require(ItemID("sha256:" + String(repeating: "ab", count: 32)))
        func creation(_ title: String) -> ChangeOperation {
            ChangeOperation("paper", .create(id: paper, fields: [.init("text", "words"), .init("title", .string(title))]))
        }
        story.write("aliya", base: 0, creation("one"))
        story.write("bek", base: 0, creation("two"))
        #expect(story.entities.count == 1)
        #expect(story[paper].owner == name("aliya"))
        #expect(story[paper].shown("title") == "two")
        #expect(story[paper].overwrittenFields() == ["title"])
        #expect(story[paper].shown("text") == "words")
    }

    @Test("operations on an entity not yet created fold, and show when its create arrives")
    func early() {
        var story = Story()
        let coming = story.nextID()
        story.write("bek", set(coming.item, "when", "monday"), add(coming.item, "x"))
        #expect(!story[coming.item].isPresent)
        #expect(story[coming.item].conflictFields().isEmpty)
        story.write("aliya", base: 0, id: coming, create("late", ("when", "tuesday")))
        #expect(story[coming.item].isPresent)
        #expect(story[coming.item].values("marks") == ["x"])
        #expect(story[coming.item].conflictFields() == ["when"])
        #expect(story.handle(coming.item) == "t2")
    }

    @Test("a create says what kind an entity is, whatever an earlier operation called it")
    func kind() {
        var story = Story()
        let coming = story.nextID()
        story.write("bek", set(coming.item, "text", "words", kind: "remark"))
        story.write("aliya", base: 0, id: coming, create())
        #expect(story[coming.item].kind == "thing")
        #expect(story[coming.item].isPresent)
        story.write("bek", set(coming.item, "text", "words", kind: "remark"))
        #expect(story[coming.item].heads("text").isEmpty)
        #expect(story[coming.item].ignored.map(\.reason) == [.otherKind])
    }

    @Test("several creates in one change are told apart by their ordinal")
    func ordinals() {
        var story = Story()
        let change = story.write("aliya", create(), ChangeOperation("remark", .create(id: nil, fields: [])), create())
        #expect([1, 2, 3].map { story.handle(change.item($0)) } == ["t1", "r1", "t1.2"])
    }

    @Test("a refused change has no effect")
    func refused() throws {
        var fold = Fold(vocabulary: .test)
        let digest = try #require(Digest(bytes: [UInt8](repeating: 1, count: 32)))
        fold.apply(
            Entry(
                seq: 1, at: Instant(milliseconds: 0), author: name("bek"), replica: name("bek"),
                body: .refused(Refusal(id: ChangeID(random: 1, 1), n: 1, code: "role", digest: digest, prev: nil))))
        #expect(fold.entities.isEmpty)
    }
}

@Suite("Ownership")
struct OwnershipTests {
    private func remark() -> (Story, ItemID) {
        var story = Story()
        let mine = story.write("aliya", ChangeOperation("remark", .create(id: nil, fields: [.init("text", "so")]))).item
        return (story, mine)
    }

    @Test("another's write to an owner's field has no effect and is listed")
    func write() {
        var (story, mine) = remark()
        story.write("bek", set(mine, "text", "otherwise", kind: "remark"))
        #expect(story[mine].heads("text") == ["so"])
        #expect(story[mine].ignored.map(\.reason) == [.notOwner])
        story.write("aliya", set(mine, "text", "better", kind: "remark"))
        #expect(story[mine].heads("text") == ["better"])
    }

    @Test("another's retract of an owner's item has no effect and is listed")
    func retracts() {
        var (story, mine) = remark()
        story.write("bek", retract(mine, kind: "remark"))
        #expect(story[mine].isPresent)
        #expect(story[mine].ignored.map(\.reason) == [.notOwner])
        story.write("aliya", retract(mine, kind: "remark"))
        #expect(!story[mine].isPresent)
    }

    @Test("what others wrote before the create is taken back when the owner is known, and what it hid stands again")
    func before() {
        var story = Story()
        let coming = story.nextID()
        story.write("aliya", on: "laptop", set(coming.item, "text", "mine", kind: "remark"))
        story.write(
            "bek", set(coming.item, "text", "theirs", kind: "remark"),
            ChangeOperation("remark", .add(on: coming.item, field: "words", value: "theirs")), retract(coming.item, kind: "remark"))
        story.write("aliya", base: 0, id: coming, ChangeOperation("remark", .create(id: nil, fields: [])))
        #expect(story[coming.item].heads("text") == ["mine"])
        #expect(story[coming.item].elements.isEmpty)
        #expect(story[coming.item].isPresent)
        #expect(story[coming.item].ignored.map(\.reason) == [.notOwner, .notOwner, .notOwner])
    }
}

@Suite("Who saw what")
struct SightTests {
    @Test("a later operation of one change saw the earlier ones")
    func withinChange() {
        var story = Story()
        let change = story.nextID()
        story.write(
            "aliya", id: change, create("a thing", ("when", "monday")), set(change.item, "when", "tuesday"), add(change.item, "x"),
            remove(change.item, change.item(3)))
        #expect(story[change.item].heads("when") == ["tuesday"])
        #expect(story[change.item].values("marks").isEmpty)
    }

    @Test("a renamed replica's changes saw those of the replica that it continues")
    func lineage() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        story.write("bek", on: "old", base: 1, set(thing, "when", "monday"))
        story.write("bek", on: "new", base: 1, continuing: "old", set(thing, "when", "tuesday"))
        #expect(story[thing].heads("when") == ["tuesday"])
    }

    @Test("a renamed replica did not see what its twin wrote under the old name afterwards")
    func lineageEnds() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        story.write("bek", on: "old", base: 1, set(thing, "when", "monday"))
        story.write("bek", on: "new", base: 1, continuing: "old", create("elsewhere"))
        story.write("bek", on: "old", base: 1, set(thing, "when", "tuesday"))
        story.write("bek", on: "new", base: 1, set(thing, "when", "friday"))
        #expect(story[thing].heads("when") == ["tuesday", "friday"])
    }

    @Test("lineage follows one author only, through several names")
    func lineageAuthors() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        story.write("bek", on: "old", base: 1, set(thing, "when", "monday"))
        story.write("bek", on: "new", base: 1, continuing: "old", create("elsewhere"))
        var stranger = story.copy()
        story.write("bek", on: "newer", base: 1, continuing: "new", set(thing, "when", "tuesday"))
        #expect(story[thing].heads("when") == ["tuesday"])
        stranger.write("cem", on: "newer", base: 1, continuing: "new", set(thing, "when", "tuesday"))
        #expect(stranger[thing].heads("when") == ["monday", "tuesday"])
    }

    @Test("a chain that went through another's hands is one's own no more")
    func lineageThroughOthers() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        story.write("cem", on: "first", base: 1, set(thing, "when", "monday"))
        story.write("bek", on: "taken", base: 1, continuing: "first", create("elsewhere"))
        story.write("cem", on: "back", base: 1, continuing: "taken", set(thing, "when", "tuesday"))
        #expect(story[thing].heads("when") == ["monday", "tuesday"])
    }

    @Test("pending changes fold on top and saw each other in their order")
    func pending() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        for (n, word) in [(Int64(1), "monday"), (2, "tuesday")] {
            story.apply(
                pending: Change(
                    id: story.nextID(), n: n, prev: nil, base: Base(seq: 1, hash: nil), at: Instant(milliseconds: 0),
                    operations: [set(thing, "when", .string(word)), create()]),
                author: name("bek"), replica: name("bek"))
        }
        #expect(story[thing].heads("when") == ["tuesday"])
        let handles = story.entities.keys.compactMap { story.handle($0) }.sorted()
        #expect(handles == ["t1", "t~1", "t~2"])
    }
}
