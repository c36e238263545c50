/// The sessions of a server by their ids.
///
/// They stand in one array, not in a dictionary, which hands out a copy of a whole session where one member is asked for.
struct SessionTable: Sendable {
    private var sessions: [ServerSession] = []
    /// In the order of `sessions`.
    private var ids: [SessionID] = []
    private var places = SessionPlaces()

    /// Where a session stands, until the next one is added or removed; nil where there is none.
    func place(of id: SessionID) -> Int? { places.place(of: id) }

    /// The session at a place.
    subscript(at place: Int) -> ServerSession {
        _read { yield sessions[place] }
        _modify { yield &sessions[place] }
    }

    /// A copy of the session; nil where there is none.
    subscript(id: SessionID) -> ServerSession? { place(of: id).map { sessions[$0] } }

    /// Changes a session where it stands.
    mutating func change(_ id: SessionID, _ body: (inout ServerSession) -> Void) {
        if let place = place(of: id) { body(&sessions[place]) }
    }

    mutating func add(_ session: ServerSession, _ id: SessionID) {
        precondition(place(of: id) == nil, "a session's id is never used twice")
        places.set(sessions.count, of: id)
        sessions.append(session)
        ids.append(id)
    }

    mutating func remove(_ id: SessionID) {
        guard let place = places.remove(id), let last = ids.last else { return }
        if last != id {
            (sessions[place], ids[place]) = (sessions[sessions.count - 1], last)
            places.set(place, of: last)
        }
        sessions.removeLast()
        ids.removeLast()
    }

    /// All ids in the order in which the sessions began.
    var idsInOrder: [SessionID] { ids.sorted { $0.number < $1.number } }
}
