package import AnnalsJSON

/// Where the members of an operation stand on the tape of a scanned change.
///
/// The form of an operation (`ChangeForm`) and its rules (``ChangeRules``) are both read from here.
package struct OperationPlaces: Sendable, BitwiseCopyable {
    /// What an operation does, as the protocol spells it.
    package enum Verb: String, Sendable, BitwiseCopyable {
        case create, set, code, add, remove, append, retract, restore, resolve
    }

    // Half as long as nine optionals.
    private var places = Places()

    private struct Places: BitwiseCopyable {
        var op: Int32 = -1
        var kind: Int32 = -1
        var id: Int32 = -1
        var on: Int32 = -1
        var field: Int32 = -1
        var fields: Int32 = -1
        var value: Int32 = -1
        var elements: Int32 = -1
        var closes: Int32 = -1
    }

    package var op: Int? { Self.place(places.op) }
    package var kind: Int? { Self.place(places.kind) }
    package var id: Int? { Self.place(places.id) }
    package var on: Int? { Self.place(places.on) }
    package var field: Int? { Self.place(places.field) }
    package var fields: Int? { Self.place(places.fields) }
    package var value: Int? { Self.place(places.value) }
    package var elements: Int? { Self.place(places.elements) }
    package var closes: Int? { Self.place(places.closes) }

    @inline(__always)
    private static func place(_ packed: Int32) -> Int? { packed < 0 ? nil : Int(packed) }

    /// What it does; nil where there is no such operation.
    package private(set) var verb: Verb?

    /// Goes once over the members of the object at `place`.
    package init(at place: Int, of tape: borrowing JSONTape, in bytes: RawSpan) {
        var members = tape.members(of: place)
        while let member = members.next(in: tape) {
            let value = Int32(truncatingIfNeeded: member.value)
            guard let key = tape[member.key].plainText else {
                readEscaped(tape[member.key], value, bytes)
                continue
            }
            switch ShortWord(bytes, key) {
            case "op": places.op = value
            case "kind": places.kind = value
            case "on": places.on = value
            case "field": places.field = value
            case "value": places.value = value
            case "fields": places.fields = value
            case "id": places.id = value
            case "closes": places.closes = value
            case "elements": places.elements = value
            default: break
            }
        }
        if let op { verb = Self.verb(tape[op], bytes) }
    }

    /// A key that is spelled with escapes is the same key.
    private mutating func readEscaped(_ key: JSONSlice, _ value: Int32, _ bytes: RawSpan) {
        switch key.string(in: bytes) {
        case "op": places.op = value
        case "on": places.on = value
        case "id": places.id = value
        case "kind": places.kind = value
        case "field": places.field = value
        case "value": places.value = value
        case "fields": places.fields = value
        case "closes": places.closes = value
        case "elements": places.elements = value
        default: break
        }
    }

    @inline(__always)
    private static func verb(_ op: JSONSlice, _ bytes: RawSpan) -> Verb? {
        guard let word = op.plainText else { return op.string(in: bytes).flatMap { Verb(rawValue: $0) } }
        switch ShortWord(bytes, word) {
        case "set": return .set
        case "create": return .create
        case "add": return .add
        case "code": return .code
        case "append": return .append
        case "remove": return .remove
        case "retract": return .retract
        case "restore": return .restore
        case "resolve": return .resolve
        default: return nil
        }
    }

    /// Whether a `retract` is about elements of a field, and not about the item.
    package var retractsElements: Bool { field != nil || elements != nil }
}
