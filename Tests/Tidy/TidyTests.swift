import Foundation
import Testing

/// The rules of style that a machine can check, on the tree as it stands. Each failure names file and line.
@Suite("The source tree is tidy")
struct TidyTests {
    private func expectNone(_ findings: [Finding], _ location: SourceLocation = #_sourceLocation) {
        for finding in findings { Issue.record("\(finding)", sourceLocation: location) }
    }

    @Test("arrows between layers go one way")
    func layers() throws {
        expectNone(try SourceTree.swift(in: "Sources").flatMap(LayerRule.findings))
    }

    @Test("pure layers know no clock, no chance, no waiting and no process around them", arguments: LayerRule.pure.keys.sorted())
    func purity(module: String) throws {
        expectNone(try SourceTree.swift(in: "Sources/" + module).flatMap(PurityRule.findings))
    }

    @Test("nothing ends the program instead of throwing")
    func crashes() throws {
        expectNone(try SourceTree.swift(in: "Sources").flatMap(SafetyRule.crashes))
    }

    @Test("nothing is left for later in a comment")
    func promises() throws {
        let sources = try SourceTree.files(in: ["Sources", "Package.swift", "scripts", ".ci"], ending: [""])
        expectNone(sources.flatMap(SafetyRule.promises))
    }

    @Test("every promise about data races says why it holds")
    func unexplained() throws {
        expectNone(try SourceTree.swift(in: "Sources", "Tests").flatMap(SafetyRule.unexplained))
    }

    @Test("a file over 400 lines has a reason, and no reason outlives its file")
    func sizes() throws {
        let files = try SourceTree.files(in: ["Sources", "Tests"], ending: [".swift", ".c", ".h"])
        expectNone(files.flatMap(SizeRule.findings))
        #expect(SizeRule.idleReasons(among: files) == [])
    }

    @Test("every public declaration of the library has a doc comment")
    func documentation() throws {
        expectNone(try SourceTree.swift(in: "Sources/Annals").flatMap(DocumentationRule.findings))
    }

    @Test("no Foundation JSON on the way of a change")
    func json() throws {
        let files = try SourceTree.swift(in: "Sources")
        expectNone(files.flatMap(JSONRule.findings))
        #expect(JSONRule.cold.keys.filter { path in !files.contains { $0.path == path } } == [])
    }

    @Test("the README's table of dependencies names what Package.swift names")
    func dependencies() throws {
        let manifest = try SourceTree.file("Package.swift")
        let readme = try SourceTree.file("README.md")
        let packages = Manifest.firstColumn(below: "## Dependencies", in: readme, beginning: "[")
        let debian = Manifest.firstColumn(below: "## Dependencies", in: readme, beginning: "`")
        #expect(packages.sorted() == Manifest.packages(in: manifest).sorted())
        #expect(Manifest.debianPackages(in: manifest).isSubset(of: debian))
        let setup = try SourceTree.file("scripts/setup")
        for package in debian {
            #expect(setup.lines.contains { $0.hasPrefix(package + " ") }, "scripts/setup does not install \(package)")
        }
    }

    @Test("every package that Package.swift names is imported somewhere")
    func needed() throws {
        let imported = Set(try SourceTree.swift(in: "Sources").flatMap(\.code).compactMap(LayerRule.importedModule))
        for package in Manifest.packages(in: try SourceTree.file("Package.swift")) {
            let modules = try #require(Manifest.modules[package], "\(package) is new: name its modules in Manifest.swift")
            #expect(!imported.isDisjoint(with: modules), "nothing imports \(package)")
        }
    }

    @Test("nothing names a path of one machine or an unknown host")
    func neutrality() throws {
        expectNone(try SourceTree.texts().filter { !$0.path.hasPrefix("Tests/Tidy/") }.flatMap(NeutralityRule.findings))
    }

    @Test("text files end their lines as .editorconfig asks")
    func spacing() throws {
        expectNone(try SourceTree.texts().flatMap(SpacingRule.findings))
    }

    @Test("every folder of Sources says what it is and where to go next")
    func readmes() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: SourceTree.root.appending(path: "Sources").path)
        for folder in folders where LayerRule.all[folder] != nil {
            let readme = try SourceTree.file("Sources/\(folder)/README.md")
            #expect(readme.lines.count > 5, "\(readme.path) says too little")
        }
    }
}
