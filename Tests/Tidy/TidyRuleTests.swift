import Testing

/// A rule that never fails proves nothing: each is shown a line that breaks it, and one that only looks so.
@Suite("Each rule of tidiness can fail")
struct TidyRuleTests {
    private func file(_ text: String, at path: String = "Sources/AnnalsCore/Example.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    @Test(
        "an import against the arrows is found",
        arguments: [
            ("EDTF", "import Foundation"), ("AnnalsModel", "internal import Glibc"), ("AnnalsCore", "public import Crypto"),
            ("AnnalsWire", "internal import struct Foundation.Data"), ("AnnalsModel", "public import AnnalsWire"),
            ("AnnalsCommand", "import GRDB"), ("Annals", "@preconcurrency import AnnalsServer"), ("Mystery", "import EDTF"),
        ])
    func layer(module: String, line: String) {
        #expect(LayerRule.findings(in: file(line, at: "Sources/\(module)/Example.swift")).count == 1)
    }

    @Test(
        "an import along the arrows is not",
        arguments: [
            ("AnnalsWire", "internal import struct Crypto.SHA256"), ("AnnalsModel", "public import EDTF"),
            ("Annals", "internal import GRDB"), ("EDTF", "// import Foundation"), ("EDTF", "let text = \"import Foundation\""),
        ])
    func allowedLayer(module: String, line: String) {
        #expect(LayerRule.findings(in: file(line, at: "Sources/\(module)/Example.swift")) == [])
    }

    @Test(
        "a clock, chance or waiting in a pure layer is found",
        arguments: [
            "let now = Date()", "let clock = ContinuousClock()", "var generator = SystemRandomNumberGenerator()", "Int.random(in: 0...9)",
            "func send() async {}", "await other()", "print(value)", "ids.shuffled()", "let key = value.hashValue",
        ])
    func purity(line: String) {
        let findings = PurityRule.findings(in: file("struct Example {\n    \(line)\n}\n"))
        #expect(findings.map(\.line) == [2])
    }

    @Test(
        "words that only resemble them are not",
        arguments: ["let date = EDTFDate(text)", "update()", "// no clock: no Date()", "let text = \"print(\"", "func asyncronously() {}"])
    func allowedPurity(line: String) {
        #expect(PurityRule.findings(in: file(line)) == [])
    }

    @Test("a call that ends the program is found", arguments: ["let x = try! read()", "fatalError(\"no\")", "let y = x as! Int"])
    func crashes(line: String) {
        #expect(SafetyRule.crashes(in: file(line)).map(\.line) == [1])
    }

    @Test("work left for later is found, in comments too")
    func promises() {
        #expect(SafetyRule.promises(in: file("let a = 1 // TODO: more")).map(\.line) == [1])
        #expect(SafetyRule.promises(in: file("let TODOs = 1")) == [])
    }

    @Test("an unexplained promise to the compiler is found, an explained one is not")
    func unexplained() {
        #expect(SafetyRule.unexplained(in: file("\nfinal class A: @unchecked Sendable {}")).map(\.line) == [2])
        #expect(SafetyRule.unexplained(in: file("let b = 1\nnonisolated(unsafe) var c = 2")).map(\.line) == [2])
        #expect(SafetyRule.unexplained(in: file("/// Its lock guards all of it.\n@frozen\nfinal class A: @unchecked Sendable {}")) == [])
    }

    @Test("a file of 401 lines is found, one of 400 is not")
    func sizes() {
        #expect(SizeRule.findings(in: file(String(repeating: "\n", count: 401))).map(\.line) == [401])
        #expect(SizeRule.findings(in: file(String(repeating: "\n", count: 400))) == [])
    }

    @Test("a reason for a short file is found")
    func reasons() {
        #expect(SizeRule.idleReasons(among: []) == SizeRule.reasons.keys.sorted())
    }

    @Test(
        "a public declaration without a doc comment is found",
        arguments: [
            "public struct A {}", "public static let b = 1", "public private(set) var c = 2", "@discardableResult public func d() {}",
            "public init() {}", "public final class E {}", "public subscript(index: Int) -> Int { index }",
        ])
    func undocumented(line: String) {
        #expect(DocumentationRule.findings(in: file("\n\(line)\n")).map(\.line) == [2])
        #expect(DocumentationRule.findings(in: file("/// What it is.\n@frozen\n\(line)\n")) == [])
    }

    @Test(
        "imports, extensions and members of a protocol need none",
        arguments: ["public import EDTF", "public extension A {", "    public var description: String { \"\" }"])
    func exempt(line: String) {
        #expect(DocumentationRule.findings(in: file(line)) == [])
    }

    @Test("Foundation's JSON is found", arguments: ["JSONDecoder().decode(A.self, from: data)", "struct A: Codable {}"])
    func json(line: String) {
        #expect(JSONRule.findings(in: file(line)).map(\.line) == [1])
    }

    @Test(
        "a path of one machine or an unknown host is found",
        arguments: ["see /" + "home/me/annals", "(/" + "root/.cache)", "get https://registry.somewhere.net/x", "`/" + "work/main`"])
    func neutrality(line: String) {
        #expect(NeutralityRule.findings(in: file(line, at: "README.md")).map(\.line) == [1])
    }

    @Test(
        "relative paths and cited places are not",
        arguments: [
            "Sources/work/main", "~/root/x", "https://github.com/groue/GRDB.swift", "annals://desk.example/caucasus",
            "https://desk.example/",
        ])
    func neutral(line: String) {
        #expect(NeutralityRule.findings(in: file(line, at: "README.md")) == [])
    }

    @Test("trailing space, a tab and a missing last newline are found")
    func spacing() {
        #expect(SpacingRule.findings(in: file("a \n\tb\nc", at: "README.md")).map(\.line) == [1, 2, 3])
        #expect(SpacingRule.findings(in: file("a\n\tb\n", at: "Makefile")) == [])
    }

    @Test("a table's first column and a manifest's packages are read")
    func manifest() {
        let manifest = file(
            "    .package(url: \"https://github.com/groue/GRDB.swift\", from: \"7.10.0\"),\n    providers: [.apt([\"libuv1-dev\"])]",
            at: "Package.swift")
        #expect(Manifest.packages(in: manifest) == ["GRDB.swift"])
        #expect(Manifest.debianPackages(in: manifest) == ["libuv1-dev"])
        let readme = file(
            "| x | y |\n## Dependencies\n\n| what | why |\n| --- | --- |\n| [GRDB.swift](u) | a |\n| `libuv1-dev` | b |\n## Next\n| z | y |",
            at: "README.md")
        #expect(Manifest.firstColumn(below: "## Dependencies", in: readme, beginning: "[") == ["GRDB.swift"])
        #expect(Manifest.firstColumn(below: "## Dependencies", in: readme, beginning: "`") == ["libuv1-dev"])
    }

    @Test("comments and literals are blanked, columns kept")
    func blanking() {
        let lines = CodeText.blanked("let a = \"try!\" // as!\nlet b = #\"x\"y\"# /* /* */ z */ + c\nlet d = \"\"\"\n  try!\n  \"\"\"; e")
        #expect(lines[0] == "let a = \"    \"       ")
        #expect(lines[1] == "let b = #\"   \"#               + c")
        #expect(lines[3].allSatisfy { $0 == " " })
        #expect(lines[4] == "  \"\"\"; e")
    }
}
