internal import Dispatch
internal import GRDB
internal import Glibc
internal import UV

/// The connections that read a replica's file, as many as read at a time.
///
/// GRDB's pool asks for the schema's version before each read: a read by itself, which took about as long as finding an entity. Here the
/// schema changes only where the tables are made anew, and SQLite sees that by itself.
final class Readers: Sendable {
    private struct State {
        var idle: [DatabaseQueue] = []
        /// The threads that read at the moment.
        var reading: [pthread_t] = []
        /// Raised where those in use are to be closed when they come back.
        var generation = 0
        var isClosed = false
    }

    private let path: String
    private let configuration: Configuration
    private let state = Locked(State())
    /// Entered by each reader.
    private let borrowed = DispatchGroup()

    /// How many stay open while nobody reads.
    private static let idleMax = 4

    init(path: String, configuration: Configuration) {
        self.path = path
        self.configuration = configuration
    }

    /// Lends a connection. What is read in it is one state only inside of a transaction.
    func read<T>(_ body: (Database) throws -> T) throws -> T {
        let found: (idle: DatabaseQueue?, generation: Int)? = state.withLock { state in
            if state.isClosed { return nil }
            state.reading.append(pthread_self())
            borrowed.enter()
            return (state.idle.popLast(), state.generation)
        }
        guard let (idle, generation) = found else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the replica is closed")
        }
        defer {
            state.withLock { state in
                if let at = state.reading.firstIndex(of: pthread_self()) { state.reading.remove(at: at) }
            }
            borrowed.leave()
        }
        let connection = try idle ?? DatabaseQueue(path: path, configuration: configuration)
        defer {
            let isKept = state.withLock { state in
                guard state.generation == generation, state.idle.count < Self.idleMax else { return false }
                state.idle.append(connection)
                return true
            }
            if !isKept { try? connection.close() }
        }
        return try connection.unsafeRead(body)
    }

    /// Closes those that are idle now, and those that are in use when they are done; new ones are opened as ever.
    func closeAll() { take { $0.generation += 1 }.forEach { try? $0.close() } }

    /// The same, and no new ones are opened. Waits for those in use, but for one that this very thread reads with.
    func close() {
        take {
            $0.generation += 1
            $0.isClosed = true
        }.forEach { try? $0.close() }
        if !state.withLock({ $0.reading.contains(pthread_self()) }) { borrowed.wait() }
    }

    /// Lets go of all without closing them.
    func leave() { take { $0.isClosed = true }.forEach { _ = Unmanaged.passRetained($0) } }

    private func take(_ change: (inout State) -> Void) -> [DatabaseQueue] {
        state.withLock { state in
            change(&state)
            defer { state.idle = [] }
            return state.idle
        }
    }
}
