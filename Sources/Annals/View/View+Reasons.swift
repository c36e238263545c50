internal import AnnalsJSON
public import AnnalsModel
internal import AnnalsWire

extension View {
    /// Why confirmed writes were made, by the seq of their entry, as far as this view shows it: looked up together, for who shows many.
    public func reasons(of stamps: [Stamp]) throws -> [Int64: String?] {
        let seqs = Set(stamps.filter { !$0.isPending }.map(\.seq)).sorted()
        return try source.store.read(.none) { db, _ in
            var reasons: [Int64: String?] = [:]
            var scanner = JSONScanner()
            try LogChunks(db: db).forEachLine(of: seqs) { seq, line in
                if self.source.blinding == nil, let reason = scanner.reason(line.bytes) {
                    reasons[seq] = reason
                } else {
                    let line = Array(line)
                    reasons[seq] = try self.covering(HistoryStep(try decodeEntry(line, seq: seq), line)).change?.why
                }
            }
            return reasons
        }
    }
}

extension JSONScanner {
    /// What an entry's change says of why it was made, without reading the rest of it; nil where the line is not one that is simply read.
    fileprivate mutating func reason(_ line: RawSpan) -> String?? {
        guard (try? scan(line)) != nil, let change = tape.member("change", of: 0, in: line) else { return nil }
        guard let why = tape.member("why", of: change, in: line) else { return .some(nil) }
        return tape[why].string(in: line)
    }
}
