internal import GRDB

/// SQLite's failures as ``AnnalsError``: what it means for a person, without SQL, values or bytes.
func namingFailures<T>(of path: String, _ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw AnnalsError(error, path)
    } catch is DamagedState {
        throw AnnalsError(
            .damaged, "\(path) holds a state that cannot be read",
            wayOut: "Keep the file, and make a new clone to go on working; `annals replay --raw` may still read its log.")
    }
}

extension AnnalsError {
    /// SQLite keeps no write-ahead log there: it needs memory that processes share.
    static func noJournal(_ path: String) -> AnnalsError {
        AnnalsError(
            .failed, "\(path) lies where SQLite cannot keep its write-ahead log",
            wayOut: "Put the replica on a disk of this machine; network disks mostly share no memory.")
    }

    init(_ error: DatabaseError, _ path: String) {
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.diskFull, "no room to write \(path)", wayOut: "Make room and try again; nothing recorded is lost.")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .readOnly, "\(path) cannot be written",
                wayOut: "Give yourself the right to write in its folder, or copy the replica to one of yours.")
        case .SQLITE_CANTOPEN:
            self.init(
                .readOnly, "\(path) cannot be opened",
                wayOut: "Check that it exists and that you may read and write in its folder: SQLite keeps a journal beside it.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "another program holds \(path)", wayOut: "Wait for it or end it, and try again.")
        case .SQLITE_NOTADB:
            self.init(.notAReplica, "\(path) is not a replica", wayOut: "Name the folder of a replica, or make one with `annals init`.")
        case .SQLITE_CORRUPT:
            self.init(
                .damaged, "\(path) is damaged",
                wayOut: "Keep the file, and make a new clone to go on working; `annals verify` says what is damaged.")
        default:
            self.init(.failed, "\(path): \(error.resultCode) (\(error.extendedResultCode.rawValue))")
        }
    }
}
