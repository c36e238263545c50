public import AnnalsJSON
public import AnnalsModel

/// A plain entry where it stands in a scanned line: an accepted change, neither moved nor from a fork. Nearly all are.
public struct EntryLine: Sendable {
    /// The replica's name.
    public let replica: JSONSlice
    public let change: Fold.Prepared
    /// Where the change stands in the line.
    public let changeRange: Range<Int>

    /// Reads the entry on a scanned line and prepares to fold its change.
    ///
    /// - Parameter seq: the number that the entry must have.
    /// - Returns: nil where the line is no plain entry in the form of the SPEC, and then nothing is prepared:
    ///   `EntryCodec` reads it, or says what is wrong with it.
    public static func prepare(
        _ tape: borrowing JSONTape, _ bytes: RawSpan, seq: Int64, in fold: inout Fold
    ) -> EntryLine? {
        var (number, at, author, replica, change) = (-1, -1, -1, -1, -1)
        var isPlain = true
        var members = tape.members(of: 0)
        while let member = members.next(in: tape) {
            let key = tape[member.key]
            if key.equals("seq", in: bytes) {
                number = member.value
            } else if key.equals("at", in: bytes) {
                at = member.value
            } else if key.equals("author", in: bytes) {
                author = member.value
            } else if key.equals("replica", in: bytes) {
                replica = member.value
            } else if key.equals("change", in: bytes) {
                change = member.value
            } else {
                // A refusal, a moved change, one from a fork, or what a later version says: seldom.
                isPlain = false
            }
        }
        guard isPlain, number >= 0, at >= 0, author >= 0, replica >= 0, change >= 0, tape[number].int64(in: bytes) == seq,
            isInstant(tape[at], bytes)
        else {
            return nil
        }
        guard
            let prepared = fold.prepare(
                changeAt: change, author: author, replica: replica, seq: seq, common: nil, of: tape, in: bytes)
        else { return nil }
        return EntryLine(replica: tape[replica], change: prepared, changeRange: tape[change].range)
    }

    private static func isInstant(_ slice: JSONSlice, _ bytes: RawSpan) -> Bool {
        guard slice.kind == .string else { return false }
        return bytes.extracting(slice.content).withUnsafeBytes { Instant(ascii: $0.bindMemory(to: UInt8.self)) != nil }
    }
}
