import Annals
import AnnalsModel

/// A change while a verb puts it together: what goes to the library's editor, and the same as operations, so that a dry run can
/// say it in words.
final class Draft {
    private let edit: Edit
    private(set) var operations: [ChangeOperation] = []
    /// What the change makes.
    private(set) var made: [ItemID] = []

    init(_ edit: Edit) { self.edit = edit }

    var change: ChangeID { edit.change }
    /// What was on the screen.
    var view: View { edit.view }

    /// Makes an item of a kind with these values, each written as its field's class asks.
    func create(_ kind: KindRule, _ assignments: [FieldWords.Assignment]) throws -> ItemID {
        let classes: [MergeClass] = [.immutable, .latest, .contested]
        let fields = assignments.filter { classes.contains($0.field.merge) }
        let id = try create(kind.name, fields: fields.map { ($0.field.name, $0.value) })
        for assignment in assignments where !classes.contains(assignment.field.merge) {
            try write(assignment.value, to: assignment.field, of: id, kind.name)
        }
        return id
    }

    func create(_ kind: String, fields: [(String, Value)]) throws -> ItemID {
        let id = try edit.create(kind, fields: fields)
        let named = ItemID(change, operations.count + 1) == id ? nil : id
        operations.append(ChangeOperation(kind, .create(id: named, fields: Value.object(fields).object ?? [])))
        made.append(id)
        return id
    }

    /// Writes a value as the field's class asks.
    func write(_ value: Value, to field: FieldRule, of id: ItemID, _ kind: String) throws {
        try edit.write(id, field.name, value)
        switch field.merge {
        case .immutable, .latest, .contested: note(kind, .set(on: id, field: field.name, value: value))
        case .perCoder: note(kind, .code(on: id, field: field.name, value: value))
        case .set, .append: note(kind, .add(on: id, field: field.name, value: value))
        }
    }

    /// Takes elements out of a field that holds many.
    func remove(_ elements: [ItemID], of field: FieldRule, from id: ItemID, _ kind: String) throws {
        try edit.remove(id, field.name, elements: elements)
        note(kind, .remove(on: id, field: field.name, elements: elements))
    }

    /// Says where a citation stands in a newer version of its document.
    func confirm(_ citation: ItemID, in document: ItemID, at position: TextPosition) throws {
        let value = try edit.confirm(citation, in: document, at: position)
        note("citation", .append(on: citation, field: "anchors", value: value))
    }

    func retract(_ entity: Entity) throws {
        try edit.retract(entity.id)
        note(entity.kind, .retract(on: entity.id))
    }

    func restore(_ entity: Entity) throws {
        try edit.restore(entity.id)
        note(entity.kind, .restore(on: entity.id))
    }

    /// Closes the sides that are on the screen.
    func resolve(_ entity: Entity, _ field: String, _ value: Value, closing heads: [Write]) throws {
        try edit.resolve(entity.id, field, value: value)
        note(entity.kind, .resolve(on: entity.id, field: field, value: value, closes: heads.map(\.stamp.id)))
    }

    private func note(_ kind: String, _ action: ChangeOperation.Action) {
        operations.append(ChangeOperation(kind, action))
    }
}
