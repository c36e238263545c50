internal import AnnalsCore
internal import AnnalsModel

/// The marks that a group holds, a line each: `replica n hash user`. None of the four has a blank.
enum ReplicaMarks {
    static func line(_ replica: Name, _ mark: ReplicaMark) -> String {
        "\(replica.raw) \(mark.n) \(mark.hash.hex) \(mark.user.raw)"
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
