public import AnnalsJSON
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

    /// Reads a change line. Strict about its shape (``ChangeForm``); what its words mean is for `ChangeRules` and the fold.
    public static func decode(_ line: [UInt8]) throws(CodecError) -> Change {
        var scanner = JSONScanner()
        let bytes = line.span.bytes
        let places = try ChangeForm.read(bytes, with: &scanner)
        return change(places, scanner.tape, bytes)
    }

    /// The change whose form was checked.
    private static func change(_ places: ChangePlaces, _ tape: borrowing JSONTape, _ line: RawSpan) -> Change {
        var operations: [ChangeOperation] = []
        var elements = tape.elements(of: places.operations)
        while let place = elements.next(in: tape) {
            operations.append(operation(OperationPlaces(at: place, of: tape, in: line), tape, line))
        }
        return Change(
            id: places.head.id, n: places.head.n, prev: places.head.prev, base: places.head.base, at: places.head.at,
            why: places.why.flatMap { tape[$0].string(in: line) },
            undoes: places.undoes.flatMap { tape[$0].string(in: line) }.flatMap { ChangeID($0) }, operations: operations)
    }

    private static func operation(_ places: OperationPlaces, _ tape: borrowing JSONTape, _ line: RawSpan) -> ChangeOperation {
        func text(_ place: Int?) -> String { place.flatMap { tape[$0].string(in: line) } ?? "" }
        func value(_ place: Int?) -> Value { place.map { Value(at: $0, of: tape, in: line) } ?? .null }
        func item(_ place: Int?) -> ItemID {
            guard let item = ItemID(text(place)) else { preconditionFailure("the form of the operation was checked") }
            return item
        }
        func items(_ place: Int?) -> [ItemID] {
            var items: [ItemID] = []
            var elements = tape.elements(of: place ?? 0)
            while let element = elements.next(in: tape) { items.append(item(element)) }
            return items
        }
        let kind = text(places.kind)
        switch places.verb {
        case .create:
            return ChangeOperation(kind, .create(id: places.id.map { item($0) }, fields: value(places.fields).object ?? []))
        case .set:
            return ChangeOperation(kind, .set(on: item(places.on), field: text(places.field), value: value(places.value)))
        case .code:
            return ChangeOperation(kind, .code(on: item(places.on), field: text(places.field), value: value(places.value)))
        case .add:
            return ChangeOperation(kind, .add(on: item(places.on), field: text(places.field), value: value(places.value)))
        case .append:
            return ChangeOperation(kind, .append(on: item(places.on), field: text(places.field), value: value(places.value)))
        case .remove:
            return ChangeOperation(
                kind, .remove(on: item(places.on), field: text(places.field), elements: items(places.elements)))
        case .retract where places.retractsElements:
            return ChangeOperation(
                kind, .retractElements(on: item(places.on), field: text(places.field), elements: items(places.elements)))
        case .retract: return ChangeOperation(kind, .retract(on: item(places.on)))
        case .restore: return ChangeOperation(kind, .restore(on: item(places.on)))
        case .resolve:
            return ChangeOperation(
                kind,
                .resolve(
                    on: item(places.on), field: text(places.field), value: value(places.value), closes: items(places.closes)))
        case nil: preconditionFailure("the form of the operation was checked")
        }
    }
}

extension ChangeRules {
    /// Throws the first rule that the change breaks when someone of this role makes it.
    ///
    /// It is checked as the line that would be written, by the same rules as the lines that come in.
    public func check(_ change: Change, role: Role) throws(RuleViolation) {
        let line = ChangeCodec.encode(change)
        var scanner = JSONScanner()
        // Its operations are of the right form, because they are typed; what else it has need not be known yet.
        do throws(JSONError) { try scanner.scan(line.span.bytes) } catch { throw RuleViolation(.invalid, error.description) }
        guard let operations = scanner.tape.member("ops", of: 0, in: line.span.bytes) else { return }
        try check(operations: operations, of: scanner.tape, in: line.span.bytes, role: role)
    }

    /// Throws the first rule that a scanned change breaks when someone of this role makes it.
    public func check(_ change: ChangePlaces, of tape: borrowing JSONTape, in line: RawSpan, role: Role) throws(RuleViolation) {
        try check(operations: change.operations, first: change.first, of: tape, in: line, role: role)
    }
}
