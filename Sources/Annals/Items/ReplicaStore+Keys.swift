internal import AnnalsModel
internal import GRDB

extension ReplicaStore {
    /// The items of some kinds by the keys that their importers gave them; of several with one key one that is
    /// present, of several of those the first by id: the same one on every replica, and the one that bears it in an export.
    func keys(of kinds: [String]) throws -> [ItemName: ItemID] {
        try look { db, _ in
            var found: [ItemName: ItemID] = [:]
            for kind in kinds {
                let sql = "SELECT key, _id FROM \(self.schema.table(kind).name) WHERE key IS NOT NULL ORDER BY _present DESC, _id"
                try BoundStatement(db, sql).forEachRow { row in
                    guard let id = row.item(1) else { throw DamagedState() }
                    let name = ItemName(kind: kind, key: row.text(0))
                    if found[name] == nil { found[name] = id }
                }
            }
            return found
        }
    }
}
