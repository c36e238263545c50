/// Bytes to be found in many others.
///
/// R. N. Horspool, "Practical fast searching in strings", Software: Practice and Experience 10 (1980): most of the
/// time it looks at one byte in as many as the pattern has.
package struct BytePattern {
    private let bytes: [UInt8]
    /// How far the pattern may move on when the byte under its end is this one.
    private let skips: [Int]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var skips = [Int](repeating: max(1, bytes.count), count: 256)
        for (index, byte) in bytes.dropLast().enumerated() { skips[Int(byte)] = bytes.count - 1 - index }
        self.skips = skips
    }

    /// Where the pattern first stands at or after `start`; nil where it does not.
    package func firstIndex(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let last = bytes.last else { return start }
        var end = start + bytes.count - 1
        while end < text.count {
            let byte = text[end]
            if byte == last, text[(end - bytes.count + 1)...end].elementsEqual(bytes) { return end - bytes.count + 1 }
            end += skips[Int(byte)]
        }
        return nil
    }
}
