/// Takes comments and the insides of string literals out of Swift source, keeping every line and column where it was.
///
/// It knows line and nested block comments, and literals of one line, of several and raw. Code inside an interpolation is
/// blanked with its literal: the rules here look for words that have no business there.
struct CodeText {
    private var bytes: [UInt8]
    private var index = 0
    private var output: [UInt8] = []

    static func blanked(_ text: String) -> [String] {
        var scanner = CodeText(bytes: Array(text.utf8))
        scanner.scan()
        return String(decoding: scanner.output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        output.reserveCapacity(bytes.count)
    }

    private mutating func scan() {
        while index < bytes.count {
            if starts("//") {
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { blank() }
            } else if starts("/*") {
                blockComment()
            } else if bytes[index] == UInt8(ascii: "\"") {
                literal(pounds: 0)
            } else if bytes[index] == UInt8(ascii: "#"), let pounds = poundsBeforeQuote() {
                for _ in 0..<pounds { keep() }
                literal(pounds: pounds)
            } else {
                keep()
            }
        }
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                blank(2)
            } else if starts("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && index < bytes.count
    }

    private mutating func literal(pounds: Int) {
        let quotes = starts("\"\"\"") ? 3 : 1
        let end = Array(repeating: UInt8(ascii: "\""), count: quotes) + Array(repeating: UInt8(ascii: "#"), count: pounds)
        let escape = [UInt8(ascii: "\\")] + Array(repeating: UInt8(ascii: "#"), count: pounds)
        for _ in 0..<quotes { keep() }
        while index < bytes.count, !starts(end) {
            if quotes == 1, bytes[index] == UInt8(ascii: "\n") { return }
            blank(starts(escape) ? escape.count + 1 : 1)
        }
        for _ in 0..<min(end.count, bytes.count - index) { keep() }
    }

    private func poundsBeforeQuote() -> Int? {
        let end = bytes[index...].firstIndex { $0 != UInt8(ascii: "#") } ?? bytes.endIndex
        return end < bytes.count && bytes[end] == UInt8(ascii: "\"") ? end - index : nil
    }

    private func starts(_ text: StaticString) -> Bool {
        starts(Array(text.description.utf8))
    }

    private func starts(_ other: [UInt8]) -> Bool {
        index + other.count <= bytes.count && bytes[index] == other[0] && bytes[index..<(index + other.count)] == other[...]
    }

    private mutating func keep() {
        output.append(bytes[index])
        index += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where index < bytes.count {
            output.append(bytes[index] == UInt8(ascii: "\n") ? bytes[index] : UInt8(ascii: " "))
            index += 1
        }
    }
}
