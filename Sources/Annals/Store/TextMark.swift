internal import AnnalsModel
internal import GRDB

/// How far the full text index has come: it holds the texts of all rows that nothing later touched.
///
/// An index that is kept up with each small transaction costs it several pages, which a person who annotates would wait for. So
/// small transactions leave the rows that they write to whoever searches, or to a quiet moment: these rows are known by their
/// `_updated_seq`, which has an index.
struct TextMark: Sendable, Equatable {
    /// The last entry, and the last change in the outbox, whose rows are in the index.
    var seq: Int64 = 0
    var n: Int64 = 0

    /// Whether a row that was last touched there is in the index as it stands.
    func covers(_ updatedSeq: Int64) -> Bool {
        updatedSeq <= Stamp.pending ? updatedSeq <= seq : updatedSeq - Stamp.pending <= n
    }

    /// The conditions on a row that the index does not have as it stands, one for the log's and one for those of pending changes: each is
    /// a stretch of the index of `_updated_seq`.
    var isDue: [String] { Self.isDue("\(seq)", "\(n)") }

    /// The same by the mark in the file, which is read once for a statement.
    static let isDue: String = {
        func number(_ key: String) -> String { "coalesce((SELECT value FROM meta WHERE key = '\(key)'), 0)" }
        return "(\(isDue(number("texts_seq"), number("texts_n")).joined(separator: " OR ")))"
    }()

    private static func isDue(_ seq: String, _ n: String) -> [String] {
        ["_updated_seq > \(seq) AND _updated_seq <= \(Stamp.pending)", "_updated_seq > \(Stamp.pending) + \(n)"]
    }
}

extension Meta {
    /// Where the index is when all rows are in it.
    var wholeTexts: TextMark { TextMark(seq: have, n: recorded.lastN) }
    /// Whether no row can be missing in the index.
    var hasAllTexts: Bool { texts == wholeTexts }
}
