/// A word to look for in a line. Where it begins or ends with a letter, it matches only there where a word begins or ends.
struct Word {
    var text: String
    private let bytes: [UInt8]

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    func isIn(_ line: String) -> Bool {
        let line = Array(line.utf8)
        guard let first = bytes.first, let last = bytes.last, line.count >= bytes.count else { return false }
        var start = 0
        while start + bytes.count <= line.count {
            guard let found = Self.find(bytes, in: line, from: start) else { return false }
            let end = found + bytes.count
            let beginsWord = !Self.isLetter(first) || found == 0 || !Self.isLetter(line[found - 1])
            let endsWord = !Self.isLetter(last) || end == line.count || !Self.isLetter(line[end])
            if beginsWord && endsWord { return true }
            start = found + 1
        }
        return false
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static func find(_ needle: [UInt8], in hay: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + needle.count <= hay.count {
            guard let candidate = hay[index...].firstIndex(of: needle[0]), candidate + needle.count <= hay.count else { return nil }
            if hay[candidate..<(candidate + needle.count)] == needle[...] { return candidate }
            index = candidate + 1
        }
        return nil
    }
}

extension SourceFile {
    /// Every line of the code (or with `comments` of the whole text) that has one of the words.
    func findings(of words: [Word], comments: Bool = false, _ what: (Word) -> String) -> [Finding] {
        (comments ? lines : code).enumerated().flatMap { index, line in
            words.filter { $0.isIn(line) }.map { finding(index, what($0)) }
        }
    }
}
