internal import AnnalsCore
internal import Foundation
internal import GRDB

/// A failure of the operating system as the store's error; `doing` names what was tried and where.
func storeError(errno code: Int32, _ doing: String) -> LogStoreError {
    let reason = String(cString: strerror(code))
    switch code {
    case EACCES, EPERM, EROFS, ENOTDIR, EISDIR:
        return LogStoreError(
            .readOnly, "\(doing): \(reason). Give this user the right to write there, or name another data folder.")
    case ENOSPC, EDQUOT:
        return LogStoreError(.diskFull, "\(doing): \(reason). Free some space on the device and try again.")
    default:
        return LogStoreError(.failed, "\(doing): \(reason).")
    }
}

/// A failure of SQLite as the store's error. Its message and statement are left out: only its code is sure to hold no one's text.
func storeError(_ error: DatabaseError, _ doing: String) -> LogStoreError {
    let reason = "SQLite \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_FULL:
        return LogStoreError(
            .diskFull, "\(doing): the disk is full (\(reason)). Free some space on the device and try again.")
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
        return LogStoreError(
            .readOnly,
            "\(doing): it may not be written (\(reason)). Give this user the right to write the folder and its files.")
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
        return LogStoreError(
            .notAStore,
            "\(doing): it is damaged or no log store (\(reason)). Keep the damaged file and every replica as they are: they hold what the newest backup lacks. Let nobody sync with a restored backup before that is brought back."
        )
    case .SQLITE_BUSY, .SQLITE_LOCKED:
        return LogStoreError(
            .failed, "\(doing): another program holds it locked (\(reason)). End that program and try again.")
    default:
        return LogStoreError(.failed, "\(doing): the database failed (\(reason)). Check the disk.")
    }
}

/// Runs `body`, turning failures of SQLite into the store's own errors.
func failing<Result>(_ doing: @autoclosure () -> String, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw storeError(error, doing())
    }
}

/// A value in the database that none of ours ever wrote there.
func damaged(_ what: String) -> LogStoreError {
    LogStoreError(
        .notAStore,
        "The log store is damaged: \(what). Keep the damaged file and every replica as they are: they hold what the newest backup lacks. Let nobody sync with a restored backup before that is brought back."
    )
}
