/// What a store shows of an entity, read where it stands: no value is made of what is only copied.
extension Fold {
    /// What every entity has.
    public struct Summary: Sendable {
        public let id: ItemID
        public let kind: String
        /// The first create; nil while there are only operations on it.
        public let created: Stamp?
        public let ordinal: Int
        public let isPresent: Bool
        /// The highest place in the log, or among the pending changes, of what shows in it.
        public let updatedSeq: Int64
        /// Whether ``Entity/conflicts(_:)`` has any.
        public let hasConflicts: Bool
        /// Whether ``Entity/ignored`` or ``Entity/overwrites(_:)`` has any.
        public let hasNotices: Bool
    }

    /// A write that shows.
    public struct Shown: Sendable {
        public let id: ItemID
        public let author: Name
        public let value: FoldValue
    }

    /// The number of a field's or kind's name in this fold.
    public mutating func fieldNumber(_ name: String) -> Int32 { names.number(of: name) }

    /// The name with that number.
    public func fieldName(_ number: Int32) -> String { names.name(number) }

    public func id(at place: Int) -> ItemID { records[place].id }

    /// The number of its kind's name; -1 while it was prepared or looked for only, and nothing was folded into it or loaded.
    public func kindNumber(at place: Int) -> Int32 { records[place].kind }

    public func summary(at place: Int) -> Summary {
        let record = records[place]
        var updated = record.created < 0 ? 0 : stamps[record.created].seq
        var (hasConflicts, hasOverwrites, isPresent) = (false, false, false)
        var at = record.existence.heads.first
        while at >= 0 {
            updated = max(updated, writes[at].seq)
            if writes[at].value == .present { isPresent = true }
            at = writes[at].next
        }
        if isContested(record.existence) { hasConflicts = true }
        at = record.cells
        while at >= 0 {
            let found = cells[at]
            updated = max(updated, highest(found.cell.heads))
            if isContested(found.cell) {
                if rules.rule(found.field, of: record.kind).merge == .latest { hasOverwrites = true } else { hasConflicts = true }
            }
            at = found.next
        }
        at = record.elements
        while at >= 0 {
            updated = max(updated, highest(elementFields[at].elements))
            at = elementFields[at].next
        }
        let isCreated = record.created >= 0
        return Summary(
            id: record.id, kind: names.name(record.kind), created: isCreated ? stamp(stamps[record.created]) : nil,
            ordinal: Int(record.ordinal), isPresent: isCreated && isPresent, updatedSeq: updated,
            hasConflicts: isCreated && hasConflicts, hasNotices: isCreated && (hasOverwrites || record.ignored >= 0))
    }

    /// What a field of class immutable, latest or contested shows (``Entity/shown(_:)``); nil where nothing was said or it was cleared.
    public func shown(_ field: Int32, at place: Int) -> FoldValue? {
        if let said = immutable(field, place) { return isNull(said) ? nil : said }
        guard let found = cell(field, -1, place), let head = latest(cells[found].cell.heads) else { return nil }
        let value = writes[head].value
        return isNull(value) ? nil : value
    }

    /// Whether a head of a field and something else that shows of the entity may not have seen each other, as far as bases say.
    public func hasUnseen(_ field: Int32, at place: Int) -> Bool {
        guard let found = cell(field, -1, place) else { return false }
        let own = list(cells[found].cell.heads).map { stamps[Int(writes[$0].stamp)] }
        func isUnseen(_ lists: WriteList) -> Bool {
            var at = lists.first
            while at >= 0 {
                let other = stamps[Int(writes[at].stamp)]
                if own.contains(where: { $0.seq > other.base && other.seq > $0.base }) { return true }
                at = writes[at].next
            }
            return false
        }
        var at = records[place].cells
        while at >= 0 {
            if cells[at].field != field, isUnseen(cells[at].cell.heads) { return true }
            at = cells[at].next
        }
        at = records[place].elements
        while at >= 0 {
            if isUnseen(elementFields[at].elements) { return true }
            at = elementFields[at].next
        }
        return isUnseen(records[place].existence.heads)
    }

