internal import AnnalsModel
internal import AnnalsWire

/// The state of one entity as bytes, where it is needed as a value: the fold reads and writes the bytes itself.
enum EntityState {
    /// Rules take no part in reading and writing.
    fileprivate static let noRules = Vocabulary(version: 0, kinds: [])

    /// - Parameter outside: the value of an immutable field that is kept elsewhere.
    static func read(
        _ bytes: [UInt8], id: ItemID, kind: String, outside: (String) -> Value? = { _ in nil }
    ) throws -> Entity {
        try bytes.withUnsafeBytes { try EntityDecoder().read($0, id: id, kind: kind, outside: outside) }
    }

    static func write(_ entity: Entity) -> [UInt8] {
        let fold = Fold(vocabulary: noRules, entities: [entity])
        var writer = FoldStateWriter()
        var bytes: [UInt8] = []
        writer.write(fold, at: 0, into: &bytes)
        return bytes
    }

    /// The state without pending changes, with its kind, which a pending create may have changed.
    static func base(_ state: Entity) -> [UInt8] {
        var writer = ByteWriter()
        writer.string(state.kind)
        writer.raw(write(state))
        return writer.bytes
    }
}

/// Reads the states of entities one after the other.
///
/// A fold takes some thirty pieces of memory before anything is in it, which is more than an entity's state takes: so one serves for many.
/// Unchecked because one reader at a time has it (``ReplicaStore/withDecoder(_:)``).
final class EntityDecoder: @unchecked Sendable {
    private var fold = Fold(vocabulary: EntityState.noRules)
    private var bytes = 0
    private var values = ValueReader()

    /// After how many entities and bytes another fold begins, for it forgets nothing.
    private static let (entitiesMax, bytesMax) = (128, 1 << 18)

    /// - Parameter outside: the value of an immutable field that is kept elsewhere.
    func read(
        _ state: UnsafeRawBufferPointer, id: ItemID, kind: String, outside: (String) -> Value? = { _ in nil }
    ) throws(DamagedState) -> Entity {
        if fold.count >= Self.entitiesMax || bytes >= Self.bytesMax || fold.place(of: id) != nil { begin() }
        var read = state.count
        do {
            try fold.load(state: state, of: id, kind: kind) { field in
                let value = outside(field)?.canonicalBytes
                read += value?.count ?? 0
                return value
            }
        } catch {
            begin()
            throw DamagedState()
        }
        bytes += read
        return fold.entity(at: fold.count - 1, &values)
    }

    private func begin() {
        fold = Fold(vocabulary: EntityState.noRules)
        bytes = 0
    }
}
