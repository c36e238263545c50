internal import AnnalsCore
public import AnnalsModel
internal import GRDB

extension Replica {
    /// Records the inverse of a change: what it wrote goes back to what was there before.
    ///
    /// - Parameters:
    ///   - change: anybody's; only its author can take back a judgment.
    ///   - view: what is on the screen.
    /// - Throws: ``AnnalsError`` `notUndoable` where something was written on top of it since, where it resolved a conflict,
    ///   or where nothing of it is left.
    @discardableResult
    public func undo(_ change: ChangeID, from view: View, reason: String? = nil) throws -> Receipt {
        try record(from: view, reason: reason, undoes: change) { try takeBack(change, in: $0) }.1
    }

    /// Puts the inverse of a change into one that undoes it: for who looks at it before it is recorded.
    ///
    /// - Throws: as ``undo(_:from:reason:)`` does.
    public func takeBack(_ change: ChangeID, in edit: Edit) throws {
        let step = try step(change.raw)
        guard let done = step.change else {
            throw AnnalsError(.notUndoable, "\(step.handle) was refused: it had no effect")
        }
        try Inverse(done: done, author: step.author, handle: step.handle, before: try stateBefore(step, done), screen: edit.view)
            .record(in: edit)
    }

    /// The entities that a change touches, as they were just before it.
    private func stateBefore(_ step: HistoryStep, _ change: Change) throws -> [ItemID: Entity] {
        try store.read(step.seq == nil ? .all : .none) { db, meta in
            let ids = Set(change.entities)
            let point = PointInTime(db: db, schema: self.store.schema)
            if let seq = step.seq { return try point.canonical(ids, through: seq - 1).entities(ids) }
            var mark = SnapshotMark(meta)
            mark.lastN = change.n - 1
            return try point.visible(ids, at: mark)
        }
    }
}

/// The operations that take a change back.
private struct Inverse {
    let done: Change
    let author: Name
    let handle: String
    let before: [ItemID: Entity]
    let screen: View

    private var view: View { screen.whole }

    func record(in edit: Edit) throws {
        let made = Set(
            done.operations.indices.filter { done.operations[$0].name == "create" }
                .map { done.entity(ofOperation: $0 + 1) }.filter { before[$0]?.created == nil })
        // What is locked is opened before the rest is taken back, and locked again at the end where it was.
        let locking = try done.operations.indices.filter(isOfLocked)
        let relocking = locking.filter { before[done.entity(ofOperation: $0 + 1)]?.locks.isEmpty == false }
        for id in Set(relocking.map { done.entity(ofOperation: $0 + 1) }).sorted() { try edit.set(id, Entity.stateField, "reviewed") }
        let others = done.operations.indices.filter { !locking.contains($0) }
        for index in locking.filter({ !relocking.contains($0) }).reversed() + others.reversed() + relocking.reversed() {
            let id = done.entity(ofOperation: index + 1)
            let operation = done.operations[index]
            if made.contains(id), operation.name != "create" { continue }
            guard let now = try view.entity(id) else { continue }
            try record(operation, ItemID(done.id, index + 1), now, in: edit, isNew: made.contains(id))
        }
        if edit.operations.isEmpty { throw AnnalsError(.notUndoable, "nothing of \(handle) is left to undo") }
    }

    private func isOfLocked(_ index: Int) throws -> Bool {
        guard let field = done.operations[index].field, sameBytes(field, Entity.stateField) else { return false }
        return try view.entity(done.entity(ofOperation: index + 1)).map { !$0.locks.isEmpty } ?? false
    }

    private func record(
        _ operation: ChangeOperation, _ write: ItemID, _ now: Entity, in edit: Edit, isNew: Bool
    ) throws {
        let was = before[now.id]
        switch operation.action {
        case .create(_, let fields):
            guard !isNew else { return try takeBackCreate(now, in: edit) }
            for field in fields where now.cells[.init(field.key)] != nil {
                try putBack(field.key, nil, write, now, was) { try edit.set(now.id, field.key, $0) }
            }
        case .set(_, let field, _):
            try putBack(field, nil, write, now, was) { try edit.set(now.id, field, $0) }
        case .code(_, let field, _):
            guard author == view.source.author else {
                throw AnnalsError(.notUndoable, "\(handle) is \(author)'s own judgment", wayOut: "Only \(author) can take it back.")
            }
            try putBack(field, author, write, now, was) { try edit.code(now.id, field, $0) }
        case .add(_, let field, _), .append(_, let field, _):
            if now.elements[field]?.contains(where: { $0.id == write }) == true {
                try edit.remove(now.id, field, elements: [write])
            }
        case .remove(_, let field, let gone), .retractElements(_, let field, let gone):
            for element in was?.elements[field] ?? [] where gone.contains(element.id) {
                if now.elements[field]?.contains(where: { $0.id == element.id }) == true { continue }
                try edit.write(now.id, field, element.value)
            }
        case .retract:
            try requireLast(write, now.existence, Entity.existenceField, now)
            try edit.restore(now.id)
        case .restore:
            try requireNoOther(now, "restored it")
            try edit.retract(now.id)
        case .resolve(_, let field, _, _):
            throw AnnalsError(
                .notUndoable, "\(handle) resolved \(name(now)).\(field): a conflict is not opened again",
                wayOut: "Write what it should be: `annals set \(name(now)).\(field) …`.")
        }
    }

    private func takeBackCreate(_ now: Entity, in edit: Edit) throws {
        guard now.isPresent else { return }
        try requireNoOther(now, "made it")
        if !now.locks.isEmpty { try edit.set(now.id, Entity.stateField, .null) }
        try edit.retract(now.id)
    }

    /// Writes what a cell held before, where nothing was written on it since.
    private func putBack(
        _ field: String, _ author: Name?, _ write: ItemID, _ now: Entity, _ was: Entity?, _ put: (Value) throws -> Void
    ) throws {
        let key = Entity.CellKey(field, author)
        guard let cell = now.cells[key] else { return }
        // Of several writes of one change on a cell only the last still stands; the first says what was before them all.
        if cell.heads.count == 1, cell.heads[0].stamp.id.change == done.id, cell.heads[0].stamp.id != write { return }
        try requireLast(write, cell, field, now)
        if try screen.hides(key, of: now) {
            throw AnnalsError(
                .notUndoable, "what \(name(now)).\(field) was before is hidden from you",
                wayOut: "Hand in your own judgment first, or look without --blind.")
        }
        try put(was?.cells[key]?.latest?.value ?? .null)
    }

    private func requireLast(_ write: ItemID, _ cell: Cell, _ field: String, _ now: Entity) throws {
        guard cell.heads.count == 1, cell.heads[0].stamp.id == write else {
            throw AnnalsError(
                .notUndoable, "\(name(now)).\(field) was written since \(handle)",
                wayOut: "Look at `annals log \(name(now))`, then write what it should be.")
        }
    }

    /// Others' work on an entity is not swept away with it.
    private func requireNoOther(_ now: Entity, _ act: String) throws {
        let writes = now.cells.values.flatMap(\.heads) + now.existence.heads
        let stamps = writes.map(\.stamp) + now.elements.values.flatMap { $0 }.map(\.stamp)
        let others = Set(stamps.map(\.author).filter { $0 != author }).sorted()
        guard let other = others.first else { return }
        throw AnnalsError(
            .notUndoable, "\(other) has worked on \(name(now)) since \(author) \(act)",
            wayOut: "Retract it by `annals retract \(name(now))` if that is what you mean.")
    }

    private func name(_ entity: Entity) -> String { entity.handle(view.vocabulary)?.description ?? entity.id.raw }
}
