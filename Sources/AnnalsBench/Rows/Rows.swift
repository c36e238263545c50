/// Every row, in the order of the table.
enum Rows {
    static func all(_ peers: Peers) -> [Row] {
        PushRows.all(peers) + StreamRows(peers).all + ReplicaRows(peers).all + LookRows(peers).all + [GrowthRow(peers).row]
    }
}
