package import AnnalsJSON

extension JSONSlice {
    /// Hands over the string's text as bytes, where it stands or with its escapes resolved; nil unless this is a string.
    @inline(__always)
    package func withText<Result>(in bytes: RawSpan, _ body: (_ bytes: RawSpan, _ range: Range<Int>) -> Result) -> Result? {
        guard kind == .string else { return nil }
        if isPlain { return body(bytes, content) }
        let text = textBytes(in: bytes) ?? []
        return body(text.span.bytes, text.indices)
    }

    /// Whether this is a string with exactly this text, compared by bytes. For a text that the program spells out, `equals(_:in:)` is
    /// quicker.
    @inline(__always)
    func equals(text: String, in bytes: RawSpan) -> Bool {
        // Most names differ in length already.
        if isPlain, range.count != text.utf8.count + 2 { return false }
        return equalsText(text, in: bytes)
    }

    @inline(never)
    private func equalsText(_ text: String, in bytes: RawSpan) -> Bool {
        withText(in: bytes) { $0.equals($1, text) } ?? false
    }

    /// Whether this is a string that is a word for a kind or field.
    func isWord(in bytes: RawSpan) -> Bool {
        withText(in: bytes) { Spelling.isWord($0, $1) } ?? false
    }

    /// Whether this is a string that spells a change's id.
    package func isChangeID(in bytes: RawSpan) -> Bool {
        withText(in: bytes) { $1.count == 16 && Spelling.isChangeID($0, $1.lowerBound) } ?? false
    }

    /// The sixteen characters of the change's id that this string spells; nil for anything else.
    package func changeIDBytes(in bytes: RawSpan) -> (UInt64, UInt64)? {
        withText(in: bytes) { bytes, range in
            guard range.count == 16, Spelling.isChangeID(bytes, range.lowerBound) else { return nil }
            return (bytes.word(range.lowerBound).byteSwapped, bytes.word(range.lowerBound + 8).byteSwapped)
        } ?? nil
    }

    /// Whether this is a string that spells an item's id.
    package func isItemID(in bytes: RawSpan) -> Bool {
        withText(in: bytes) { Spelling.isItemID($0, $1) } ?? false
    }

    /// The time that this string spells; nil for anything else.
    package func instant(in bytes: RawSpan) -> Instant? {
        withText(in: bytes) { Instant($0, $1) } ?? nil
    }

    /// The hash that this string spells; nil for anything else.
    package func shortHash(in bytes: RawSpan) -> ShortHash? {
        withText(in: bytes) { ShortHash($0, $1) } ?? nil
    }
}

extension JSONTape {
    /// The place of the value of the member with this name; nil where there is none or the value at `place` is no object.
    func member(named name: String, of place: Int, in bytes: RawSpan) -> Int? {
        var members = members(of: place)
        while let member = members.next(in: self) {
            if self[member.key].equals(text: name, in: bytes) { return member.value }
        }
        return nil
    }
}
