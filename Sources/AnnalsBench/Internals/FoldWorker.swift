internal import AnnalsJSON
internal import AnnalsModel
internal import AnnalsWire

/// The fold in memory, of lines that were scanned already, beside the scanning of them.
enum FoldWorker {
    /// Lines that are held decoded at a time, so that memory does not decide.
    private static let chunk = 20_000

    static func run(_ arguments: Arguments) throws -> Metrics {
        let lines = try MappedLines(arguments.text("lines"))
        let bytes = lines.bytes
        var scanner = JSONScanner(depth: 33)
        var fold = Fold()
        var (scanning, folding, decoding) = (0.0, 0.0, 0.0)
        var (at, total) = (0, 0)
        while at < bytes.count {
            var copies: [[UInt8]] = []
            while copies.count < chunk, at < bytes.count {
                guard let end = bytes[at...].firstIndex(of: 10) else { break }
                copies.append(Array(bytes[at..<end]))
                at = end + 1
            }
            scanning += try Clock.measure { for line in copies { _ = try scanner.scan(line.span.bytes) } }
            var entries: [Entry] = []
            decoding += try Clock.measure { entries = try copies.map { try EntryCodec.decode($0) } }
            folding += Clock.measure { for entry in entries { fold.apply(entry) } }
            total += copies.count
        }
        guard !fold.entities.isEmpty else { throw BenchFailure("nothing was folded") }
        var metrics = Metrics([
            "scan": scanning * 1e9 / Double(total), "fold": folding * 1e9 / Double(total), "decode": decoding * 1e9 / Double(total),
            "ratio": folding / scanning, "seconds": scanning + folding + decoding, "clientCPU": Clock.cpu(),
        ])
        metrics.note(
            "scan \(Figure.number(scanning * 1e9 / Double(total))) ns, decode \(Figure.number(decoding * 1e9 / Double(total))) ns a line")
        return metrics
    }
}
