import AnnalsModel

/// Picks a side of a conflict by a word: who wrote it, the change that it stands in, or the write's own id.
enum SideWords {
    static func side(_ word: String, of heads: [Write], at path: String) throws -> Write {
        let fitting = heads.filter { head in
            sameBytes(head.stamp.author.raw, word) || sameBytes(EntityText.change(head.stamp), word) || sameBytes(head.stamp.id.raw, word)
        }
        guard let side = fitting.first else {
            throw CommandFailure("no side of the conflict is \(word)'s", at: path, do: "take one of \(names(heads))")
        }
        guard fitting.allSatisfy({ $0.value == side.value }) else {
            let changes = fitting.map { EntityText.change($0.stamp) }.joined(separator: ", ")
            throw CommandFailure("\(word) wrote more than one side", at: path, do: "name the change: --take one of \(changes)", .conflict)
        }
        return side
    }

    private static func names(_ heads: [Write]) -> String {
        heads.map { "\($0.stamp.author) (\(EntityText.change($0.stamp)))" }.joined(separator: ", ")
    }
}
