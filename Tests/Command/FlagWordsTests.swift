import AnnalsModel
import Testing

@testable import AnnalsCommand

@Suite("Flag words") struct FlagWordsTests {
    func rewritten(_ words: String...) -> [String] { FlagWords(vocabulary: .current).rewritten(words) }

    @Test("global flags before the verb mean what they mean behind it")
    func globals() {
        #expect(rewritten("-C", "desk", "--json", "list", "event") == ["list", "event", "-C", "desk", "--json"])
        #expect(rewritten("-q", "note", "e1", "--", "-C") == ["note", "e1", "-q", "--", "-C"])
        #expect(rewritten("--help") == ["--help"])
    }

    @Test("cite takes the title behind the kind, and the new kind's fields as flags")
    func cite() {
        #expect(
            rewritten("cite", "d12", "the draft", "--new", "event", "Draft initialed", "--when", "2025-08-08", "--stance", "supports")
                == [
                    "cite", "d12", "the draft", "--new", "event", "--titled", "Draft initialed", "--set", "when=2025-08-08", "--stance",
                    "supports",
                ])
        #expect(rewritten("cite", "d12", "x", "--of", "e1") == ["cite", "d12", "x", "--of", "e1"])
        #expect(rewritten("cite", "d12", "x", "--new", "event", "--nth", "2") == ["cite", "d12", "x", "--new", "event", "--nth", "2"])
    }

    @Test("code takes the parts of a judgment, in the singular too")
    func code() {
        #expect(
            rewritten("code", "e40", "SUPPORT", "--context", "a,b", "--cameo=057", "--note", "why")
                == ["code", "e40", "SUPPORT", "--set", "contexts=a,b", "--set", "cameo=057", "--set", "note=why"])
    }

    @Test("what is no field, and what follows --, stays as it is")
    func others() {
        #expect(rewritten("new", "event", "t", "--wen", "2025", "--", "--when") == ["new", "event", "t", "--wen", "2025", "--", "--when"])
        #expect(rewritten("new", "-m", "event", "event", "--when", "x") == ["new", "-m", "event", "event", "--set", "when=x"])
        #expect(rewritten("new", "event", "t", "--when") == ["new", "event", "t", "--set", "when"])
        #expect(rewritten("show", "--when", "x") == ["show", "--when", "x"])
    }
}
