public import AnnalsModel

extension View {
    /// The items that are said to be the same as one: all that relations of the type same_as connect with it, in the order of handles, itself left
    /// out.
    ///
    /// Nothing is moved or rewritten when two items are said to be the same: the relation is an item, and retracting it parts them again.
    public func same(as item: ItemID) throws -> [ItemID] {
        var group: Set<ItemID> = [item]
        var open = [item]
        while let next = open.popLast() {
            for relation in try entities(kind: "relation", where: .names(next), .equals("type", "same_as")) {
                for end in ["from", "to"] {
                    guard let other = relation.shown(end)?.string.flatMap({ ItemID($0) }), group.insert(other).inserted else { continue }
                    open.append(other)
                }
            }
        }
        let others = try group.subtracting([item]).sorted().compactMap { try entity($0) }
        return Order.handle.sorted(others, vocabulary).map(\.id)
    }
}
