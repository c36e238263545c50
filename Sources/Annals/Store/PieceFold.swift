internal import AnnalsCore
internal import AnnalsModel

/// The lines of pieces that follow each other, read into a fold.
struct PieceFold: ~Copyable {
    private(set) var lines: LineFold
    private let own: [Name]
    private let first: Int64
    private var next: Int64
    private let before: Digest
    private var head: Digest

    /// - Parameter own: the ids that the file wrote under.
    init(_ vocabulary: Vocabulary, own: [Name], from first: Int64, after before: Digest) {
        lines = LineFold(vocabulary, own: own)
        (self.own, self.first, next, self.before, head) = (own, first, first, before, before)
    }

    /// Reads a piece: it must hold as many lines as it says, and follow the one before.
    mutating func read(_ piece: Batch.Piece) throws {
        let first = next
        let (end, bytes) = try piece.bytes.withUnsafeBytes { bytes in
            do throws(AnnalsError) {
                return try lines.prepare(bytes, from: first)
            } catch {
                throw AnnalsError(.badBatch, error.what, wayOut: error.wayOut)
            }
        }
        guard piece.first == first, piece.before == head, end == piece.last + 1, bytes == piece.bytes.count else {
            throw AnnalsError(
                .badBatch, "entries \(piece.first) to \(piece.last) are not whole, or do not follow",
                wayOut: "Nothing of them was stored; sync again, and ask who runs the server if it comes back.")
        }
        (next, head) = (end, piece.head)
    }

    /// Whether these are the lines of a stretch, read for the file that wrote under these ids.
    func isWhole(_ span: LineSpan, own: [Name]) -> Bool {
        span == LineSpan(first: first, last: next - 1, before: before, head: head) && self.own == own
    }

    consuming func takeLines() -> LineFold { lines }
}

/// Which lines of the log, and the chain's hashes before and after them.
struct LineSpan: Sendable, Equatable {
    var first: Int64
    var last: Int64
    var before: Digest
    var head: Digest
}

extension Batch {
    var span: LineSpan { LineSpan(first: first, last: last, before: before, head: head) }
}
