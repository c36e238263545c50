@testable import AnnalsModel
import Testing

@Suite("Latest")
struct LatestTests {
    @Test("a later write that saw the earlier one replaces it without a notice")
    func sequential() {
        var story = Story()
        let thing = story.write("aliya", create("one")).item
        story.write("bek", set(thing, "title", "two"))
        #expect(story[thing].shown("title") == "two")
        #expect(story[thing].overwrittenFields().isEmpty)
    }

    @Test("of concurrent writes the one with the highest seq is shown, and an overwrite is listed")
    func overwrite() {
        var story = Story()
        let thing = story.write("aliya", create("one")).item
        story.write("aliya", base: 1, set(thing, "title", "from aliya"))
        story.write("bek", base: 1, set(thing, "title", "from bek"))
        #expect(story[thing].shown("title") == "from bek")
        #expect(story[thing].overwrittenFields() == ["title"])
        #expect(story[thing].conflictFields().isEmpty)
    }

    @Test("someone who saw both ends the notice by writing")
    func overwriteEnds() {
        var story = Story()
        let thing = story.write("aliya", create("one")).item
        story.write("aliya", base: 1, set(thing, "title", "from aliya"))
        story.write("bek", base: 1, set(thing, "title", "from bek"))
        story.write("cem", set(thing, "title", "agreed"))
        #expect(story[thing].heads("title") == ["agreed"])
        #expect(story[thing].ignored.isEmpty)
    }

    @Test("null clears a field")
    func cleared() {
        var story = Story()
        let thing = story.write("aliya", create("one")).item
        story.write("aliya", set(thing, "title", .null))
        #expect(story[thing].shown("title") == nil)
    }
}

@Suite("Contested")
struct ContestedTests {
    /// A thing whose `when` aliya and bek set without knowing of each other, and those two writes.
    private func conflict(_ one: Value = "monday", _ other: Value = "tuesday") -> (Story, ItemID, ItemID, ItemID) {
        var story = Story()
        let thing = story.write("aliya", create()).item
        let first = story.write("aliya", base: 1, set(thing, "when", one)).item
        let second = story.write("bek", base: 1, set(thing, "when", other)).item
        return (story, thing, first, second)
    }

    @Test("two different writes that did not see each other are an open conflict, both shown")
    func open() {
        let (story, thing, _, _) = conflict()
        #expect(story[thing].conflictFields() == ["when"])
        #expect(story[thing].heads("when") == ["monday", "tuesday"])
    }

    @Test("equal values are no conflict")
    func equal() {
        let (story, thing, _, _) = conflict("monday", "monday")
        #expect(story[thing].conflictFields().isEmpty)
        #expect(story[thing].heads("when").count == 2)
    }

    @Test("values that look alike and have other bytes are a conflict")
    func bytes() {
        let (story, thing, _, _) = conflict("\u{E9}", "e\u{301}")
        #expect(story[thing].conflictFields() == ["when"])
    }

    @Test("a plain write by someone who had the conflict on the screen has no effect and is listed")
    func plainWrite() {
        var (story, thing, _, _) = conflict()
        let plain = story.write("cem", set(thing, "when", "friday")).item
        #expect(story[thing].heads("when") == ["monday", "tuesday"])
        #expect(story[thing].ignored.map(\.stamp.id) == [plain])
        #expect(story[thing].ignored.map(\.reason) == [.conflictOnScreen])
    }

    @Test("a plain write by someone who had the conflict on the screen has no effect even after it was closed elsewhere")
    func latePlainWrite() {
        var (story, thing, first, second) = conflict()
        story.write("cem", resolve(thing, "when", "friday", closes: first, second))
        story.write("dana", base: 3, set(thing, "when", "sunday"))
        #expect(story[thing].heads("when") == ["friday"])
        #expect(story[thing].ignored.map(\.reason) == [.conflictOnScreen])
    }

