public import AnnalsModel

/// A change as a line, without its LF. `Protocol/SPEC.md`, "A change".
public enum ChangeCodec {
    /// The one line that this library writes for a change; its bytes are the change's for ever.
    public static func encode(_ change: Change) -> [UInt8] {
        var object = OrderedObject()
        object.add("id", .string(change.id.raw))
        object.add("n", .integer(change.n))
        object.add("prev", .string(change.prev?.hex ?? ""))
        object.add("base", change.base.value)
        object.add("at", .string(change.at.description))
        object.add("why", change.why.map(Value.string))
        object.add("undoes", change.undoes.map { .string($0.raw) })
        var operations: [UInt8] = [UInt8(ascii: "[")]
        for (index, operation) in change.operations.enumerated() {
            if index > 0 { operations.append(UInt8(ascii: ",")) }
            operations += encode(operation)
        }
        operations.append(UInt8(ascii: "]"))
        object.add("ops", raw: operations)
        return object.finished()
    }

    private static func encode(_ operation: ChangeOperation) -> [UInt8] {
        func list(_ items: [ItemID]) -> Value { .array(items.map { .string($0.raw) }) }
        var object = OrderedObject()
        object.add("op", .string(operation.name))
        object.add("kind", .string(operation.kind))
        switch operation.action {
        case .create(let id, let fields):
            object.add("id", id.map { .string($0.raw) })
            object.add("fields", .object(fields.map { ($0.key, $0.value) }))
        case .set(let on, let field, let value), .code(let on, let field, let value), .add(let on, let field, let value),
            .append(let on, let field, let value):
            object.add("on", .string(on.raw))
            object.add("field", .string(field))
            object.add("value", value)
        case .remove(let on, let field, let elements), .retractElements(let on, let field, let elements):
            object.add("on", .string(on.raw))
            object.add("field", .string(field))
            object.add("elements", list(elements))
        case .retract(let on), .restore(let on):
            object.add("on", .string(on.raw))
        case .resolve(let on, let field, let value, let closes):
            object.add("on", .string(on.raw))
            object.add("field", .string(field))
            object.add("value", value)
            object.add("closes", list(closes))
        }
        return object.finished()
    }

    /// Reads a change line. Strict about its shape; what its words mean is for ``ChangeRules`` and the fold.
    public static func decode(_ line: [UInt8]) throws(CodecError) -> Change {
        guard line.first == UInt8(ascii: "{"), line.last == UInt8(ascii: "}") else {
            throw CodecError("change: a line must begin with { and end with }")
        }
        return try change(try parseObject(line, "change"))
    }

    static func change(_ reader: MemberReader) throws(CodecError) -> Change {
        guard let operations = reader.optional("ops")?.array else { throw reader.wrong("ops", "a list") }
        let n = try reader.integer("n")
        guard n > 0 else { throw reader.wrong("n", "a whole number from 1") }
        let why = reader.optional("why")
        if let why, why.string == nil { throw reader.wrong("why", "a string") }
        var decoded: [ChangeOperation] = []
        decoded.reserveCapacity(operations.count)
        for value in operations {
            decoded.append(try operation(try MemberReader(value, "operation \(decoded.count + 1)")))
        }
        return Change(
            id: try reader.changeID("id"), n: n, prev: try reader.previous("prev"), base: try reader.base("base"),
            at: try reader.instant("at"), why: why?.string,
            undoes: reader.optional("undoes") == nil ? nil : try reader.changeID("undoes"), operations: decoded)
    }

    private static func operation(_ reader: MemberReader) throws(CodecError) -> ChangeOperation {
        let kind = try reader.string("kind")
        switch try reader.string("op") {
        case "create":
            guard let fields = reader.optional("fields")?.object else { throw reader.wrong("fields", "an object") }
            let id = reader.optional("id") == nil ? nil : try reader.item("id")
            return ChangeOperation(kind, .create(id: id, fields: fields))
        case "set":
            return ChangeOperation(
                kind, .set(on: try reader.item("on"), field: try reader.string("field"), value: try reader.value("value")))
        case "code":
            return ChangeOperation(
                kind, .code(on: try reader.item("on"), field: try reader.string("field"), value: try reader.value("value")))
        case "add":
            return ChangeOperation(
                kind, .add(on: try reader.item("on"), field: try reader.string("field"), value: try reader.value("value")))
        case "append":
            return ChangeOperation(
                kind,
                .append(on: try reader.item("on"), field: try reader.string("field"), value: try reader.value("value")))
        case "remove":
            return ChangeOperation(
                kind,
                .remove(
                    on: try reader.item("on"), field: try reader.string("field"), elements: try reader.items("elements")))
        case "retract":
            let on = try reader.item("on")
            guard reader.optional("field") != nil || reader.optional("elements") != nil else {
                return ChangeOperation(kind, .retract(on: on))
            }
            return ChangeOperation(
                kind,
                .retractElements(on: on, field: try reader.string("field"), elements: try reader.items("elements")))
        case "restore":
            return ChangeOperation(kind, .restore(on: try reader.item("on")))
        case "resolve":
            return ChangeOperation(
                kind,
                .resolve(
                    on: try reader.item("on"), field: try reader.string("field"), value: try reader.value("value"),
                    closes: try reader.items("closes")))
        default:
            throw reader.wrong("op", "an operation of the SPEC")
        }
    }
}
