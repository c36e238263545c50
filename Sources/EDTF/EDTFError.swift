/// Why a text is no EDTF date or duration: what went wrong, where, and what is allowed there. It never repeats the text.
public struct EDTFError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of fault it is; more may be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// The text is empty.
        public static let empty = Code(description: "empty")
        /// The text is longer than ``EDTF/lengthMax`` bytes.
        public static let tooLong = Code(description: "too-long")
        /// A character that nothing allows here, or a number that lacks a digit.
        public static let unexpected = Code(description: "unexpected")
        /// A year, month, day or time of day that does not exist.
        public static let noSuchDate = Code(description: "no-such-date")
        /// Valid in level 2 of the standard, which is not supported.
        public static let levelTwo = Code(description: "level-two")
        /// The end lies before the start.
        public static let reversed = Code(description: "reversed")
        /// An interval with no date at either end.
        public static let unbounded = Code(description: "unbounded")
    }

    public let code: Code
    /// Where the fault begins, in code points from the start of the text.
    public let offset: Int
    /// What is allowed there.
    public let message: String

    init(_ code: Code, at offset: Int, _ message: String) {
        self.code = code
        self.offset = offset
        self.message = message
    }

    public var description: String { "at character \(offset + 1): \(message)" }
}
