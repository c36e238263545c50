public import AnnalsJSON

extension Value {
    /// The value at a place of a scanned line.
    public init(at place: Int = 0, of tape: borrowing JSONTape, in bytes: RawSpan) {
        let slice = tape[place]
        switch slice.kind {
        case .null:
            self = .null
        case .bool:
            self = .bool(slice.bool(in: bytes) ?? false)
        case .integer:
            self = .integer(slice.int64(in: bytes) ?? 0)
        case .string:
            self = .string(slice.string(in: bytes) ?? "")
        case .array:
            var values: [Value] = []
            var elements = tape.elements(of: place)
            while let element = elements.next(in: tape) { values.append(Value(at: element, of: tape, in: bytes)) }
            self = .array(values)
        case .object:
            var read: [Member] = []
            var isSorted = true
            var members = tape.members(of: place)
            while let member = members.next(in: tape) {
                let key = tape[member.key].string(in: bytes) ?? ""
                if let last = read.last, !precedes(last.key, key) { isSorted = false }
                read.append(Member(key, Value(at: member.value, of: tape, in: bytes)))
            }
            if !isSorted { read.sort { precedes($0.key, $1.key) } }
            self = .members(read)
        }
    }
}
