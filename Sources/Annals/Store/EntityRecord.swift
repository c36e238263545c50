internal import AnnalsModel

/// An entity as the file holds it.
struct EntityRecord {
    /// The number of its row, the same in the directory, in its kind's table and in the search index.
    let row: Int64
    /// The generation that last wrote it.
    let changed: Int64
    /// Canonical state and pending changes together: what people see.
    let visible: Entity
    let canonical: Canonical
    /// The entries that touch it, as ``EntryList`` writes them.
    let log: [UInt8]

    var place: EntityPlace { EntityPlace(row: row, kind: visible.kind) }

    enum Canonical {
        /// No pending change is on it.
        case visible
        /// Only pending changes made it.
        case absent
        case state(Entity)
    }

    /// The state by the log alone; nil where the log does not know the entity.
    var canonicalEntity: Entity? {
        switch canonical {
        case .visible: visible
        case .absent: nil
        case .state(let entity): entity
        }
    }
}

extension Entity {
    /// The highest place in the log, or among the pending changes, of what shows in it.
    var updatedSeq: Int64 {
        var seq = created?.seq ?? 0
        for cell in cells.values { for write in cell.heads { seq = max(seq, write.stamp.seq) } }
        for write in existence.heads { seq = max(seq, write.stamp.seq) }
        for list in elements.values { for element in list { seq = max(seq, element.stamp.seq) } }
        return seq
    }
}
