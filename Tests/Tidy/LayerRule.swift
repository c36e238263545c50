/// Which modules each of ours may import: the arrows of `Documentation/architecture.md`, one way.
enum LayerRule {
    /// Pure values and machines. Bytes, times and ids come in as values; what is to be done goes out as values.
    static let pure: [String: Set<String>] = [
        "EDTF": [],
        "AnnalsJSON": [],
        "AnnalsModel": ["EDTF", "AnnalsJSON"],
        "AnnalsWire": ["AnnalsJSON", "AnnalsModel", "Crypto"],
        "AnnalsCore": ["AnnalsJSON", "AnnalsModel", "AnnalsWire"],
    ]

    /// What a shell may take from the system.
    private static let system: Set<String> = ["Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization"]

    /// Shells: the disk, the network, the terminal.
    static let shells: [String: Set<String>] = [
        "UV": ["CUV", "Glibc", "Synchronization"],
        "AnnalsStore": system.union(["AnnalsModel", "AnnalsWire", "AnnalsCore", "GRDB", "GRDBSQLite", "Crypto"]),
        "AnnalsServer": system.union(["AnnalsModel", "AnnalsWire", "AnnalsCore", "AnnalsStore", "UV", "Logging"]),
        "Annals": system.union(["EDTF", "AnnalsJSON", "AnnalsModel", "AnnalsWire", "AnnalsCore", "AnnalsStore", "UV", "GRDB", "GRDBSQLite"]
        ),
        "AnnalsCommand": system.union([
            "EDTF", "AnnalsModel", "AnnalsWire", "AnnalsCore", "AnnalsServer", "Annals", "ArgumentParser", "Logging",
        ]),
        "AnnalsBench": system.union([
            "AnnalsJSON", "AnnalsModel", "AnnalsWire", "AnnalsCore", "AnnalsStore", "Annals", "CLinux", "GRDBSQLite",
        ]),
        "AnnalsTesting": system.union(["AnnalsModel", "AnnalsWire", "AnnalsCore", "AnnalsStore", "CFaultVFS", "GRDBSQLite"]),
    ]

    static let all = pure.merging(shells) { first, _ in first }

    static func findings(in file: SourceFile) -> [Finding] {
        guard let allowed = all[file.module] else {
            return [file.finding(0, "\(file.module) is no layer that the architecture knows")]
        }
        return file.code.enumerated().compactMap { index, line in
            guard let imported = importedModule(line), !allowed.contains(imported) else { return nil }
            return file.finding(index, "\(file.module) may not import \(imported)")
        }
    }

    /// `public import struct Crypto.SHA256` → `Crypto`
    static func importedModule(_ line: String) -> String? {
        var words = line.split(separator: " ").map(String.init)
        while let first = words.first, first.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(first) {
            words.removeFirst()
        }
        guard words.count > 1, words[0] == "import" else { return nil }
        let named = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"].contains(words[1]) && words.count > 2
        return words[named ? 2 : 1].split(separator: ".").first.map(String.init)
    }
}
