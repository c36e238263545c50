package import AnnalsJSON

/// Where the members of an operation stand on the tape of a scanned change.
///
/// The form of an operation (`ChangeForm`) and its rules (``ChangeRules``) are both read from here.
package struct OperationPlaces {
    /// What an operation does, as the protocol spells it.
    package enum Verb: String {
        case create, set, code, add, remove, append, retract, restore, resolve
    }

    package private(set) var op: Int?
    package private(set) var kind: Int?
    package private(set) var id: Int?
    package private(set) var on: Int?
    package private(set) var field: Int?
    package private(set) var fields: Int?
    package private(set) var value: Int?
    package private(set) var elements: Int?
    package private(set) var closes: Int?

    /// Goes once over the members of the object at `place`.
    package init(at place: Int, of tape: borrowing JSONTape, in bytes: RawSpan) {
        var members = tape.members(of: place)
        while let member = members.next(in: tape) {
            let key = tape[member.key]
            switch key.range.count - 2 {
            case 2:
                if key.equals("op", in: bytes) {
                    op = member.value
                } else if key.equals("on", in: bytes) {
                    on = member.value
                } else if key.equals("id", in: bytes) {
                    id = member.value
                }
            case 4 where key.equals("kind", in: bytes): kind = member.value
            case 5:
                if key.equals("field", in: bytes) {
                    field = member.value
                } else if key.equals("value", in: bytes) {
                    value = member.value
                }
            case 6:
                if key.equals("fields", in: bytes) {
                    fields = member.value
                } else if key.equals("closes", in: bytes) {
                    closes = member.value
                }
            case 8 where key.equals("elements", in: bytes): elements = member.value
            default:
                if !key.isPlain { readEscaped(key, member.value, bytes) }
            }
        }
    }

    /// A key that is spelled with escapes is the same key.
    private mutating func readEscaped(_ key: JSONSlice, _ value: Int, _ bytes: RawSpan) {
        switch key.string(in: bytes) {
        case "op": op = value
        case "on": on = value
        case "id": id = value
        case "kind": kind = value
        case "field": field = value
        case "value": self.value = value
        case "fields": fields = value
        case "closes": closes = value
        case "elements": elements = value
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
