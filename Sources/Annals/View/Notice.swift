public import AnnalsModel

/// A write that shows nowhere though nobody who saw it said otherwise, for it met another one or had no effect; or one that shows though the item is
/// locked, for it and the lock did not see each other. Nothing waits for it; it is listed so that it is not lost from sight.
public struct Notice: Sendable, Hashable {
    /// What became of the write.
    public enum Outcome: Sendable, Hashable {
        /// In a field of class latest it met a write that its author had not seen, and that one shows.
        case overwritten(value: Value, by: Write)
        /// It had no effect.
        case ignored(Ignored.Reason)
        /// It shows, and whoever locked the item had not seen it, nor its author the lock.
        case besideLock(Write)
    }

    /// The entity that was written.
    public let item: ItemID
    /// Its kind.
    public let kind: String
    /// `e40`
    public let handle: String
    /// What stands for the entity in a list: its title, name or first words.
    public let label: String?
    /// The field, or `existence`.
    public let field: String
    /// Who wrote it, when and where.
    public let stamp: Stamp
    /// What became of it.
    public let outcome: Outcome
}

extension View {
    /// All notices, in the order of handles and fields.
    public func notices() throws -> [Notice] { try source.notices() }
}

extension Entity {
    func notices(_ vocabulary: Vocabulary, _ lineage: Lineage) -> [Notice] {
        if created == nil { return [] }
        let overwritten = overwrites(vocabulary).flatMap { key, heads -> [(String, Stamp, Notice.Outcome)] in
            guard let shown = cells[key]?.latest else { return [] }
            return heads.filter { $0.value != shown.value }.map { (key.field, $0.stamp, .overwritten(value: $0.value, by: shown)) }
        }
        let all =
            overwritten + ignored.map { ($0.field, $0.stamp, .ignored($0.reason)) }
            + besideLocks(lineage).map { ($0.field, $0.stamp, .besideLock($0.lock)) }
        if all.isEmpty { return [] }
        // Those of one field as they arrived.
        let found = all.sorted { sameBytes($0.0, $1.0) ? ($0.1.seq, $0.1.index) < ($1.1.seq, $1.1.index) : precedes($0.0, $1.0) }
        let label = EntityTexts(entity: self, vocabulary: vocabulary).label
        let handle = handle(vocabulary)?.description ?? id.raw
        return found.map { Notice(item: id, kind: kind, handle: handle, label: label, field: $0, stamp: $1, outcome: $2) }
    }
}
