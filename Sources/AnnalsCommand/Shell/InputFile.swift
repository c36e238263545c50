import Glibc

/// Files that a person names, read as they stand.
enum InputFile {
    /// All bytes of a file; of standard input for `-`.
    static func bytes(_ path: String) throws -> [UInt8] {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { if path != "-" { close(descriptor) } }
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return all }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(path, errno)
            }
            all += buffer[..<count]
        }
    }

    /// The text of a file that is UTF-8 from end to end; it is never repaired, for what is quoted must stand in it.
    static func text(_ path: String) throws -> String {
        let bytes = try bytes(path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(
                "the file is not UTF-8: byte \(Self.invalidOffset(bytes)) is no part of a character", at: path,
                do: "convert it first, such as iconv -f WINDOWS-1254 -t UTF-8; nothing was recorded")
        }
        return text
    }

    /// The offset of the first byte that is not UTF-8; the count where all is.
    static func invalidOffset(_ bytes: [UInt8]) -> Int {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) { offset += scalar.count }
        return offset
    }

    private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
        CommandFailure("the file cannot be read (\(String(cString: strerror(code))))", at: path, do: "check its name and rights")
    }
}
