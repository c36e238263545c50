internal import Foundation

/// A file of lines in memory, read before the clock starts.
final class MappedLines {
    private let all: UnsafeMutableBufferPointer<UInt8>

    init(_ path: String) throws {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw BenchFailure.system(path) }
        defer { close(file) }
        var status = stat()
        fstat(file, &status)
        let count = Int(status.st_size)
        guard let pointer = mmap(nil, count, PROT_READ, MAP_PRIVATE | Int32(MAP_POPULATE), file, 0), pointer != MAP_FAILED else {
            throw BenchFailure.system(path)
        }
        all = UnsafeMutableBufferPointer(start: pointer.assumingMemoryBound(to: UInt8.self), count: count)
    }

    deinit { munmap(all.baseAddress, all.count) }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(all) }

    /// The bytes of the lines after the first `from`, up to `through`.
    func lines(after from: Int, through: Int) -> UnsafeBufferPointer<UInt8> {
        let start = offset(after: from)
        return UnsafeBufferPointer(rebasing: bytes[start..<offset(after: through)])
    }

    /// Where the line after so many begins.
    private func offset(after count: Int) -> Int {
        guard let base = all.baseAddress else { return 0 }
        var at = 0
        for _ in 0..<count {
            guard at < all.count, let found = memchr(base + at, 10, all.count - at) else { return all.count }
            at = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
        }
        return at
    }
}
