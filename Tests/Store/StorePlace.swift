import AnnalsCore
import AnnalsModel
import AnnalsStore
import AnnalsTesting
import Crypto
import Foundation

/// SHA-256 as the tests' makers take it, straight from swift-crypto.
let sha256: LogMaker.Hash = { bytes in
    guard let digest = AnnalsModel.Digest(bytes: Array(Crypto.SHA256.hash(data: bytes))) else {
        preconditionFailure("SHA-256 has 32 bytes")
    }
    return digest
}

/// A folder with a SQLite store in it, on a disk that may fail.
final class StorePlace: LogStoreContract.Place {
    let temporary: TemporaryFolder
    let folder: DataFolder
    let disk: FaultVFS
    var options: StoreOptions

    init(_ options: StoreOptions = StoreOptions()) throws {
        disk = try FaultVFS()
        temporary = try TemporaryFolder()
        folder = try DataFolder(path: temporary.file("data"))
        self.options = options
        self.options.vfs = disk.name
    }

    var database: String { folder.path + "/log.sqlite" }

    func openStore() throws -> SQLiteLogStore {
        try SQLiteLogStore(in: folder, options: options, changeID: LogMaker.changeID(ofLine:))
    }

    func open() throws -> any LogStore { try openStore() }

    func close(_ store: any LogStore) throws {
        try (store as? SQLiteLogStore)?.close()
    }
}

/// A maker of the log "w".
func maker(_ workspace: String = "w", seed: UInt64 = 1) throws -> LogMaker {
    LogMaker(workspace: try name(workspace), log: "10" + workspace, seed: seed, sha256: sha256)
}

func name(_ raw: String) throws -> Name {
    guard let name = Name(raw) else { throw CocoaError(.formatting) }
    return name
}

/// The code of the store's error that `body` throws; nil where it throws none.
func code(_ body: () throws -> Void) throws -> LogStoreError.Code? {
    do {
        try body()
        return nil
    } catch let error as LogStoreError {
        return error.code
    }
}
