import Annals
import AnnalsModel

/// A change while a verb puts it together, in the words of the vocabulary.
final class Draft {
    private let edit: Edit

    init(_ edit: Edit) { self.edit = edit }

    var change: ChangeID { edit.change }
    /// What has been put together, so that a dry run can say it.
    var operations: [ChangeOperation] { edit.operations }
    /// What was on the screen.
    var view: View { edit.view }

    /// Makes an item of a kind with these values, each written as its field's class asks.
    func create(_ kind: KindRule, _ assignments: [FieldWords.Assignment]) throws -> ItemID {
        let classes: [MergeClass] = [.immutable, .latest, .contested]
        let fields = assignments.filter { classes.contains($0.field.merge) }
        let id = try create(kind.name, fields: fields.map { ($0.field.name, $0.value) })
        for assignment in assignments where !classes.contains(assignment.field.merge) {
            try write(assignment.value, to: assignment.field, of: id)
        }
        return id
    }

    func create(_ kind: String, fields: [(String, Value)]) throws -> ItemID { try edit.create(kind, fields: fields) }

    /// Writes a value as the field's class asks.
    func write(_ value: Value, to field: FieldRule, of id: ItemID) throws {
        try edit.write(id, field.name, value)
    }

    /// Takes elements out of a field that holds many.
    func remove(_ elements: [ItemID], of field: FieldRule, from id: ItemID) throws {
        try edit.remove(id, field.name, elements: elements)
    }

    /// Says where a citation stands in a newer version of its document.
    func confirm(_ citation: ItemID, in document: ItemID, at position: TextPosition) throws {
        try edit.confirm(citation, in: document, at: position)
    }

    func retract(_ entity: Entity) throws {
        try edit.retract(entity.id)
    }

    func restore(_ entity: Entity) throws {
        try edit.restore(entity.id)
    }

    /// Closes the sides that are on the screen.
    func resolve(_ entity: Entity, _ field: String, _ value: Value) throws {
        try edit.resolve(entity.id, field, value: value)
    }

    /// Takes a change back.
    func undo(_ change: ChangeID, of replica: Replica) throws { try replica.takeBack(change, in: edit) }
}
