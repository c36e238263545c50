internal import AnnalsCore
internal import AnnalsModel

/// The marks that a group holds, a line each: `replica n hash user`. None of the four has a blank.
enum ReplicaMarks {
    /// Written byte by byte: where each change is pushed by itself, each has one.
    static func lines(_ marks: [Name: ReplicaMark]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(marks.count * 80)
        for (replica, mark) in marks {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "\n")) }
            bytes.append(contentsOf: replica.raw.utf8)
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: String(mark.n).utf8)
            bytes.append(UInt8(ascii: " "))
            for shift in stride(from: 60, through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: mark.hash.word >> UInt64(shift)) & 15
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: mark.user.raw.utf8)
        }
        return bytes
    }

    static func read(_ text: String) throws -> [(Name, ReplicaMark)] {
        try text.split(separator: "\n").map { line in
            let parts = line.split(separator: " ")
            guard parts.count == 4, let replica = Name(String(parts[0])), let n = Int64(parts[1]),
                let hash = ShortHash(hex: String(parts[2])), let user = Name(String(parts[3]))
            else { throw damaged("a group's marks are none") }
            return (replica, ReplicaMark(n: n, hash: hash, user: user))
        }
    }
}
