package import AnnalsJSON

/// Where the members of an operation stand on the tape of a scanned change.
///
/// The form of an operation (`ChangeForm`) and its rules (``ChangeRules``) are both read from here.
package struct OperationPlaces {
    /// What an operation does, as the protocol spells it.
    package enum Verb: String {
        case create, set, code, add, remove, append, retract, restore, resolve
    }

    // Half as long as nine optionals, which are copied for each operation.
    private var places = Places()

    private struct Places {
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

    /// Goes once over the members of the object at `place`.
    package init(at place: Int, of tape: borrowing JSONTape, in bytes: RawSpan) {
        var members = tape.members(of: place)
        while let member = members.next(in: tape) {
            let key = tape[member.key]
            let value = Int32(truncatingIfNeeded: member.value)
            switch key.range.count - 2 {
            case 2:
                if key.equals("op", in: bytes) {
                    places.op = value
                } else if key.equals("on", in: bytes) {
                    places.on = value
                } else if key.equals("id", in: bytes) {
                    places.id = value
                }
            case 4 where key.equals("kind", in: bytes): places.kind = value
            case 5:
                if key.equals("field", in: bytes) {
                    places.field = value
                } else if key.equals("value", in: bytes) {
                    places.value = value
                }
            case 6:
                if key.equals("fields", in: bytes) {
                    places.fields = value
                } else if key.equals("closes", in: bytes) {
                    places.closes = value
                }
            case 8 where key.equals("elements", in: bytes): places.elements = value
            default:
                if !key.isPlain { readEscaped(key, value, bytes) }
            }
        }
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

    /// nil where there is no such operation.
    package func verb(_ tape: borrowing JSONTape, _ bytes: RawSpan) -> Verb? {
        guard let op else { return nil }
        let word = tape[op]
        if word.equals("set", in: bytes) { return .set }
        if word.equals("create", in: bytes) { return .create }
        if word.equals("add", in: bytes) { return .add }
        if word.equals("code", in: bytes) { return .code }
        if word.equals("append", in: bytes) { return .append }
        if word.equals("remove", in: bytes) { return .remove }
        if word.equals("retract", in: bytes) { return .retract }
        if word.equals("restore", in: bytes) { return .restore }
        if word.equals("resolve", in: bytes) { return .resolve }
        return nil
    }

    /// Whether a `retract` is about elements of a field, and not about the item.
    package var retractsElements: Bool { field != nil || elements != nil }
}
