public import AnnalsModel
internal import EDTF

/// A condition on an entity.
///
///     view.entities(kind: "event", where: .equals("tags", "tripp"), .overlaps("when", from: "2025-08-07", to: "2025-08-08"))
///
/// A condition on a field holds where it holds for any value that the field shows: any element of a set, any coder's judgment,
/// any side of a conflict.
public struct Filter: Sendable {
    indirect enum Node: Sendable {
        case equals(FieldPath, Value)
        case has(FieldPath)
        case overlaps(FieldPath, from: String?, to: String?)
        case names(ItemID)
        case author(Name)
        case coded(String, Name)
        case inConflict
        case any([Filter])
        case not(Filter)
    }

    let node: Node

    /// A value of the field, or of its part (`when.basis`, `coding.type`, `participations.actor`), is this one. References
    /// are compared by id.
    public static func equals(_ path: String, _ value: Value) -> Filter { Filter(node: .equals(FieldPath(path), value)) }

    /// The field, or its part, says something.
    public static func has(_ path: String) -> Filter { Filter(node: .has(FieldPath(path))) }

    /// A date of the field may lie in a span of days (`YYYY-MM-DD`, both inclusive, nil is open).
    public static func overlaps(_ path: String, from: String?, to: String?) -> Filter {
        // As far as the columns of dates go.
        func bound(_ day: String?) -> String? { day.map { Column.bound(.string($0), \.earliest)?.string ?? $0 } }
        return Filter(node: .overlaps(FieldPath(path), from: bound(from), to: bound(to)))
    }

    /// A value of any of its fields names this item: the passages that support an event, the notes on it.
    public static func names(_ item: ItemID) -> Filter { Filter(node: .names(item)) }

    /// This user made it.
    public static func author(_ name: Name) -> Filter { Filter(node: .author(name)) }

    /// This coder is done judging it, in a field of class per coder: a coding counts once it is submitted.
    public static func coded(_ field: String, by coder: Name) -> Filter { Filter(node: .coded(field, coder)) }

    /// It has an open conflict.
    public static var inConflict: Filter { Filter(node: .inConflict) }

    /// At least one of these holds.
    public static func any(_ filters: Filter...) -> Filter { Filter(node: .any(filters)) }

    /// This does not hold.
    public static func not(_ filter: Filter) -> Filter { Filter(node: .not(filter)) }

    /// What the filter means; SQL only narrows down what it is asked about.
    func accepts(_ entity: Entity, _ vocabulary: Vocabulary) -> Bool {
        switch node {
        case .equals(let path, let value): path.values(entity, vocabulary).contains(value)
        case .has(let path): path.values(entity, vocabulary).contains { !$0.isNull }
        case .overlaps(let path, let from, let to):
            path.completed(entity.kind, vocabulary).values(entity, vocabulary).contains { Self.overlaps($0, from, to) }
        case .names(let item): Self.names(item.raw, entity, vocabulary)
        case .author(let name): entity.owner == name
        case .coded(let field, let coder): vocabulary.field(field, of: entity.kind).map { entity.hasHandedIn($0, by: coder) } ?? false
        case .inConflict: !entity.conflicts(vocabulary).isEmpty
        case .any(let filters): filters.contains { $0.accepts(entity, vocabulary) }
        case .not(let filter): !filter.accepts(entity, vocabulary)
        }
    }

    private static func names(_ id: String, _ entity: Entity, _ vocabulary: Vocabulary) -> Bool {
        let fields = vocabulary.kind(entity.kind)?.fields.filter(\.type.namesItems) ?? []
        return fields.contains { field in FieldPath(field.name).values(entity, vocabulary).contains { names(id, $0) } }
    }

    private static func names(_ id: String, _ value: Value) -> Bool {
        switch value {
        case .string(let text): sameBytes(text, id)
        case .array(let values): values.contains { names(id, $0) }
        case .members(let members): members.contains { names(id, $0.value) }
        default: false
        }
    }

    private static func overlaps(_ value: Value, _ from: String?, _ to: String?) -> Bool {
        guard let text = value.string, (try? EDTF(text)) != nil else { return false }
        let earliest = Column.bound(value, \.earliest)?.string
        let latest = Column.bound(value, \.latest)?.string
        let startsInTime = to.flatMap { to in earliest.map { !precedes(to, $0) } } ?? true
        let endsInTime = from.flatMap { from in latest.map { !precedes($0, from) } } ?? true
        return startsInTime && endsInTime
    }
}

/// A field, or a part of its values.
struct FieldPath: Sendable, Hashable {
    var field: String
    var part: String?

    init(_ field: String, _ part: String?) {
        self.field = field
        self.part = part
    }

    init(_ path: String) {
        let parts = path.split(separator: ".", maxSplits: 1)
        field = parts.first.map(String.init) ?? ""
        part = parts.count > 1 ? String(parts[1]) : nil
    }

    /// With the date part that is meant where only the field was named.
    func completed(_ kind: String, _ vocabulary: Vocabulary) -> FieldPath {
        guard part == nil, case .object(let parts) = vocabulary.field(field, of: kind)?.type else { return self }
        var path = self
        path.part = parts.first { $0.type == .date }?.name
        return path
    }

    /// All that the field shows.
    func values(_ entity: Entity, _ vocabulary: Vocabulary) -> [Value] {
        let showsOne = vocabulary.field(field, of: entity.kind)?.merge == .latest
        var values = (entity.elements[field] ?? []).map(\.value)
        if let value = entity.immutable[field] { values.append(value) }
        for (key, cell) in entity.cells where sameBytes(key.field, field) {
            let heads = cell.isContested && !showsOne ? cell.heads : cell.latest.map { [$0] } ?? []
            values += heads.map(\.value).filter { !$0.isNull }
        }
        guard let part else { return values }
        return values.flatMap { value -> [Value] in
            guard let member = value[part] else { return [] }
            return member.array ?? [member]
        }
    }
}