    @Test("a superseded write counts where it was still on the screen beside another")
    func staleScreen() {
        var story = Story()
        let thing = story.write("aliya", create("a thing", ("when", "monday"))).item
        story.write("bek", set(thing, "when", "tuesday"))
        story.write("cem", base: 0, set(thing, "when", "friday"))
        // cem's replica had monday and its own friday on the screen, and tuesday not yet.
        story.write("cem", base: 1, set(thing, "when", "sunday"))
        #expect(story[thing].heads("when") == ["tuesday", "friday"])
        #expect(story[thing].ignored.count == 1)
    }

    @Test("a plain write that had equal heads on the screen takes effect")
    func plainOverEqual() {
        var (story, thing, _, _) = conflict("monday", "monday")
        story.write("cem", set(thing, "when", "friday"))
        #expect(story[thing].heads("when") == ["friday"])
    }

    @Test("resolve supersedes exactly what it closes: other heads stay")
    func resolves() {
        var (story, thing, first, second) = conflict()
        story.write("cem", base: 1, set(thing, "when", "sunday"))
        story.write("dana", resolve(thing, "when", "friday", closes: first, second))
        #expect(story[thing].heads("when") == ["sunday", "friday"])
        #expect(story[thing].conflictFields() == ["when"])
    }

    @Test("resolve does not supersede what its author had not seen, though it names it")
    func resolvesUnseen() {
        var (story, thing, first, second) = conflict()
        story.write("cem", base: 2, resolve(thing, "when", "friday", closes: first, second))
        #expect(story[thing].heads("when") == ["tuesday", "friday"])
    }

    @Test("a third person's edit of another field leaves the conflict open")
    func elsewhere() {
        var (story, thing, _, _) = conflict()
        story.write("cem", set(thing, "title", "another title"))
        #expect(story[thing].conflictFields() == ["when"])
    }

    @Test("two resolves that did not see each other are a conflict again, unless they say the same")
    func concurrentResolves() {
        var (story, thing, first, second) = conflict()
        story.write("cem", base: 3, resolve(thing, "when", "friday", closes: first, second))
        var same = story.copy()
        story.write("dana", base: 3, resolve(thing, "when", "sunday", closes: first, second))
        #expect(story[thing].heads("when") == ["friday", "sunday"])
        #expect(story[thing].conflictFields() == ["when"])
        same.write("dana", base: 3, resolve(thing, "when", "friday", closes: first, second))
        #expect(same[thing].conflictFields().isEmpty)
    }

    @Test("one's own earlier write is no conflict, though the base is older")
    func ownChain() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        story.write("bek", base: 1, set(thing, "when", "monday"))
        story.write("bek", base: 1, set(thing, "when", "tuesday"))
        #expect(story[thing].heads("when") == ["tuesday"])
    }

    @Test("a base that goes back sees less: it need not be monotone")
    func baseGoesBack() {
        var story = Story()
        let thing = story.write("aliya", create("a thing", ("when", "monday"))).item
        story.write("aliya", set(thing, "when", "tuesday"))
        story.write("bek", base: 2, create("another"))
        story.write("bek", base: 1, set(thing, "when", "friday"))
        #expect(story[thing].heads("when") == ["tuesday", "friday"])
    }

    @Test("a change from another branch saw what the branches have in common, and no more")
    func common() {
        var story = Story()
        let thing = story.write("aliya", create("a thing", ("when", "monday"))).item
        story.write("aliya", set(thing, "when", "tuesday"))
        story.write("bek", base: 2, common: 1, set(thing, "when", "friday"))
        #expect(story[thing].heads("when") == ["tuesday", "friday"])
    }
}

