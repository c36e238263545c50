internal import AnnalsModel
internal import AnnalsWire
internal import Foundation

/// Lines as a group holds them, each ended by LF.
enum Lines {
    /// H after the first `count` lines, from H before them; nil where there are not so many.
    static func chainHash(after count: Int64, of bytes: [UInt8], before: Digest) -> Digest? {
        var chain = ChainHash(head: before)
        var start = 0
        for _ in 0..<count {
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            chain.append(line: bytes[start..<end].span.bytes)
            start = end + 1
        }
        return chain.head
    }

    /// How many lines there are; nil where the last one is not ended.
    static func count(_ bytes: [UInt8]) -> Int64? {
        guard bytes.last == UInt8(ascii: "\n") else { return nil }
        return bytes.withUnsafeBytes { bytes in
            var count: Int64 = 0
            var rest = bytes[...]
            // Many bytes to a line: the C library looks at more of them at once than a loop does.
            while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, let end = memchr(start, 10, rest.count) {
                count += 1
                rest = rest.dropFirst(UnsafeRawPointer(end) - start + 1)
            }
            return count
        }
    }
}
