internal import AnnalsCore

extension DataFolder {
    /// Whether the log store's file is there, read without SQLite, which might alter it.
    ///
    /// The places in the header are those of <https://www.sqlite.org/fileformat2.html#the_database_header>.
    /// - throws: `LogStoreError.notAStore` where the file is another program's or a newer version's.
    func hasStore() throws -> Bool {
        guard let header = try read(LogSchema.fileName, limit: 100), !header.isEmpty else { return false }
        let magic = Array("SQLite format 3\0".utf8)
        guard header.count == 100, header.starts(with: magic), number(header, at: 68) == LogSchema.applicationID else {
            throw LogStoreError(
                .notAStore,
                "\(file(LogSchema.fileName)) is not a log store of Annals and was left as it is. "
                    + "Move it away, or name another data folder."
            )
        }
        let version = number(header, at: 60)
        guard version == LogSchema.version else {
            throw LogStoreError(
                .notAStore,
                "\(file(LogSchema.fileName)) has version \(version), and this program knows version \(LogSchema.version). "
                    + "It was left as it is. Use the program that wrote it, or a newer one."
            )
        }
        return true
    }
}

private func number(_ bytes: [UInt8], at offset: Int) -> Int32 {
    Int32(bitPattern: bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) })
}
