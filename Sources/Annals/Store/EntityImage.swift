internal import AnnalsModel
internal import AnnalsWire

/// Where an entity's row is.
struct EntityPlace {
    var row: Int64
    var kind: String
}

/// What of an entity goes into the derived tables, as bytes.
struct EntityImage {
    private(set) var id = ""
    private(set) var kind = ""
    /// The row's values from `_id` on, and then the search text.
    private(set) var row = RowImage()
    /// Which slot is the search text; nil where there is none.
    private(set) var searchBody: Int?
    private(set) var conflicts = RowImage()
    private(set) var notices = RowImage()

    static let conflictColumns = 11
    static let noticeColumns = 6

    /// Takes what an entity shows.
    mutating func take(
        _ entity: Entity, canonical: EntityRecord.Canonical, _ table: KindTable, _ vocabulary: Vocabulary, generation: Int64,
        log: [UInt8]
    ) {
        id = entity.id.raw
        kind = entity.kind
        row.clear()
        addOwnColumns(entity, vocabulary, generation)
        addFields(entity, table)
        row.add(EntityDoc.json(entity, table, vocabulary))
        addStates(entity, canonical, table)
        if log.isEmpty { row.addNull() } else { row.add(blob: log) }
        let body = EntityTexts(entity: entity, vocabulary: vocabulary).searchBody
        searchBody = body.isEmpty ? nil : row.slots.count
        if !body.isEmpty { row.add(body) }
        takeConflicts(entity, vocabulary)
        takeNotices(entity, vocabulary)
    }

    /// In the order of `KindTable.before`, without the row's number.
    private mutating func addOwnColumns(_ entity: Entity, _ vocabulary: Vocabulary, _ generation: Int64) {
        row.add(entity.id.raw)
        row.add(entity.kind)
        row.add(entity.created?.seq)
        row.add(Int64(entity.ordinal))
        row.add(entity.isPresent ? 1 : 0 as Int64)
        row.add(entity.owner?.raw)
        row.add(entity.created?.written.description)
        row.add(entity.updatedSeq)
        row.add(generation)
        row.add(EntityTexts(entity: entity, vocabulary: vocabulary).label)
    }

    private mutating func addFields(_ entity: Entity, _ table: KindTable) {
        var shown: (field: String, value: Value?) = ("", nil)
        for column in table.columns {
            if column.field != shown.field { shown = (column.field, entity.shown(column.field)) }
            switch column.content(of: shown.value) {
            case .string(let text): row.add(text)
            case .integer(let number): row.add(number)
            default: row.addNull()
            }
        }
    }

    private mutating func addStates(_ entity: Entity, _ canonical: EntityRecord.Canonical, _ table: KindTable) {
        func isOutside(_ state: Entity) -> (String) -> Bool {
            { field in
                guard table.outside.contains(field), case .string(let text)? = state.immutable[field] else { return false }
                // SQLite's texts end at a NUL; and a canonical state that differs from the visible one brings its own.
                return !text.utf8.contains(0) && state.immutable[field] == entity.immutable[field]
            }
        }
        row.add(blob: StateWriter.write(entity, isOutside: isOutside(entity)))
        switch canonical {
        case .visible: row.addNull()
        case .absent: row.add(blob: [])
        case .state(let state):
            // With its kind, which a pending create may have changed.
            var writer = ByteWriter()
            writer.string(state.kind)
            writer.raw(StateWriter.write(state, isOutside: isOutside(state)))
            row.add(blob: writer.bytes)
        }
    }

    private mutating func takeConflicts(_ entity: Entity, _ vocabulary: Vocabulary) {
        conflicts.clear()
        for (key, heads) in entity.conflicts(vocabulary) {
            for head in heads {
                let stamp = head.stamp
                conflicts.add(entity.id.raw)
                conflicts.add(entity.kind)
                conflicts.add(key.field)
                conflicts.add(key.author?.raw)
                conflicts.add(stamp.id.raw)
                conflicts.add(text: head.value.canonicalBytes)
                conflicts.add(stamp.author.raw)
                conflicts.add(stamp.seq)
                conflicts.add(stamp.replica.raw)
                conflicts.add(stamp.n)
                conflicts.add(stamp.written.description)
            }
        }
    }

    /// Overwrites, and writes without effect: listed, never silently dropped.
    private mutating func takeNotices(_ entity: Entity, _ vocabulary: Vocabulary) {
        notices.clear()
        if entity.created == nil { return }
        for ignored in entity.ignored { addNotice(entity, ignored.field, ignored.stamp, ignored.reason.rawValue) }
        for (key, heads) in entity.overwrites(vocabulary) {
            for head in heads where head.stamp.id != entity.cells[key]?.latest?.stamp.id {
                addNotice(entity, key.field, head.stamp, "overwritten")
            }
        }
    }

    private mutating func addNotice(_ entity: Entity, _ field: String, _ stamp: Stamp, _ reason: String) {
        notices.add(entity.id.raw)
        notices.add(field)
        notices.add(stamp.id.raw)
        notices.add(reason)
        notices.add(stamp.author.raw)
        notices.add(stamp.seq)
    }
}
