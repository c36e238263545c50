internal import AnnalsCore

/// How much of what has arrived goes into one transaction: all of it while nobody else wants to write, little while somebody does.
///
/// A large transaction writes once an item that a hundred entries touch, and is several times faster than many small ones; but
/// whoever annotates beside it waits until it ends. So a large one gives way when somebody waits, and for a while the next
/// ones are short.
struct StoringPace: Sendable {
    /// How long transactions stay short after somebody waited: people annotate in bursts.
    static let courtesyMilliseconds: Int64 = 2000
    /// How long a short transaction should take; one that took twice as long was too large.
    static let shortMilliseconds: Int64 = 8
    static let shortBytes = 16 << 10...1 << 20

    /// The uptime at which somebody waited last.
    private var wantedAt: Int64?
    /// The bytes that a short transaction takes, as the last ones have shown.
    private(set) var bytes = 64 << 10

    /// Whether transactions are to be short.
    func isShort(at now: Int64) -> Bool {
        wantedAt.map { now - $0 < Self.courtesyMilliseconds } ?? false
    }

    /// How many of the pieces, of which there is at least one, go into the next transaction.
    func count(of pieces: some Sequence<Batch.Piece>, at now: Int64) -> Int {
        let isShort = isShort(at: now)
        var (count, taken) = (0, 0)
        for piece in pieces {
            taken += piece.bytes.count
            if isShort, count > 0, taken > bytes { break }
            count += 1
        }
        return count
    }

    /// Somebody waits.
    mutating func wanted(at now: Int64) { wantedAt = now }

    /// A short transaction of so many bytes took so long.
    mutating func stored(_ stored: Int, in milliseconds: Int64) {
        if milliseconds > 2 * Self.shortMilliseconds {
            bytes = max(Self.shortBytes.lowerBound, min(bytes, stored) / 2)
        } else if milliseconds < Self.shortMilliseconds, stored * 2 > bytes {
            bytes = min(Self.shortBytes.upperBound, bytes + bytes / 4)
        }
    }
}
