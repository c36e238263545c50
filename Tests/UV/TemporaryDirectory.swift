import Glibc
import Testing

import class Foundation.FileManager
import UV

/// A directory of the caller's own, with a path short enough for sockets; removed when the tests end.
func temporaryDirectory() throws -> String {
    var template = Array("/tmp/annals-uv-XXXXXX".utf8CString)
    let path = String(cString: try #require(mkdtemp(&template)))
    made.withLock {
        if $0.isEmpty {
            atexit { for path in made.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) } }
        }
        $0.append(path)
    }
    return path
}

private let made = Locked<[String]>([])
