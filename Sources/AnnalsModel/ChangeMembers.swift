package import AnnalsJSON

/// Where the members of a change stand on the tape of its scanned line; what they must be, `ChangeForm` says.
package struct ChangeMembers {
    package private(set) var id, n, prev, base, at, why, undoes, operations: Int?

    /// Goes once over the members of the line's object.
    package init(of tape: borrowing JSONTape, in bytes: RawSpan) {
        var members = tape.members(of: 0)
        while let member = members.next(in: tape) {
            guard let key = tape[member.key].plainText else {
                readEscaped(tape[member.key], member.value, bytes)
                continue
            }
            switch ShortWord(bytes, key) {
            case "id": id = member.value
            case "n": n = member.value
            case "prev": prev = member.value
            case "base": base = member.value
            case "at": at = member.value
            case "ops": operations = member.value
            case "why": why = member.value
            case "undoes": undoes = member.value
            default: break
            }
        }
    }

    /// A key that is spelled with escapes is the same key.
    private mutating func readEscaped(_ key: JSONSlice, _ value: Int, _ bytes: RawSpan) {
        switch key.string(in: bytes) {
        case "n": n = value
        case "id": id = value
        case "at": at = value
        case "ops": operations = value
        case "why": why = value
        case "prev": prev = value
        case "base": base = value
        case "undoes": undoes = value
        default: break
        }
    }
}
