public import AnnalsJSON
public import AnnalsModel

/// What a change line says of itself, read where it stands: neither its operations nor its texts become values.
public struct ChangePlaces: Sendable {
    public var n: Int64
    public var prev: ShortHash?
    public var base: Base
    public var at: Instant
    /// The sixteen characters of its id.
    public var idBytes: (UInt64, UInt64)
    /// Where the list of its operations stands on the tape.
    package var operations: Int
    var why: Int?
    var undoes: Int?

    public var id: ChangeID {
        var (high, low) = (idBytes.0.bigEndian, idBytes.1.bigEndian)
        let text = withUnsafeBytes(of: &high) { a in
            withUnsafeBytes(of: &low) { b in String(decoding: a, as: UTF8.self) + String(decoding: b, as: UTF8.self) }
        }
        guard let id = ChangeID(text) else { preconditionFailure("the form of the id was checked") }
        return id
    }
}

/// The form of a change line: which members there must be, and of what shape. What its words mean is for `ChangeRules` and the fold.
public enum ChangeForm {
    /// Scans a change line and checks its form.
    ///
    /// `scanner` keeps the tape, by which the rules are checked then.
    public static func read(_ line: RawSpan, with scanner: inout JSONScanner) throws(CodecError) -> ChangePlaces {
        let count = line.byteCount
        guard count > 0, line.byte(0) == UInt8(ascii: "{"), line.byte(count - 1) == UInt8(ascii: "}") else {
            throw CodecError("change: a line must begin with { and end with }")
        }
        do throws(JSONError) { try scanner.scan(line) } catch { throw CodecError("change: \(error)") }
        return try Reading(scanner.tape, line).change(scanner.tape, line)
    }

    /// Where the members of a change stand.
    private struct Reading {
        var id, n, prev, base, at, why, undoes, operations: Int?

        init(_ tape: borrowing JSONTape, _ line: RawSpan) {
            var members = tape.members(of: 0)
            while let member = members.next(in: tape) {
                let key = tape[member.key]
                switch key.range.count - 2 {
                case 1 where key.equals("n", in: line): n = member.value
                case 2:
                    if key.equals("id", in: line) { id = member.value } else if key.equals("at", in: line) { at = member.value }
                case 3:
                    if key.equals("ops", in: line) { operations = member.value } else if key.equals("why", in: line) { why = member.value }
                case 4:
                    if key.equals("prev", in: line) { prev = member.value } else if key.equals("base", in: line) { base = member.value }
                case 6 where key.equals("undoes", in: line): undoes = member.value
                default: if !key.isPlain { readEscaped(key, member.value, line) }
                }
            }
        }

        /// A key that is spelled with escapes is the same key.
        private mutating func readEscaped(_ key: JSONSlice, _ value: Int, _ line: RawSpan) {
            switch key.string(in: line) {
            case "n": n = value
            case "id": id = value
            case "at": at = value
            case "ops": operations = value
            case "why": why = value
            case "prev": prev = value
            case "base": base = value
            case "undoes": undoes = value
            default: break
            }
        }

        func change(_ tape: borrowing JSONTape, _ line: RawSpan) throws(CodecError) -> ChangePlaces {
            guard let operations, tape[operations].kind == .array else { throw wrong("ops", "a list") }
            guard let n, let number = tape[n].int64(in: line), number >= 0 else { throw wrong("n", "a whole number from 0") }
            guard number > 0 else { throw wrong("n", "a whole number from 1") }
            if let why, tape[why].kind != .string { throw wrong("why", "a string") }
            var index = 0
            var elements = tape.elements(of: operations)
            while let place = elements.next(in: tape) {
                index += 1
                try OperationForm.check(place, number: index, tape, line)
            }
            guard let id, let idBytes = tape[id].changeIDBytes(in: line) else { throw wrong("id", "a change id") }
            let prev = try previous(tape, line)
            let base = try self.base(tape, line)
            guard let at, let instant = tape[at].instant(in: line) else {
                throw wrong("at", "a time such as 2025-08-09T12:34:56.789Z")
            }
            if let undoes, !tape[undoes].isChangeID(in: line) { throw wrong("undoes", "a change id") }
            return ChangePlaces(
                n: number, prev: prev, base: base, at: instant, idBytes: idBytes, operations: operations, why: why,
                undoes: undoes)
        }

        private func previous(_ tape: borrowing JSONTape, _ line: RawSpan) throws(CodecError) -> ShortHash? {
            guard let prev, tape[prev].kind == .string else { throw wrong("prev", "a string") }
            if tape[prev].content.isEmpty { return nil }
            guard let hash = tape[prev].shortHash(in: line) else { throw wrong("prev", "16 hex digits or empty") }
            return hash
        }

        private func base(_ tape: borrowing JSONTape, _ line: RawSpan) throws(CodecError) -> Base {
            var parts = tape.elements(of: base ?? 0)
            guard base != nil, let first = parts.next(in: tape), let second = parts.next(in: tape), parts.next(in: tape) == nil,
                let seq = tape[first].int64(in: line), seq >= 0, tape[second].kind == .string
            else { throw wrong("base", "[seq, 16 hex digits]") }
            if tape[second].content.isEmpty { return Base(seq: seq, hash: nil) }
            guard let hash = tape[second].shortHash(in: line) else { throw wrong("base", "[seq, 16 hex digits]") }
            return Base(seq: seq, hash: hash)
        }

        private func wrong(_ name: String, _ expected: String) -> CodecError {
            CodecError("change: \(name) must be \(expected)")
        }
    }
}

/// The form of one operation of a change.
private enum OperationForm {
    static func check(_ place: Int, number: Int, _ tape: borrowing JSONTape, _ line: RawSpan) throws(CodecError) {
        guard tape[place].kind == .object else { throw CodecError("operation \(number) is not an object") }
        let places = OperationPlaces(at: place, of: tape, in: line)
        func isString(_ place: Int?) -> Bool { place.map { tape[$0].kind == .string } ?? false }
        func wrong(_ name: String, _ expected: String) -> CodecError {
            CodecError("operation \(number): \(name) must be \(expected)")
        }
        guard isString(places.kind) else { throw wrong("kind", "a string") }
        guard isString(places.op) else { throw wrong("op", "a string") }
        guard let verb = places.verb(tape, line) else { throw wrong("op", "an operation of the SPEC") }
        if verb == .create {
            guard let fields = places.fields, tape[fields].kind == .object else { throw wrong("fields", "an object") }
            if let id = places.id, !isItem(id, tape, line) { throw wrong("id", "an item id") }
            return
        }
        guard let on = places.on, isItem(on, tape, line) else { throw wrong("on", "an item id") }
        if verb == .restore || verb == .retract && !places.retractsElements { return }
        guard isString(places.field) else { throw wrong("field", "a string") }
        if verb == .remove || verb == .retract {
            guard isListOfItems(places.elements, tape, line) else { throw wrong("elements", "a list of item ids") }
            return
        }
        guard places.value != nil else { throw wrong("value", "there") }
        if verb == .resolve, !isListOfItems(places.closes, tape, line) { throw wrong("closes", "a list of item ids") }
    }

    private static func isItem(_ place: Int, _ tape: borrowing JSONTape, _ line: RawSpan) -> Bool { tape[place].isItemID(in: line) }

    private static func isListOfItems(_ list: Int?, _ tape: borrowing JSONTape, _ line: RawSpan) -> Bool {
        guard let list, tape[list].kind == .array else { return false }
        var elements = tape.elements(of: list)
        while let element = elements.next(in: tape) {
            if !isItem(element, tape, line) { return false }
        }
        return true
    }
}
