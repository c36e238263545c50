internal import AnnalsModel
internal import AnnalsWire

/// Writes one replica's change lines: its numbers, and each line's hash in the next one's `prev`.
struct ChangeWriter {
    private(set) var n = 0
    private(set) var last: ShortHash?
    private var second: Int64 = -1
    private var secondText: [UInt8] = []

    /// When the first change was written: 2025-01-01T00:00:00Z.
    static let start: Int64 = 1_735_689_600_000

    /// Appends the line of an act, without LF, to `text`.
    ///
    /// - Parameter milliseconds: the author's clock.
    mutating func write(
        _ act: Workload.Act, body: borrowing ByteText, base: (seq: Int, hash: UInt64?), milliseconds: Int64, into text: inout ByteText
    ) {
        n += 1
        let start = text.bytes.count
        text.add("{\"id\":\"")
        Workload.changeID(act.id, &text)
        text.add("\",\"n\":")
        text.add(n)
        text.add(",\"prev\":\"")
        if let last { text.addHex(last.word) }
        text.add("\",\"base\":[")
        text.add(base.seq)
        text.add(",\"")
        if let hash = base.hash { text.addHex(hash) }
        text.add("\"],\"at\":\"")
        time(milliseconds, into: &text)
        text.add("\",")
        text.add(body.bytes[act.body])
        text.add("}")
        last = sha256(text.bytes.span.bytes.extracting(start..<text.bytes.count)).short
    }

    /// An instant as the protocol writes it; the seconds' text is kept while they last.
    mutating func time(_ milliseconds: Int64, into text: inout ByteText) {
        if milliseconds / 1000 != second {
            second = milliseconds / 1000
            secondText = Array(Instant(milliseconds: second * 1000).description.utf8.prefix(20))
        }
        text.add(secondText)
        text.add(Int(milliseconds % 1000), digits: 3)
        text.add("Z")
    }
}
