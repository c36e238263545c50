internal import AnnalsCore
internal import AnnalsModel
internal import Foundation

/// A group's cuts as its row holds them.
enum LogCuts {
    private static let bytesEach = 40

    static func bytes(_ cuts: [LogCut]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(cuts.count * bytesEach)
        for cut in cuts {
            guard let count = UInt32(exactly: cut.count), let offset = UInt32(exactly: cut.offset) else {
                throw LogStoreError(.notNext, "A group is cut at line \(cut.count), byte \(cut.offset), beyond what a group holds.")
            }
            withUnsafeBytes(of: (count.bigEndian, offset.bigEndian)) { bytes.append(contentsOf: $0) }
            bytes += cut.head.bytes
        }
        return bytes
    }

    static func read(_ data: Data) throws -> [LogCut] {
        guard data.count % bytesEach == 0 else { throw damaged("a group's cuts are none") }
        return try stride(from: data.startIndex, to: data.endIndex, by: bytesEach).map { start in
            guard let head = Digest(bytes: data[(start + 8)..<(start + bytesEach)]) else { throw damaged("a cut's hash is none") }
            return LogCut(count: Int64(number(data, start)), offset: Int(number(data, start + 4)), head: head)
        }
    }

    private static func number(_ data: Data, _ start: Int) -> UInt32 {
        data[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
