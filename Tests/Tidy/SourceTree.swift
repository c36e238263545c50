import Foundation

/// The files of the checkout that this test stands in, read as text.
struct SourceTree {
    /// The top of the checkout: three folders above this file.
    static let root: URL = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Folders that are not ours to keep tidy: what was built, fetched or left by a demo, and texts kept byte for byte.
    private static let skipped: Set<String> = [".git", ".build", "seeds", "LICENSE", "Package.resolved"]

    /// Every text file below the named folders and files, in order of path.
    static func files(in places: [String], ending endings: [String]) throws -> [SourceFile] {
        try places.flatMap { try paths(below: $0) }
            .filter { path in endings.contains { path.hasSuffix($0) } }
            .sorted()
            .map { try file($0) }
    }

    static func file(_ path: String) throws -> SourceFile {
        SourceFile(path: path, text: try String(contentsOf: root.appending(path: path), encoding: .utf8))
    }

    static func swift(in places: String...) throws -> [SourceFile] {
        let files = try files(in: places, ending: [".swift"])
        if files.isEmpty { throw EmptyTree(places: places) }
        return files
    }

    /// Everything that a reader of the checkout sees.
    static func texts() throws -> [SourceFile] {
        let top = try FileManager.default.contentsOfDirectory(atPath: root.path)
            .filter { !skipped.contains($0) && !$0.hasPrefix(".build") && !$0.hasPrefix("demo-data") }
        return try files(
            in: top,
            ending: [".swift", ".h", ".c", ".md", ".modulemap", "Makefile", ".editorconfig", ".swift-format", ".gitignore"]
        ) + files(in: ["scripts", ".ci"], ending: [""])
    }

    private static func paths(below place: String) throws -> [String] {
        let url = root.appending(path: place)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { return [] }
        guard isFolder.boolValue else { return [place] }
        return try FileManager.default.contentsOfDirectory(atPath: url.path)
            .filter { !skipped.contains($0) && !$0.hasSuffix(".swp") }
            .flatMap { try paths(below: place + "/" + $0) }
    }
}

/// A rule that looks at nothing would always hold.
struct EmptyTree: Error {
    var places: [String]
}
