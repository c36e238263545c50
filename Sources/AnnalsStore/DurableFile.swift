internal import AnnalsCore
internal import Foundation

/// Makes files made, renamed and deleted in a folder last; "" is the current one.
func syncFolder(_ path: String) throws {
    let path = path.isEmpty ? "." : path
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw storeError(errno: errno, "The folder \(path) cannot be opened") }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw storeError(errno: errno, "The folder \(path) cannot be synced") }
}

extension DataFolder {
    /// Writes a file that after a power cut is there whole or not at all: beside it, synced, then renamed.
    func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o600) throws {
        let path = file(name)
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw storeError(errno: errno, "\(path) cannot be written") }
        do {
            defer { close(descriptor) }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw storeError(errno: errno, "\(path) cannot be written") }
                rest = rest.dropFirst(count)
            }
            guard fsync(descriptor) == 0 else { throw storeError(errno: errno, "\(path) cannot be synced") }
        }
        guard rename(temporary, path) == 0 else { throw storeError(errno: errno, "\(path) cannot be put in place") }
        try sync()
    }

    /// The first `limit` bytes of a file; nil where there is none of that name.
    func read(_ name: String, limit: Int) throws -> [UInt8]? {
        let descriptor = open(file(name), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw storeError(errno: errno, "\(file(name)) cannot be read")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit)
        var done = 0
        while done < limit {
            let count = bytes.withUnsafeMutableBytes {
                Foundation.read(descriptor, UnsafeMutableRawBufferPointer(rebasing: $0[done...]).baseAddress, limit - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw storeError(errno: errno, "\(file(name)) cannot be read") }
            if count == 0 { break }
            done += count
        }
        return Array(bytes.prefix(done))
    }

    /// Deletes a file for good; one that is not there is no error.
    func remove(_ name: String) throws {
        guard unlink(file(name)) == 0 || errno == ENOENT else {
            throw storeError(errno: errno, "\(file(name)) cannot be deleted")
        }
        try sync()
    }
}
