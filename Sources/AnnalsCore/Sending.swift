internal import AnnalsModel
internal import AnnalsWire

extension ServerSession {
    /// A stored stretch, and how much of it was sent.
    ///
    /// A turn ends at a cut where it can, for H is known there. Where credit or the limits end it elsewhere, or it begins
    /// within a piece, the lines are hashed from the last point whose H is known.
    struct Sending: Sendable {
        let bytes: [UInt8]
        let first: Int64
        let count: Int64
        /// The byte offset and seq of the next line.
        private(set) var offset = 0
        private(set) var next: Int64
        /// The cuts, and the end of the stretch.
        private let ends: [LogCut]
        /// The first of `ends` that is ahead.
        private var end = 0
        /// A point at or before `offset`, and H there.
        private var known: (offset: Int, head: Digest)

        /// What is sent at once.
        struct Turn: Sendable {
            let first: Int64
            let count: Int64
            let lines: ArraySlice<UInt8>
            /// H of its last line.
            let head: Digest
        }

        /// - Parameter cursor: the entry to begin with, which is in the stretch.
        init(_ stretch: LogStretch, from cursor: Int64) {
            (bytes, first, count) = (stretch.bytes, stretch.first, stretch.count)
            ends = stretch.cuts + [LogCut(count: stretch.count, offset: stretch.bytes.count, head: stretch.head)]
            next = first
            known = (0, stretch.before)
            while end < ends.count, first + ends[end].count <= cursor { reach(ends[end]) }
            while next < cursor, let after = lineEnd {
                offset = after
                next += 1
            }
        }

        /// The entry after the stretch.
        var following: Int64 { first + count }

        private mutating func reach(_ cut: LogCut) {
            (offset, next) = (cut.offset, first + cut.count)
            known = (cut.offset, cut.head)
            end += 1
        }

        /// Whole lines up to a turn, while there is credit: above 0, one line may overdraw it. Nil at the end.
        mutating func turn(credit: Int64, _ limits: Limits) -> Turn? {
            let (start, begin) = (next, offset)
            if let cut = lastEnd(credit: credit, limits) {
                while end <= cut { reach(ends[end]) }
            } else {
                passLines(credit: credit, limits)
            }
            guard next > start else { return nil }
            return Turn(first: start, count: next - start, lines: bytes[begin..<offset], head: known.head)
        }

        /// The last cut that a turn may end at; nil where it ends before the first.
        private func lastEnd(credit: Int64, _ limits: Limits) -> Int? {
            var last: Int?
            for index in end..<ends.count {
                let (lines, size) = (first + ends[index].count - next, ends[index].offset - offset)
                guard lines <= Int64(limits.batchLines), Int64(size) <= credit else { break }
                // The line that crosses the limit is sent whole.
                if size > limits.turnBytes, lastLine(before: ends[index].offset) - offset >= limits.turnBytes { break }
                last = index
            }
            return last
        }

        /// Goes on line by line, keeping the chain.
        private mutating func passLines(credit: Int64, _ limits: Limits) {
            var chain = ChainHash(head: known.head)
            var at = known.offset
            while at < offset, let end = lineEnd(from: at) {
                chain.append(line: bytes.span.bytes.extracting(at..<end - 1))
                at = end
            }
            let (start, begin) = (next, offset)
            while credit > Int64(offset - begin), offset - begin < limits.turnBytes, next - start < Int64(limits.batchLines),
                let after = lineEnd
            {
                chain.append(line: bytes.span.bytes.extracting(offset..<after - 1))
                offset = after
                next += 1
            }
            known = (offset, chain.head)
            while end < ends.count, ends[end].offset <= offset { end += 1 }
        }

        /// The offset after the next line; nil at the end of the stretch.
        private var lineEnd: Int? { lineEnd(from: offset) }

        private func lineEnd(from start: Int) -> Int? {
            bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
        }

        /// The offset of the line that ends at `end`.
        private func lastLine(before end: Int) -> Int {
            bytes[..<(end - 1)].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        }
    }
}
