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
}
