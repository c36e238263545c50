internal import AnnalsModel
internal import AnnalsWire

/// The state of one entity as bytes, where it is needed as a value: the fold reads and writes the bytes itself.
enum EntityState {
    /// Rules take no part in reading and writing.
    private static let noRules = Vocabulary(version: 0, kinds: [])

    /// - Parameter outside: the value of an immutable field that is kept elsewhere.
    static func read(
        _ bytes: [UInt8], id: ItemID, kind: String, outside: (String) -> Value? = { _ in nil }
    ) throws(DamagedState) -> Entity {
        var fold = Fold(vocabulary: noRules)
        do {
            try bytes.withUnsafeBytes { bytes in
                try fold.load(state: bytes, of: id, kind: kind) { outside($0)?.canonicalBytes }
            }
        } catch {
            throw DamagedState()
        }
        return fold.entity(at: 0)
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
