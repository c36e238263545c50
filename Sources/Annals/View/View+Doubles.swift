public import AnnalsModel

extension View {
    /// Which items of one kind are said to be the same, at this point of the record: `annals merge` says it, `annals unmerge` parts them again.
    public func doubles() throws -> Doubles { try doubles(by: entities(kind: "relation", where: .equals("type", "same_as"))) }

    private func doubles(by relations: [Entity]) throws -> Doubles {
        let links = try relations.filter { link in
            guard let (from, to) = link.ends, let kind = try entity(from)?.kind else { return false }
            return try entity(to)?.kind == kind
        }
        return try Doubles(links) { group in
            Order.handle.sorted(try group.compactMap { try entity($0) }.filter(\.isPresent), vocabulary).map(\.id)
        }
    }

    /// The items that are said to be the same as one, in the order of handles, itself left out.
    public func same(as item: ItemID) throws -> [ItemID] {
        // Only what names them is looked at.
        var (found, open, seen) = ([Entity](), [item], Set([item]))
        while let next = open.popLast() {
            for relation in try entities(kind: "relation", where: .names(next), .equals("type", "same_as")) {
                found.append(relation)
                open += (relation.ends.map { [$0.from, $0.to] } ?? []).filter { seen.insert($0).inserted }
            }
        }
        return try doubles(by: found).group(item).filter { $0 != item }
    }

    /// An item with what its doubles say of it; nil where neither it nor one of them is there.
    func joined(_ item: ItemID, _ doubles: Doubles) throws -> Entity? {
        let group = doubles.group(item)
        if group.count < 2 { return try entity(group.first ?? item) }
        let found = try group.compactMap { try entity($0) }
        return found.first.map { $0.joined(with: Array(found.dropFirst()), vocabulary) }
    }

    /// The items of a kind, doubles as one, in the order of handles.
    func distinct(_ kind: String, where filters: [Filter] = [], _ doubles: Doubles) throws -> [Entity] {
        var seen: Set<ItemID> = []
        return try entities(kind: kind, where: filters).compactMap { item in
            let group = doubles.group(item.id)
            guard seen.insert(group.first ?? item.id).inserted else { return nil }
            return group.count < 2 ? item : try joined(item.id, doubles)
        }
    }
}
