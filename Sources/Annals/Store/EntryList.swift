/// The seqs of the entries that touch an entity, in their order, each as its distance from the one before: so that the history of
/// one item is read without going through the log.
enum EntryList {
    /// Adds later seqs to a list.
    static func adding(_ seqs: ArraySlice<Int64>, to list: [UInt8]) -> [UInt8] {
        if seqs.isEmpty { return list }
        var writer = ByteWriter()
        writer.raw(list)
        var last = (try? self.seqs(list).last) ?? 0
        for seq in seqs {
            writer.number(UInt64(seq - last))
            last = seq
        }
        return writer.bytes
    }

    static func seqs(_ list: [UInt8]) throws(DamagedState) -> [Int64] {
        var reader = ByteReader(list)
        var seqs: [Int64] = []
        var last: Int64 = 0
        while !reader.isAtEnd {
            last += Int64(clamping: try reader.number())
            seqs.append(last)
        }
        return seqs
    }
}
