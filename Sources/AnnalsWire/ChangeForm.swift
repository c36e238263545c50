public import AnnalsJSON
public import AnnalsModel

/// What a change line says of itself, apart from its operations and texts.
public struct ChangeHead: Sendable {
    public var n: Int64
    public var prev: ShortHash?
    public var base: Base
    public var at: Instant
    /// The sixteen characters of its id.
    public var idBytes: (UInt64, UInt64)

    public var id: ChangeID {
        var (high, low) = (idBytes.0.bigEndian, idBytes.1.bigEndian)
        let text = withUnsafeBytes(of: &high) { a in
            withUnsafeBytes(of: &low) { b in String(decoding: a, as: UTF8.self) + String(decoding: b, as: UTF8.self) }
        }
        guard let id = ChangeID(text) else { preconditionFailure("the form of the id was checked") }
        return id
    }
}

/// A change line read where it stands: neither its operations nor its texts become values.
public struct ChangePlaces: Sendable {
    public var head: ChangeHead
    /// Where the list of its operations stands on the tape.
    package var operations: Int
    /// Its first operation, which is the only one of most changes; nil where there is none.
    package var first: OperationPlaces?
    var why: Int?
    var undoes: Int?
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

    /// The members of a change, to be read.
    private struct Reading {
        let members: ChangeMembers

        init(_ tape: borrowing JSONTape, _ line: RawSpan) { members = ChangeMembers(of: tape, in: line) }

        func change(_ tape: borrowing JSONTape, _ line: RawSpan) throws(CodecError) -> ChangePlaces {
            guard let operations = members.operations, tape[operations].kind == .array else { throw wrong("ops", "a list") }
            guard let n = members.n, let number = tape[n].int64(in: line), number >= 0 else { throw wrong("n", "a whole number from 0") }
            guard number > 0 else { throw wrong("n", "a whole number from 1") }
            if let why = members.why, tape[why].kind != .string { throw wrong("why", "a string") }
            var index = 0
            var first: OperationPlaces?
            var elements = tape.elements(of: operations)
            while let place = elements.next(in: tape) {
                index += 1
                let operation = try OperationForm.check(place, number: index, tape, line)
                if index == 1 { first = operation }
            }
            guard let id = members.id, let idBytes = tape[id].changeIDBytes(in: line) else { throw wrong("id", "a change id") }
            let prev = try previous(tape, line)
            let base = try self.base(tape, line)
            guard let at = members.at, let instant = tape[at].instant(in: line) else {
                throw wrong("at", "a time such as 2025-08-09T12:34:56.789Z")
            }
            if let undoes = members.undoes, !tape[undoes].isChangeID(in: line) { throw wrong("undoes", "a change id") }
            return ChangePlaces(
                head: ChangeHead(n: number, prev: prev, base: base, at: instant, idBytes: idBytes), operations: operations,
                first: first, why: members.why, undoes: members.undoes)
        }

        private func previous(_ tape: borrowing JSONTape, _ line: RawSpan) throws(CodecError) -> ShortHash? {
            guard let prev = members.prev, tape[prev].kind == .string else { throw wrong("prev", "a string") }
            if tape[prev].content.isEmpty { return nil }
            guard let hash = tape[prev].shortHash(in: line) else { throw wrong("prev", "16 hex digits or empty") }
            return hash
        }

        private func base(_ tape: borrowing JSONTape, _ line: RawSpan) throws(CodecError) -> Base {
            var parts = tape.elements(of: members.base ?? 0)
            guard members.base != nil, let first = parts.next(in: tape), let second = parts.next(in: tape), parts.next(in: tape) == nil,
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
    static func check(
        _ place: Int, number: Int, _ tape: borrowing JSONTape, _ line: RawSpan
    ) throws(CodecError) -> OperationPlaces {
        guard tape[place].kind == .object else { throw CodecError("operation \(number) is not an object") }
        let places = OperationPlaces(at: place, of: tape, in: line)
        if let (name, expected) = fault(places, tape, line) {
            throw CodecError("operation \(number): \(name) must be \(expected)")
        }
        return places
    }

    /// The first member that is not of the form, and what belongs there.
    @inline(__always)
    private static func fault(
        _ places: OperationPlaces, _ tape: borrowing JSONTape, _ line: RawSpan
    ) -> (name: StaticString, expected: StaticString)? {
        guard isString(places.kind, tape) else { return ("kind", "a string") }
        guard isString(places.op, tape) else { return ("op", "a string") }
        guard let verb = places.verb else { return ("op", "an operation of the SPEC") }
        if case .create = verb {
            guard let fields = places.fields, tape[fields].kind == .object else { return ("fields", "an object") }
            if let id = places.id, !isItem(id, tape, line) { return ("id", "an item id") }
            return nil
        }
        guard let on = places.on, isItem(on, tape, line) else { return ("on", "an item id") }
        switch verb {
        case .restore: return nil
        case .retract where !places.retractsElements: return nil
        default: break
        }
        guard isString(places.field, tape) else { return ("field", "a string") }
        switch verb {
        case .remove, .retract: return isListOfItems(places.elements, tape, line) ? nil : ("elements", "a list of item ids")
        case _ where places.value == nil: return ("value", "there")
        case .resolve: return isListOfItems(places.closes, tape, line) ? nil : ("closes", "a list of item ids")
        default: return nil
        }
    }

    @inline(__always)
    private static func isString(_ place: Int?, _ tape: borrowing JSONTape) -> Bool {
        guard let place else { return false }
        return tape[place].kind == .string
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
