internal import AnnalsCore

/// The open connections by their ids.
struct PeerTable {
    private var places = SessionPlaces()
    private(set) var all: [ServerPeer] = []

    /// nil where there is none.
    subscript(id: SessionID) -> ServerPeer? { places.place(of: id).map { all[$0] } }

    mutating func add(_ peer: ServerPeer) {
        places.set(all.count, of: peer.id)
        all.append(peer)
    }

    mutating func remove(_ id: SessionID) {
        guard let place = places.remove(id), let last = all.popLast(), last.id != id else { return }
        // The last one fills the gap.
        all[place] = last
        places.set(place, of: last.id)
    }
}
