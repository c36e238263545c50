public import AnnalsModel
internal import AnnalsCore
internal import AnnalsJSON
internal import AnnalsWire
internal import GRDB
internal import UV

extension Replica {
    /// Records what `body` puts together as one change, on disk and visible when this returns.
    ///
    /// - Parameters:
    ///   - view: what was on the screen when editing began. What arrived since counts as not seen.
    ///   - reason: the answer to "why"; it becomes part of the record.
    ///   - undoes: the change that this one inverts.
    /// - Returns: what `body` returned, and the change's receipt.
    /// - Throws: ``AnnalsError``: `conflict` for a plain write on a field in conflict in the view, `invalid` with the rule that it
    ///   breaks, `notFound`, `wrongKind` or `retracted` for what it is about, `wrongView` for a view of the past.
    @discardableResult
    public func record<T>(
        from view: View, reason: String? = nil, undoes: ChangeID? = nil, _ body: (Edit) throws -> T
    ) throws -> (T, Receipt) {
        guard view.source.isPresent, view.source.store === store else {
            throw AnnalsError(
                .wrongView, view.source.isPresent ? "a view of another replica" : "a view of the past is for reading",
                wayOut: "Take a view of this replica as it is now.")
        }
        let edit = Edit(view: view, change: store.ambient.changeID(), isUndo: undoes != nil)
        let result = try body(edit)
        let receipt = try store.record(
            edit.change, edit.operations, base: view.base, reason: reason, undoes: undoes, made: edit.made.map(\.id))
        return (result, receipt)
    }
}

extension ReplicaStore {
    /// The one transaction of a recording: its row in the outbox. The rows follow (`ReplicaStore+Show`).
    func record(
        _ id: ChangeID, _ operations: [ChangeOperation], base: Base, reason: String?, undoes: ChangeID?, made: [ItemID]
    ) throws -> Receipt {
        if operations.isEmpty { throw AnnalsError(.invalid, "nothing to record", wayOut: "Say what shall change.") }
        let limits = Limits()
        let (change, shownN) = try write(.full, showing: false) { db, meta in
            let now = self.ambient.now()
            let change = Change(
                id: id, n: meta.nextN, prev: meta.lastHash, base: base, at: now, why: reason, undoes: undoes,
                operations: operations)
            let bytes = ChangeCodec.encode(change)
            try self.check(bytes, role: meta.role ?? .curator, limits)
            guard bytes.count <= limits.changeBytes else {
                throw AnnalsError(
                    .invalid, "the change has \(bytes.count) bytes, more than \(limits.changeBytes)",
                    wayOut: "Record it in several changes, or cut the document into parts.")
            }
            let hash = sha256(bytes).short
            let row = PendingRow(
                replica: meta.replica, n: change.n, id: id, bytes: bytes, hash: hash, state: .queued)
            try Outbox(db: db).insert(row, at: now)
            meta.record(OwnChange(n: change.n, hash: hash))
            if meta.recorded.count >= Self.unshownMax { try self.show(db, &meta) }
            return (change, meta.shown.n)
        }
        // Not before the commit, which may fail.
        if shownN < change.n { touched.withLock { $0.add(change, shownN: shownN) } }
        return Receipt(change: id, n: change.n, base: base, made: made, store: self)
    }

    /// The line that would be sent, as a server checks it. What nobody could read back must not be recorded: nesting too deep,
    /// integers that JSON does not keep.
    private func check(_ bytes: [UInt8], role: Role, _ limits: Limits) throws {
        let line = bytes.span.bytes
        var scanner = JSONScanner()
        let places: ChangePlaces
        do throws(CodecError) {
            places = try ChangeForm.read(line, with: &scanner)
        } catch {
            throw AnnalsError(.invalid, "\(error)", wayOut: "Say it in simpler values; nothing was recorded.")
        }
        do throws(RuleViolation) {
            try ChangeRules(vocabulary: vocabulary, maximumOperations: limits.operationsPerChange)
                .check(places, of: scanner.tape, in: line, role: role)
        } catch {
            throw AnnalsError(.invalid, error.description, wayOut: error.code == .role ? "Ask a curator." : "")
        }
    }
}
