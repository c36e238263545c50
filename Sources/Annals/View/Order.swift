internal import AnnalsModel
internal import EDTF

/// The order of a list.
public struct Order: Sendable, Hashable {
    enum Key: Sendable, Hashable {
        case handle
        case date(String)
        case label
        case updated
    }

    let key: Key
    /// Whether the last comes first.
    public var descending = false

    /// By handle: the order of the log, and what is pending last.
    public static let handle = Order(key: .handle)

    /// By the first day that a date field can mean; without a date last.
    public static func date(_ field: String) -> Order { Order(key: .date(field)) }

    /// By the bytes of what stands for it in a list; without a label last.
    public static let label = Order(key: .label)

    /// By when it last changed.
    public static let updated = Order(key: .updated)

    /// The same order, the other way round.
    public var reversed: Order {
        var order = self
        order.descending.toggle()
        return order
    }

    /// What an entity is ordered by: what has none comes last, equal ones by handle, and those of one change by id.
    struct Place: Comparable {
        var text: String?
        var number: Int64
        var handle: (Int64, Int, ItemID)

        static func == (a: Place, b: Place) -> Bool { !(a < b) && !(b < a) }

        static func < (a: Place, b: Place) -> Bool {
            switch (a.text, b.text) {
            case (let x?, let y?) where !sameBytes(x, y): return precedes(x, y)
            case (nil, _?): return false
            case (_?, nil): return true
            default: return a.number == b.number ? a.handle < b.handle : a.number < b.number
            }
        }
    }

    func place(_ entity: Entity, _ vocabulary: Vocabulary) -> Place {
        var place = Place(text: nil, number: 0, handle: (entity.created?.seq ?? 0, entity.ordinal, entity.id))
        switch key {
        case .handle: break
        case .date(let field):
            let path = FieldPath(field).completed(entity.kind, vocabulary)
            let value = entity.shown(path.field)
            place.text = Column.bound(path.part.map { value?[$0] } ?? value, \.earliest)?.string
        case .label: place.text = EntityTexts(entity: entity, vocabulary: vocabulary).label
        case .updated: place.number = entity.updatedSeq
        }
        return place
    }

    func sorted(_ entities: [Entity], _ vocabulary: Vocabulary) -> [Entity] {
        let placed = entities.map { (place: place($0, vocabulary), entity: $0) }
        return placed.sorted { descending ? $1.place < $0.place : $0.place < $1.place }.map(\.entity)
    }

    /// The same order in SQL.
    func sql(_ table: KindTable, _ vocabulary: Vocabulary) -> String {
        var terms: [String] = []
        switch key {
        case .handle: break
        case .date(let field):
            let path = FieldPath(field).completed(table.kind?.name ?? "", vocabulary)
            let column = table.columns.first { $0.field == path.field && $0.source == .earliest(part: path.part) }
            if let name = column.map({ quoted($0.name) }) { terms += ["\(name) IS NULL", name] }
        case .label: terms += ["_label IS NULL", "_label"]
        case .updated: terms.append("_updated_seq")
        }
        terms += ["_seq", "_ordinal"]
        return terms.map { $0 + (descending ? " DESC" : "") }.joined(separator: ", ")
    }
}
