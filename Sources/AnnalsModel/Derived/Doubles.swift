/// Which items are said to be the same: the groups that relations of the type same_as connect.
///
/// Nothing is moved or rewritten when two items are said to be the same: the relation is an item, and retracting it parts them again.
public struct Doubles: Sendable {
    private let groups: [ItemID: [ItemID]]

    /// - Parameters:
    ///   - relations: those of the type same_as that stand.
    ///   - inOrder: puts the items of a group in order; the first stands for it. Items that it leaves out are not of the group, but what they connect is.
    public init(_ relations: [Entity], inOrder: ([ItemID]) throws -> [ItemID]) rethrows {
        var neighbours: [ItemID: [ItemID]] = [:]
        for relation in relations {
            guard let (from, to) = relation.ends, from != to else { continue }
            neighbours[from, default: []].append(to)
            neighbours[to, default: []].append(from)
        }
        var groups: [ItemID: [ItemID]] = [:]
        var seen: Set<ItemID> = []
        for start in neighbours.keys where seen.insert(start).inserted {
            var (group, open) = ([start], [start])
            while let next = open.popLast() {
                for other in neighbours[next] ?? [] where seen.insert(other).inserted {
                    group.append(other)
                    open.append(other)
                }
            }
            let ordered = try inOrder(group)
            for id in group { groups[id] = ordered }
        }
        self.groups = groups
    }

    /// The items that are said to be the same as one, itself among them, in order.
    public func group(_ item: ItemID) -> [ItemID] { groups[item] ?? [item] }

    /// The items that speak for one: all of its group, or itself alone where it is left out of that.
    public func speaking(for item: ItemID) -> [ItemID] {
        let group = group(item)
        return group.contains(item) ? group : [item]
    }

    /// The item that stands for its doubles: the first of them.
    public func representative(_ item: ItemID) -> ItemID { group(item).first ?? item }
}

extension Entity {
    /// The two items that a relation connects.
    public var ends: (from: ItemID, to: ItemID)? {
        guard let from = immutable["from"]?.string.flatMap({ ItemID($0) }), let to = immutable["to"]?.string.flatMap({ ItemID($0) }) else {
            return nil
        }
        return (from, to)
    }

    /// What an item and its doubles say together: their elements one after the other, all sides of what must be agreed on, and of a field of class
    /// latest what the first of them says that says anything.
    public func joined(with doubles: [Entity], _ vocabulary: Vocabulary) -> Entity {
        var whole = self
        for double in doubles where double.id != id {
            for (field, elements) in double.elements { whole.elements[field, default: []] += elements }
            for (field, value) in double.immutable where whole.immutable[field] == nil { whole.immutable[field] = value }
            for (key, cell) in double.cells {
                let isLatest = vocabulary.field(key.field, of: kind)?.merge == .latest
                if isLatest, whole.cells[key]?.latest.map({ !$0.value.isNull }) ?? false { continue }
                // Who left a field empty says nothing against who filled it.
                let heads = cell.heads.filter { !$0.value.isNull }
                let own = isLatest ? [] : whole.cells[key]?.heads.filter { !$0.value.isNull } ?? []
                if !heads.isEmpty { whole.cells[key] = Cell(heads: own + heads, past: []) }
            }
        }
        return whole
    }
}
