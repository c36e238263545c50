import AnnalsModel

/// A change as one line of JSON for scripts: what the log says, and the handles that people use.
struct ChangeJSON {
    let name: (ItemID) -> String

    func value(_ change: Change) -> [(String, Value)] {
        var members: [(String, Value)] = [
            ("change", .string(change.id.raw)), ("n", .integer(change.n)), ("written", .string(change.at.description)),
            ("base", .integer(change.base.seq)),
            ("operations", .array(change.operations.indices.map { operation(change, $0 + 1) })),
        ]
        if let why = change.why { members.append(("why", .string(why))) }
        if let undoes = change.undoes { members.append(("undoes", .string(undoes.raw))) }
        return members
    }

    private func operation(_ change: Change, _ number: Int) -> Value {
        let operation = change.operations[number - 1]
        let id = change.entity(ofOperation: number)
        var members: [(String, Value)] = [
            ("op", .string(operation.name)), ("kind", .string(operation.kind)), ("on", .string(id.raw)),
            ("handle", .string(name(id))),
        ]
        if let field = operation.field { members.append(("field", .string(field))) }
        switch operation.action {
        case .create(_, let fields):
            members.append(("fields", .object(fields.map { ($0.key, $0.value) })))
        case .set(_, _, let value), .code(_, _, let value), .add(_, _, let value), .append(_, _, let value):
            members.append(("value", value))
        case .remove(_, _, let elements), .retractElements(_, _, let elements):
            members.append(("elements", .array(elements.map { .string($0.raw) })))
        case .resolve(_, _, let value, let closes):
            members.append(("value", value))
            members.append(("closes", .array(closes.map { .string($0.raw) })))
        case .retract, .restore: break
        }
        return .object(members)
    }
}
