import AnnalsJSON
import AnnalsModel
import AnnalsWire

/// Reads a change line into values, member by member: the plain way, which the fast one must agree with.
enum ChangeOracle {
    /// Reads a change line. Strict about its shape; what its words mean is for ``ChangeRules`` and the fold.
    static func decode(_ line: [UInt8]) throws(CodecError) -> Change {
        guard line.first == UInt8(ascii: "{"), line.last == UInt8(ascii: "}") else {
            throw CodecError("change: a line must begin with { and end with }")
        }
        return try change(try parseObject(line, "change"))
    }

    private static func change(_ reader: MemberReader) throws(CodecError) -> Change {
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

/// Reads the members of an object, naming what is missing or of a wrong type.
private struct MemberReader {
    let object: Value
    /// What the object is, for errors.
    let subject: String

    init(_ object: Value, _ subject: String) throws(CodecError) {
        guard object.object != nil else { throw CodecError("\(subject) is not an object") }
        self.object = object
        self.subject = subject
    }

    func wrong(_ name: String, _ expected: String) -> CodecError {
        CodecError("\(subject): \(name) must be \(expected)")
    }

    func optional(_ name: String) -> Value? { object[name] }

    func value(_ name: String) throws(CodecError) -> Value {
        guard let value = object[name] else { throw wrong(name, "there") }
        return value
    }

    func string(_ name: String) throws(CodecError) -> String {
        guard let text = object[name]?.string else { throw wrong(name, "a string") }
        return text
    }

    func integer(_ name: String) throws(CodecError) -> Int64 {
        guard let number = object[name]?.integer, number >= 0 else { throw wrong(name, "a whole number from 0") }
        return number
    }

    func flag(_ name: String) throws(CodecError) -> Bool {
        guard let value = object[name] else { return false }
        guard let flag = value.bool else { throw wrong(name, "true or false") }
        return flag
    }

    func name(_ name: String) throws(CodecError) -> Name {
        guard let value = object[name]?.string.flatMap({ Name($0) }) else {
            throw wrong(name, "1 to 64 of a-z 0-9 . _ ~ -")
        }
        return value
    }

    func instant(_ name: String) throws(CodecError) -> Instant {
        guard let value = object[name]?.string.flatMap({ Instant($0) }) else {
            throw wrong(name, "a time such as 2025-08-09T12:34:56.789Z")
        }
        return value
    }

    func digest(_ name: String) throws(CodecError) -> Digest {
        guard let value = object[name]?.string.flatMap({ Digest(hex: $0) }) else { throw wrong(name, "64 hex digits") }
        return value
    }

    func changeID(_ name: String) throws(CodecError) -> ChangeID {
        guard let value = object[name]?.string.flatMap({ ChangeID($0) }) else { throw wrong(name, "a change id") }
        return value
    }

    func item(_ name: String) throws(CodecError) -> ItemID {
        guard let value = object[name]?.string.flatMap({ ItemID($0) }) else { throw wrong(name, "an item id") }
        return value
    }

    func items(_ name: String) throws(CodecError) -> [ItemID] {
        guard let values = object[name]?.array else { throw wrong(name, "a list of item ids") }
        var items: [ItemID] = []
        for value in values {
            guard let item = value.string.flatMap({ ItemID($0) }) else { throw wrong(name, "a list of item ids") }
            items.append(item)
        }
        return items
    }

    /// The hash of a previous change: 16 hex digits, or "" for none.
    func previous(_ name: String) throws(CodecError) -> ShortHash? {
        let text = try string(name)
        if text.isEmpty { return nil }
        guard let hash = ShortHash(hex: text) else { throw wrong(name, "16 hex digits or empty") }
        return hash
    }

    /// `[seq, hash]`, the hash 16 hex digits or "" before any contact.
    func base(_ name: String) throws(CodecError) -> Base {
        guard let parts = object[name]?.array, parts.count == 2, let seq = parts[0].integer, seq >= 0,
            let text = parts[1].string, text.isEmpty || ShortHash(hex: text) != nil
        else { throw wrong(name, "[seq, 16 hex digits]") }
        return Base(seq: seq, hash: ShortHash(hex: text))
    }
}

private func parseObject(_ line: [UInt8], _ subject: String) throws(CodecError) -> MemberReader {
    var scanner = JSONScanner()
    let span = line.span.bytes
    do throws(JSONError) { try scanner.scan(span) } catch { throw CodecError("\(subject): \(error)") }
    return try MemberReader(Value(of: scanner.tape, in: span), subject)
}
