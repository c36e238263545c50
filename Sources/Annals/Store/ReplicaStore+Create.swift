internal import AnnalsModel
internal import AnnalsWire
internal import GRDB
internal import Glibc

extension Schema {
    /// Raised where the same tables hold something else for the same entries: 2 has notices beside locks, and no surroundings of quotes in the
    /// search index.
    private static let derivation = 2

    /// A digest of what is derived from the vocabulary: files with another one are folded anew.
    var digest: String {
        sha256(Array((Self.fixed + derived + ["\(Self.derivation)"]).joined(separator: "\n").utf8)).short.hex
    }
}

extension ReplicaStore {
    /// Makes the file whole beside its place and then links it there, so that nobody ever sees half of one and an
    /// existing one is never replaced.
    static func create(
        _ paths: ReplicaPaths, user: Name, workspace: Name?, server: String?, vocabulary: Vocabulary, ambient: Ambient
    ) throws -> ReplicaStore {
        if ReplicaPaths.exists(paths.database) { throw paths.taken }
        try paths.makeFolder()
        let draft = paths.database + ".new-\(getpid())-\(ambient.random())"
        defer { unlink(draft) }
        try namingFailures(of: draft) {
            var meta = Meta(user: user, replica: ambient.replicaName())
            meta.workspace = workspace
            meta.server = server
            let schema = Schema(vocabulary)
            meta.schema = schema.digest
            meta.vocabulary = vocabulary.version
            let queue = try DatabaseQueue(path: draft)
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA page_size = 8192")
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try db.inTransaction {
                    try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
                    try db.execute(sql: "PRAGMA user_version = \(Schema.format)")
                    for sql in Schema.fixed + schema.derived { try db.execute(sql: sql) }
                    try meta.save(db, replacing: nil)
                    return .commit
                }
            }
            try queue.close()
        }
        if link(draft, paths.database) != 0 {
            if errno == EEXIST { throw paths.taken }
            throw AnnalsError.system(errno, "make", paths.database)
        }
        return try ReplicaStore(paths, vocabulary: vocabulary, ambient: ambient)
    }
}

extension ReplicaPaths {
    var taken: AnnalsError {
        AnnalsError(.exists, "there is a replica in \(directory) already", wayOut: "Use it, or choose another folder.")
    }
}
