internal import AnnalsCore
internal import AnnalsModel
internal import Dispatch

/// Reads lines that have arrived while those before them are being stored, on a thread of its own.
///
/// Unchecked because the compiler cannot see the queue: what is being read is touched there alone. `arrived` and `finish` are
/// called by one thread, `take` by the one that stores.
final class LinesAhead: @unchecked Sendable {
    private let queue = DispatchQueue(label: "annals.lines")
    private let store: ReplicaStore
    /// The last entry that was handed over, for the thread that hands over.
    private var last: Int64 = 0
    private var isReading = false
    /// On the queue: what is being read, and what was read of a batch that is to be stored. nil where something was not as it should
    /// be, which is found and said where the batch is stored.
    private var reading: PieceFold?
    private var finished: PieceFold?

    init(_ store: ReplicaStore) { self.store = store }

    /// Reads those pieces that were not handed over before; none while transactions are short, for they take other pieces together.
    func arrived(_ pieces: [Batch.Piece]) {
        guard let end = pieces.last, end.first > last, isReading || !store.isPressed else { return }
        for piece in pieces.reversed().prefix(while: { $0.first > last }).reversed() { read(piece) }
    }

    private func read(_ piece: Batch.Piece) {
        let isFirst = !isReading
        (isReading, last) = (true, piece.last)
        queue.async { [self] in
            if isFirst, let own = try? store.read(.none, { $1.replicas }) {
                reading = PieceFold(store.vocabulary, own: own, from: piece.first, after: piece.before)
            }
            if (try? reading?.read(piece)) == nil { reading = nil }
        }
    }

    /// A batch is going to be stored; what arrives from now on is another one's.
    ///
    /// - Returns: whether some of its lines were read.
    func finish(_ batch: Batch) -> Bool {
        guard isReading else { return false }
        arrived(batch.pieces)
        isReading = false
        queue.async { [self] in finished = reading.take() }
        return true
    }

    /// Waits until all that was handed over has been read.
    func wait() { queue.sync {} }

    /// Whether lines of a finished stretch are there to be taken, for tests.
    var hasFinished: Bool { queue.sync { finished != nil } }

    /// The lines of a stretch that was finished; nil where they were not read.
    func take(_ span: LineSpan, own: [Name]) -> LineFold? {
        var found: PieceFold?
        queue.sync { found = finished.take() }
        guard let read = found.take(), read.isWhole(span, own: own) else { return nil }
        return read.takeLines()
    }
}