@Suite("Set")
struct SetTests {
    @Test("an add wins over a remove that did not see it")
    func addWins() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        let first = story.write("aliya", add(thing, "x")).item
        let second = story.write("bek", base: 2, add(thing, "x")).item
        story.write("cem", base: 2, remove(thing, first, second))
        #expect(story[thing].elements["marks"]?.map(\.id) == [second])
    }

    @Test("a remove takes what its author saw")
    func removes() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        let first = story.write("aliya", add(thing, "x")).item
        story.write("bek", remove(thing, first))
        #expect(story[thing].values("marks").isEmpty)
    }

    @Test("equal values show once, and go only when all of them are removed")
    func equalOnce() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        let first = story.write("aliya", add(thing, "x")).item
        let second = story.write("bek", base: 1, add(thing, "x")).item
        #expect(story[thing].values("marks") == ["x"])
        story.write("cem", remove(thing, first))
        #expect(story[thing].values("marks") == ["x"])
        story.write("cem", remove(thing, second))
        #expect(story[thing].values("marks").isEmpty)
    }

    @Test("values of other bytes both show")
    func bytes() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        story.write("aliya", add(thing, "\u{E9}"), add(thing, "e\u{301}"))
        #expect(story[thing].values("marks").count == 2)
    }
}

@Suite("Per coder")
struct PerCoderTests {
    @Test("people never conflict: each has a cell, and disagreement is data")
    func people() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        story.write("aliya", base: 1, code(thing, "AID"))
        story.write("bek", base: 1, code(thing, "AGREE"))
        #expect(story[thing].conflictFields().isEmpty)
        #expect(story[thing].codings("view").map(\.author.raw) == ["aliya", "bek"])
        #expect(story[thing].heads("view", "aliya") == ["AID"])
    }

    @Test("a person's own machines can conflict, and resolve closes it")
    func machines() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        let desk = story.write("aliya", base: 1, code(thing, "AID")).item
        let laptop = story.write("aliya", on: "laptop", base: 1, code(thing, "AGREE")).item
        #expect(story[thing].conflictFields() == ["view"])
        story.write("aliya", resolve(thing, "view", "AID", closes: desk, laptop))
        #expect(story[thing].heads("view", "aliya") == ["AID"])
        #expect(story[thing].conflictFields().isEmpty)
    }

    @Test("one coder's resolve does not touch another's cell")
    func othersCell() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        let hers = story.write("aliya", code(thing, "AID")).item
        story.write("bek", resolve(thing, "view", "AGREE", closes: hers))
        #expect(story[thing].heads("view", "aliya") == ["AID"])
        #expect(story[thing].heads("view", "bek") == ["AGREE"])
    }

    @Test("null takes a coding back")
    func cleared() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        story.write("aliya", code(thing, "AID"))
        story.write("aliya", code(thing, .null))
        #expect(story[thing].codings("view").isEmpty)
    }
}

@Suite("Append and immutable")
struct AppendTests {
    @Test("everything appended is shown, equal values too, and an element is retracted by its id")
    func appends() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        let first = story.write("aliya", base: 1, append(thing, "minister")).item
        story.write("bek", base: 1, append(thing, "minister"))
        #expect(story[thing].values("posts") == ["minister", "minister"])
        story.write("cem", base: 0, retractElements(thing, first))
        #expect(story[thing].values("posts") == ["minister"])
    }

    @Test("an element can be retracted before it arrives")
    func retractedBefore() {
        var story = Story()
        let thing = story.write("aliya", create()).item
        let coming = story.nextID()
        story.write("bek", retractElements(thing, coming.item))
        story.write("aliya", base: 1, id: coming, append(thing, "minister"), append(thing, "judge"))
        #expect(story[thing].values("posts") == ["judge"])
    }

    @Test("a later write to an immutable field has no effect and is listed")
    func immutable() {
        var story = Story()
        let thing = story.write("aliya", create("one", ("fixed", "so"))).item
        story.write("aliya", set(thing, "fixed", "otherwise"))
        #expect(story[thing].shown("fixed") == "so")
        #expect(story[thing].ignored.map(\.reason) == [.immutable])
    }
}
