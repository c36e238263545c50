internal import AnnalsJSON
internal import AnnalsModel

/// The fold in memory, of lines that were scanned already, beside the scanning of them.
enum FoldWorker {
    /// Lines that are scanned, prepared and folded by turns, as a replica does it with a batch.
    private static let chunk = 10_000

    static func run(_ arguments: Arguments) throws -> Metrics {
        let lines = try MappedLines(arguments.text("lines"))
        let bytes = lines.bytes
        var scanner = JSONScanner()
        // As a view of the past does it, which knows how long the log is.
        var fold = Fold(expecting: bytes.count { $0 == 10 })
        var (scanning, folding) = (0.0, 0.0)
        // Of each chunk: a stretch in which the machine was slowed falls into one of the two times only.
        var ratios: [Double] = []
        var (at, total) = (0, 0)
        while at < bytes.count {
            var copies: [[UInt8]] = []
            while copies.count < chunk, at < bytes.count {
                guard let end = bytes[at...].firstIndex(of: 10) else { break }
                copies.append(Array(bytes[at..<end]))
                at = end + 1
            }
            let scan = try Clock.measure { for line in copies { try scanner.scan(line.span.bytes) } }
            // Folding needs each line's tape, so each is scanned once more, and that time taken off.
            let both = try Clock.measure {
                for (index, line) in copies.enumerated() {
                    let span = line.span.bytes
                    try scanner.scan(span)
                    guard fold.prepare(scanner.tape, span, seq: Int64(total + index + 1)) != nil else {
                        throw BenchFailure("a line that does not fold")
                    }
                }
                fold.foldPrepared()
            }
            scanning += scan
            folding += both - scan
            ratios.append((both - scan) / scan)
            total += copies.count
        }
        guard fold.count > 0 else { throw BenchFailure("nothing was folded") }
        var metrics = Metrics([
            "scan": scanning * 1e9 / Double(total), "fold": folding * 1e9 / Double(total),
            "ratio": Samples(values: ratios).median, "ofSums": folding / scanning, "seconds": scanning + folding, "clientCPU": Clock.cpu(),
        ])
        let (one, other) = (Figure.number(scanning * 1e9 / Double(total)), Figure.number(folding * 1e9 / Double(total)))
        metrics.note("scan \(one) ns, fold \(other) ns a line; \(Figure.number(folding / scanning)) of the whole times")
        return metrics
    }
}