    /// All heads of a field's own cell, in order of arrival.
    public func heads(_ field: Int32, at place: Int) -> [FoldValue] {
        guard let found = cell(field, -1, place) else { return [] }
        return list(cells[found].cell.heads).map { writes[$0].value }
    }

    /// The fields of class set or append that have elements.
    public func elementFields(at place: Int) -> [Int32] {
        var fields: [Int32] = []
        var at = records[place].elements
        while at >= 0 {
            if !elementFields[at].elements.isEmpty { fields.append(elementFields[at].field) }
            at = elementFields[at].next
        }
        return fields
    }

    /// The elements of a field of class set, equal values once, or of class append, all: ``Entity/shownElements(_:_:)``.
    public func shownElements(_ field: Int32, at place: Int) -> [Shown] {
        var at = records[place].elements
        while at >= 0, elementFields[at].field != field { at = elementFields[at].next }
        guard at >= 0 else { return [] }
        let isList = rules.rule(field, of: records[place].kind).merge == .append
        var shown: [Shown] = []
        for write in list(elementFields[at].elements) {
            let value = writes[write].value
            if isList || !shown.contains(where: { isSame($0.value, value) }) { shown.append(self.shown(write)) }
        }
        return shown
    }

    /// Each cell of a class per coder, by its author's name and then in order of arrival: the heads that are not cleared.
    public func codings(at place: Int) -> [(field: Int32, heads: [Shown])] {
        var codings: [(field: Int32, heads: [Shown])] = []
        var at = records[place].cells
        while at >= 0 {
            let found = cells[at]
            if found.author >= 0 {
                let heads = list(found.cell.heads).filter { !isNull(writes[$0].value) }.map { shown($0) }
                if !heads.isEmpty { codings.append((found.field, heads)) }
            }
            at = found.next
        }
        return codings.sorted { ($0.heads[0].author, $0.field) < ($1.heads[0].author, $1.field) }
    }

    /// The fields of class immutable, latest or contested that were ever written, and those that the vocabulary does not know.
    public func plainFields(at place: Int) -> [Int32] {
        var fields: [Int32] = []
        var at = records[place].immutable
        while at >= 0 {
            fields.append(immutables[at].field)
            at = immutables[at].next
        }
        at = records[place].cells
        while at >= 0 {
            if cells[at].author < 0, !fields.contains(cells[at].field) { fields.append(cells[at].field) }
            at = cells[at].next
        }
        return fields
    }

    private func shown(_ write: Int32) -> Shown {
        let stamp = stamps[writes[write].stamp]
        return Shown(id: stamp.id, author: name(stamp.author), value: writes[write].value)
    }

    private func isContested(_ cell: CellRecord) -> Bool {
        guard cell.heads.first != cell.heads.last else { return false }
        let first = writes[cell.heads.first].value
        var at = writes[cell.heads.first].next
        while at >= 0 {
            if !isSame(writes[at].value, first) { return true }
            at = writes[at].next
        }
        return false
    }

    private func highest(_ list: WriteList) -> Int64 {
        var (seq, at): (Int64, Int32) = (0, list.first)
        while at >= 0 {
            seq = max(seq, writes[at].seq)
            at = writes[at].next
        }
        return seq
    }

    private func isLater(_ a: WriteRecord, _ b: WriteRecord) -> Bool {
        a.seq > b.seq || (a.seq == b.seq && stamps[a.stamp].index >= stamps[b.stamp].index)
    }

    private func latest(_ heads: WriteList) -> Int32? {
        var (best, at): (Int32, Int32) = (heads.first, heads.first)
        while at >= 0 {
            if isLater(writes[at], writes[best]) { best = at }
            at = writes[at].next
        }
        return best < 0 ? nil : best
    }
}
