internal import AnnalsJSON

/// Cuts a stream of bytes into lines ended by LF, whatever chunks it comes in. It does no I/O.
///
/// A line that lies within one chunk is handed on where it is; only one that is split over chunks is put together in a
/// buffer, which goes away with that line, so an idle peer costs nothing. Each byte is looked at once.
///
/// The LF is no part of the line. A CR before it is, and JSON takes it as a blank; it counts for hashes. Empty lines are
/// handed on: what they mean is the caller's. What follows the last LF at the end of the stream is no line
/// (``pendingBytes`` says whether there is such a rest).
public struct LineFramer: Sendable {
    /// The stream cannot be cut into lines any more; close it.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// A line has more bytes than the limit, LF not counted.
        case oversize(limit: Int)

        public var description: String {
            switch self {
            case .oversize(let limit): "a line of more than \(limit) bytes; send shorter lines"
            }
        }
    }

    /// The most bytes that a line may have, LF not counted. It may be changed between chunks.
    public var maximumLineBytes: Int
    private(set) var pending: [UInt8] = []
    private var failure: Failure?

    public init(maximumLineBytes: Int) {
        self.maximumLineBytes = maximumLineBytes
    }

    /// How many bytes of a line have come that has not ended.
    public var pendingBytes: Int { pending.count }

    /// Takes the next chunk and hands on every line that ends in it, in order.
    ///
    /// - Throws: ``Failure/oversize(limit:)`` after the lines before the one that is too long; then always, at once.
    public mutating func feed(_ chunk: RawSpan, _ line: (RawSpan) -> Void) throws(Failure) {
        try feed(chunk, lineEnds: nil, line)
    }

    /// - Parameter lineEnds: where all LFs of the chunk stand, where that is known already.
    /// - Throws: as ``feed(_:_:)-(RawSpan,_)`` does.
    package mutating func feed(_ chunk: RawSpan, lineEnds: [Int]?, _ line: (RawSpan) -> Void) throws(Failure) {
        if let failure { throw failure }
        var start = 0
        var number = 0
        while true {
            let next: Int?
            if let lineEnds {
                next = number < lineEnds.count ? lineEnds[number] : nil
                number += 1
            } else {
                next = chunk.firstLineFeed(in: start..<chunk.byteCount)
            }
            guard let end = next else { break }
            try check(pending.count + end - start)
            if pending.isEmpty {
                line(chunk.extracting(start..<end))
            } else {
                append(chunk, start..<end)
                let whole = pending
                pending = []
                line(whole.span.bytes)
            }
            start = end + 1
        }
        try check(pending.count + chunk.byteCount - start)
        append(chunk, start..<chunk.byteCount)
    }

    /// Takes the next chunk and hands on a copy of every line that ends in it, in order.
    ///
    /// - Throws: as ``feed(_:_:)-(RawSpan,_)`` does.
    public mutating func feed(_ chunk: [UInt8], _ line: ([UInt8]) -> Void) throws(Failure) {
        try feed(chunk.span.bytes) { span in line(span.withUnsafeBytes { Array($0) }) }
    }

    private mutating func check(_ count: Int) throws(Failure) {
        guard count > maximumLineBytes else { return }
        let failure = Failure.oversize(limit: maximumLineBytes)
        self.failure = failure
        pending = []
        throw failure
    }

    private mutating func append(_ chunk: RawSpan, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        chunk.extracting(range).withUnsafeBytes { pending.append(contentsOf: $0) }
    }
}
