internal import Foundation

/// A new empty folder, deleted with all it holds when the last reference goes.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("annals-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        path = url.path
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            // A test's own result matters more than what it leaves in the temporary folder; say it, no more.
            print("could not remove \(path): \(error)")
        }
    }

    public func file(_ name: String) -> String { path + "/" + name }
}
