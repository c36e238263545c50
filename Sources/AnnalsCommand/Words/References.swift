import AnnalsModel

/// Which items name which: derived from the types of their fields.
enum References {
    /// Whether a value of this type can name an item of a kind.
    static func mayName(_ kind: String, _ type: ValueType) -> Bool {
        switch type {
        case .item(let kinds), .itemOrText(let kinds): kinds.isEmpty || kinds.contains(kind)
        case .list(let element): mayName(kind, element)
        case .object(let parts): parts.contains { mayName(kind, $0.type) }
        default: false
        }
    }

    /// Whether any value that an entity shows names the item.
    static func names(_ id: ItemID, _ entity: Entity) -> Bool {
        entity.immutable.values.contains { names(id, $0) }
            || entity.cells.values.contains { $0.heads.contains { names(id, $0.value) } }
            || entity.elements.values.contains { $0.contains { names(id, $0.value) } }
    }

    private static func names(_ id: ItemID, _ value: Value) -> Bool {
        switch value {
        case .string(let text): sameBytes(text, id.raw)
        case .array(let values): values.contains { names(id, $0) }
        case .members(let members): members.contains { names(id, $0.value) }
        default: false
        }
    }
}
