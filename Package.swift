// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 mode, explicit existentials and imports, and no warning left standing.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// A target of the layers in `Documentation/architecture.md`; its name is its folder.
func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: ["README.md"], swiftSettings: strict)
}

/// The tests of a layer, in `Tests/` under its name.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, path: "Tests/" + name, swiftSettings: strict)
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "annals",
    products: [
        .library(name: "Annals", targets: ["Annals"]),
        .executable(name: "annals", targets: ["AnnalsCommand"]),
        .executable(name: "annals-bench", targets: ["AnnalsBench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        // Pure values and pure machines.
        layer("EDTF"),
        layer("AnnalsJSON"),
        layer("AnnalsModel", ["EDTF", "AnnalsJSON"]),
        layer("AnnalsWire", ["AnnalsJSON", "AnnalsModel", crypto]),
        layer("AnnalsCore", ["AnnalsJSON", "AnnalsModel", "AnnalsWire"]),
        // Thin shells.
        .systemLibrary(name: "CUV", providers: [.apt(["libuv1-dev"])]),
        layer("UV", ["CUV"]),
        layer("AnnalsStore", ["AnnalsModel", "AnnalsWire", "AnnalsCore", grdb, sqlite, crypto]),
        layer("AnnalsServer", ["AnnalsModel", "AnnalsWire", "AnnalsCore", "AnnalsStore", "UV", logging]),
        layer("Annals", ["EDTF", "AnnalsJSON", "AnnalsModel", "AnnalsWire", "AnnalsCore", "AnnalsStore", "UV", grdb, sqlite]),
        .executableTarget(
            name: "AnnalsCommand",
            dependencies: ["Annals", "AnnalsModel", "AnnalsWire", "AnnalsCore", "AnnalsServer", "EDTF", arguments, logging],
            exclude: ["README.md"], swiftSettings: strict),
        .systemLibrary(name: "CLinux"),
        // The benchmark: built by `make bench` alone.
        .executableTarget(
            name: "AnnalsBench",
            dependencies: ["Annals", "AnnalsJSON", "AnnalsModel", "AnnalsWire", "AnnalsCore", "AnnalsStore", "CLinux", sqlite],
            exclude: ["README.md"],
            swiftSettings: strict),
        // For tests only.
        .target(name: "CFaultVFS", dependencies: [sqlite]),
        layer("AnnalsTesting", ["AnnalsModel", "AnnalsWire", "AnnalsCore", "AnnalsStore", "CFaultVFS", sqlite]),
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        // Counts what a push costs the server's machine: `scripts/hot-path`.
        .executableTarget(
            name: "hot-path", dependencies: ["AnnalsModel", "AnnalsWire", "AnnalsCore", "CAllocations"], path: "Tests/HotPath",
            exclude: ["thresholds"], swiftSettings: strict),
        tests("EDTF", ["EDTF"]),
        tests("JSON", ["AnnalsJSON", "AnnalsModel", "AnnalsWire", "AnnalsTesting"]),
        tests("Model", ["AnnalsJSON", "AnnalsModel", "AnnalsWire", "AnnalsTesting", "EDTF"]),
        tests("Wire", ["EDTF", "AnnalsJSON", "AnnalsModel", "AnnalsWire", "AnnalsTesting", crypto]),
        tests("Core", ["AnnalsModel", "AnnalsWire", "AnnalsCore", "AnnalsTesting", crypto]),
        tests("UV", ["UV"]),
        tests("Store", ["AnnalsModel", "AnnalsCore", "AnnalsStore", "AnnalsTesting", grdb, crypto]),
        tests("Server", ["AnnalsModel", "AnnalsWire", "AnnalsCore", "AnnalsStore", "AnnalsServer", "AnnalsTesting", logging]),
        tests(
            "Annals", ["Annals", "AnnalsModel", "AnnalsWire", "AnnalsCore", "AnnalsServer", "AnnalsTesting", "EDTF", grdb, crypto, logging]),
        tests("Sync", ["Annals", "AnnalsModel", "AnnalsCore", "AnnalsServer", "AnnalsTesting", logging]),
        tests("Crash", ["AnnalsCommand", "Annals", "AnnalsCore", "AnnalsModel", "AnnalsStore", "AnnalsTesting", "AnnalsWire"]),
        tests("Command", ["AnnalsCommand", "Annals", "AnnalsModel", "AnnalsTesting"]),
        tests("Tidy", []),
    ],
    swiftLanguageModes: [.v6]
)
