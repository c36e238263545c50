public import AnnalsModel

extension Value {
    /// Some value, nested at most so deeply.
    public static func random(depth: Int, using random: inout SeededGenerator) -> Value {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .integer(Int64.random(in: -9_007_199_254_740_991...9_007_199_254_740_991, using: &random))
        case 3: .integer(Int64.random(in: -20...20, using: &random))
        case 4: .string(randomText(using: &random))
        case 5: .array((0..<Int.random(in: 0...5, using: &random)).map { _ in self.random(depth: depth - 1, using: &random) })
        default:
            .object(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    (randomText(using: &random), self.random(depth: depth - 1, using: &random))
                })
        }
    }
}

/// Text with everything that escapes, lengths and scripts can make difficult.
public func randomText(using random: inout SeededGenerator) -> String {
    let pieces = [
        "a", "the joint statement", "\"", "\\", "/", "\n", "\u{0}", "\u{1F}", "\u{7F}", "é", "e\u{301}", "Қазақстан", "协定",
        "\u{2028}", "\u{FFFF}", "\u{10FFFF}", "🕊", "\u{D7FF}\u{E000}",
    ]
    return (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
}

/// A change of the usual size.
public let changeLine =
    #"{"id":"7q2k9vd3m8xw4hta","n":17,"prev":"9f3a5c99deadbeef","base":[1042,"9f3a5c99deadbeef"],"#
    + #""at":"2025-08-09T12:34:56.789Z","why":"the communiqu\u00e9 says \"the 8th\"","ops":[{"op":"set","kind":"event","#
    + #""on":"7q2k9vd3m8xw4hta-1","field":"when","value":{"edtf":"2025-08-08","basis":"stated","note":"Қазақстан 🕊"}}]}"#
